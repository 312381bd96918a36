#include <dirent.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "daemon/exporters/bundle/bundle.h"
#include "daemon/exporters/bundle/zip_writer.h"
#include "daemon/support/input_file.h"
#include "daemon/support/output_file.h"

namespace pyrometer::bundle {
namespace {

class FileSink : public ByteSink {
 public:
  explicit FileSink(OutputFile& file) : file_(file) {}
  Result<void> write(std::string_view bytes) override { return file_.write(bytes); }

 private:
  OutputFile& file_;
};

Result<void> packFile(ZipWriter& zip, const std::string& folder, const std::string& name,
                      ZipWriter::Method method) {
  const auto file = InputFile::open(folder + "/" + name, InputFile::Links::kRefuse);
  if (!file) return file.error();
  if (auto begun = zip.beginEntry(name, method); !begun) return begun;
  std::vector<std::byte> window(1 << 20);
  for (std::uint64_t at = 0; at < file->size();) {
    const auto got = file->readAt(at, window);
    if (!got) return got.error();
    if (auto written = zip.write({reinterpret_cast<const char*>(window.data()), *got}); !written)
      return written;
    at += *got;
  }
  return zip.endEntry();
}

/// The texts in the folder of sources: files that are named by a number.
std::vector<std::string> sourceNames(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> opened(::opendir((folder + "/" + kSourcesFolder).c_str()),
                                                   &::closedir);
  while (const dirent* entry = opened ? ::readdir(opened.get()) : nullptr) {
    const std::string name = entry->d_name;
    if (std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      names.push_back(std::string(kSourcesFolder) + "/" + name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Result<void> pack(const std::string& recording_folder, const std::string& target) {
  auto out = OutputFile::create(target);
  if (!out) return out.error();
  FileSink sink(*out);
  ZipWriter zip(sink);
  using Method = ZipWriter::Method;
  if (auto packed = packFile(zip, recording_folder, kManifest, Method::kDeflated); !packed) return packed;
  // Stored: compact as it is, and readable without unpacking.
  if (auto packed = packFile(zip, recording_folder, kSamples, Method::kStored); !packed) return packed;
  const auto sources = sourceNames(recording_folder);
  if (!sources.empty()) {
    if (auto packed = packFile(zip, recording_folder, kSourcesIndex, Method::kDeflated); !packed)
      return packed;
  }
  for (const std::string& name : sources) {
    if (auto packed = packFile(zip, recording_folder, name, Method::kDeflated); !packed) return packed;
  }
  if (auto finished = zip.finish(); !finished) return finished;
  return out->commit();
}

}  // namespace pyrometer::bundle
