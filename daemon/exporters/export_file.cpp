#include "daemon/exporters/export_file.h"

#include "daemon/support/output_file.h"

namespace pyrometer {
namespace {

class FileSink : public ByteSink {
 public:
  explicit FileSink(OutputFile& file) : file_(file) {}
  Result<void> write(std::string_view bytes) override { return file_.write(bytes); }

 private:
  OutputFile& file_;
};

}  // namespace

Result<void> exportToFile(const Profile& profile, const Exporter& exporter, const ExportOptions& options,
                          const std::string& path) {
  Result<OutputFile> file = OutputFile::create(path);
  if (!file.ok()) return file.error();
  FileSink sink(*file);
  if (Result<void> written = exporter.write(profile, options, sink); !written.ok()) return written;
  return file->commit();
}

}  // namespace pyrometer
