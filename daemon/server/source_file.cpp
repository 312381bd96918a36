#include "daemon/server/source_file.h"

#include <cstdint>
#include <filesystem>
#include <utility>

#include "daemon/server/documents/document_text.h"
#include "daemon/support/file_stamp.h"
#include "daemon/support/file_uri.h"
#include "daemon/support/input_file.h"
#include "daemon/support/source_encoding.h"

namespace pyrometer {
namespace {

/// Was the file written after the run began? False where either is unknown.
bool writtenSince(const Profile& profile, const std::string& path) {
  const RunInfo& info = profile.info();
  return info.start_unix_ns != 0 && FileStamp::of(path).written_ns > info.start_unix_ns;
}

std::shared_ptr<const RunText> made(std::shared_ptr<const void> keeps, std::string_view bytes,
                                    bool doubtful) {
  auto decoded = decodedSource(bytes);
  std::shared_ptr<RunText> run;
  if (decoded) {
    auto text = std::make_shared<const std::string>(std::move(decoded->text));
    run = makeRunText(text, *text);
    run->characters = decoded->certain ? Characters::kDecoded : Characters::kUnknown;
  } else {
    run = makeRunText(std::move(keeps), bytes);
  }
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

std::optional<std::string> bytesOnDisk(const std::string& path) {
  const Result<InputFile> file = InputFile::open(path);
  if (!file.ok()) return std::nullopt;
  Result<std::string> bytes = file->readAll(DocumentText::kMostBytes);
  if (!bytes.ok()) return std::nullopt;
  return std::move(bytes).value();
}

std::string textOf(std::string bytes) {
  auto decoded = decodedSource(bytes);
  return decoded ? std::move(decoded->text) : std::move(bytes);
}

std::shared_ptr<const RunText> runTextOf(const std::shared_ptr<const Profile>& profile, FileId file) {
  if (const Source* source = profile->findSource(file)) {
    return made(profile, profile->string(source->text), source->changed_during_run);
  }
  const auto path = pathOf(*profile, file);
  if (!path) return nullptr;
  const bool doubtful = writtenSince(*profile, *path);
  auto bytes = bytesOnDisk(*path);
  if (!bytes) return nullptr;
  auto kept = std::make_shared<const std::string>(std::move(*bytes));
  return made(kept, *kept, doubtful);
}

}  // namespace pyrometer
