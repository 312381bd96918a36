#include <fmt/format.h>
#include <sys/stat.h>

#include <memory>

#include "daemon/cli/commands.h"
#include "daemon/cli/complain.h"
#include "daemon/cli/watched_reading.h"
#include "daemon/exporters/export_file.h"
#include "daemon/exporters/exporter.h"

namespace pyrometer {
namespace {

/// "runs/app.pyrometer" -> "app.collapsed.txt" in the present folder, without the endings that profiles have.
std::string derivedName(const std::string& input, std::string_view extension) {
  std::string_view path = input;
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  std::string name(path.substr(path.rfind('/') + 1));
  for (const std::string_view ending : {".gz", ".pyrometer", ".vmprof", ".prof", ".tsprof"}) {
    if (name.size() > ending.size() && name.ends_with(ending)) name.resize(name.size() - ending.size());
  }
  return name.append(extension);
}

bool sameFile(const std::string& a, const std::string& b) {
  struct stat first {
  }, second{};
  return stat(a.c_str(), &first) == 0 && stat(b.c_str(), &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

}  // namespace

int exportProfile(const ExportCommand& command) {
  const Exporter* exporter = findExporter(command.format);
  if (exporter == nullptr) {
    std::string known;
    for (const Exporter* each : exporters())
      known += fmt::format("{}{}", known.empty() ? "" : ", ", each->name());
    return complain({fmt::format("there is no format '{}'; known are {}", command.format, known), "--to"},
                    kUsageError);
  }
  const std::string output =
      command.output.empty() ? derivedName(command.file, exporter->extension()) : command.output;
  if (output != "-" && sameFile(command.file, output)) {
    return complain({"is the recording itself; name another file with -o", output}, kFailed);
  }
  const Result<OpenedFile> opened = openProfileWatched(command.file, command.part);
  if (!opened.ok()) return complain(opened.error(), kFailed);
  const Profile& profile = *opened->profile;

  const ExportOptions options{.unit = command.count_samples ? Unit::kSamples : Unit::kTime};
  const Result<void> written = exportToFile(profile, *exporter, options, output);
  if (!written.ok()) return complain(written.error(), kFailed);
  // Standard output may be the export itself: everything else is said on standard error.
  if (output != "-") remark(fmt::format("written to {}", output));
  for (const std::string& loss : exporter->losses(profile, options))
    remark(fmt::format("{} cannot hold {}", exporter->name(), loss));
  return 0;
}

}  // namespace pyrometer
