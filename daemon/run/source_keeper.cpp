#include "daemon/run/source_keeper.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "daemon/run/recording_folder.h"
#include "daemon/support/file_descriptor.h"

namespace pyrometer {

namespace {

struct SourceText {
  std::string text;
  std::int64_t written_unix_ns = 0;
};

std::optional<SourceText> readSource(const std::string& path) {
  // A name in a code object may be anything: a pipe must not hold us up.
  const FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!fd || fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  if (status.st_size < 0 || static_cast<std::size_t>(status.st_size) > SourceKeeper::kLargestFile)
    return std::nullopt;
  SourceText source;
  source.text.resize(static_cast<std::size_t>(status.st_size));
  std::size_t got = 0;
  while (got < source.text.size()) {
    const ssize_t n = read(fd.get(), source.text.data() + got, source.text.size() - got);
    if (n <= 0) break;
    got += static_cast<std::size_t>(n);
  }
  source.text.resize(got);
  if (source.text.find('\0') != std::string::npos) return std::nullopt;  // a zip or a .pyc
  source.written_unix_ns = status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;
  return source;
}

}  // namespace

SourceKeeper::SourceKeeper(std::string working_directory, std::int64_t start_unix_ns)
    : working_directory_(std::move(working_directory)), start_(start_unix_ns) {}

std::string SourceKeeper::absolute(std::string_view path) const {
  return path.starts_with('/') ? std::string(path) : working_directory_ + "/" + std::string(path);
}

void SourceKeeper::readAhead(const std::string& path) {
  if (auto source = readSource(absolute(path))) ahead_[absolute(path)] = std::move(source->text);
}

Result<void> SourceKeeper::follow(ProfileBuilder& builder, RecordingFolder* folder) {
  const auto profile = builder.snapshot();
  const auto& files = profile->files();
  Result<void> kept;
  for (; seen_ < files.size(); ++seen_) {
    const std::string path(profile->string(files[seen_].path));
    if (path.empty() || path.front() == '<' || files[seen_].owner == Owner::kNative) continue;
    SourceText source;
    bool changed = false;
    if (const auto found = ahead_.find(absolute(path)); found != ahead_.end()) {
      source.text = std::move(found->second);
      ahead_.erase(found);
    } else {
      auto read = readSource(absolute(path));
      if (!read) continue;
      source = *std::move(read);
      changed = source.written_unix_ns > start_;
    }
    if (sum_ + source.text.size() > kLargestSum) continue;
    sum_ += source.text.size();
    builder.addSource(FileId{static_cast<std::uint32_t>(seen_)}, source.text, changed);
    if (folder != nullptr && kept) kept = folder->addSource(path, source.text, changed);
  }
  if (folder != nullptr && kept) kept = folder->writeSourcesIndex();
  return kept;
}

}  // namespace pyrometer
