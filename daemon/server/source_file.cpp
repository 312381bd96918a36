#include "daemon/server/source_file.h"

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <utility>

#include "daemon/support/file_uri.h"
#include "daemon/support/input_file.h"
#include "daemon/support/text_lines.h"

namespace pyrometer {
namespace {

/// Was the file written after the run? False where either is unknown.
bool writtenSince(const Profile& profile, const std::string& path) {
  const RunInfo& info = profile.info();
  struct stat status {};
  if (info.start_unix_ns == 0 || stat(path.c_str(), &status) != 0) return false;
  const std::int64_t written = status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;
  return written > info.start_unix_ns;
}

std::shared_ptr<const RunText> made(std::shared_ptr<const void> keeps, std::string_view text, bool doubtful) {
  auto run = std::make_shared<RunText>();
  run->keeps = std::move(keeps);
  run->lines = splitLines(text);
  run->doubtful = doubtful;
  return run;
}

}  // namespace

std::optional<std::string> pathOf(const Profile& profile, FileId file) {
  const File& row = profile.file(file);
  const std::string_view path = profile.string(row.path);
  if (row.generated || row.owner == Owner::kNative || path.empty() || path.front() == '<')
    return std::nullopt;
  if (path.front() == '/') return std::string(path);
  if (profile.info().working_directory.empty()) return std::nullopt;
  return (std::filesystem::path(profile.info().working_directory) / path).lexically_normal().string();
}

std::optional<std::string> uriOf(const Profile& profile, FileId file) {
  const auto path = pathOf(profile, file);
  return path ? std::optional(fileUri(*path)) : std::nullopt;
}

std::optional<std::string> textOnDisk(const std::string& path) {
  const Result<InputFile> file = InputFile::open(path);
  if (!file.ok()) return std::nullopt;
  Result<std::string> text = file->readAll(DocumentText::kMostBytes);
  if (!text.ok()) return std::nullopt;
  return std::move(text).value();
}

std::shared_ptr<const RunText> runTextOf(const std::shared_ptr<const Profile>& profile, FileId file) {
  if (const Source* source = profile->findSource(file)) {
    return made(profile, profile->string(source->text), source->changed_during_run);
  }
  const auto path = pathOf(*profile, file);
  if (!path) return nullptr;
  const bool doubtful = writtenSince(*profile, *path);
  auto text = textOnDisk(*path);
  if (!text) return nullptr;
  auto kept = std::make_shared<const std::string>(std::move(*text));
  return made(kept, *kept, doubtful);
}

}  // namespace pyrometer
