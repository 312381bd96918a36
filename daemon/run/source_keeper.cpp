#include "daemon/run/source_keeper.h"

#include <optional>
#include <utility>

#include "daemon/run/process_files.h"
#include "daemon/run/recording_folder.h"

namespace pyrometer {

SourceKeeper::SourceKeeper(std::string working_directory, std::int64_t start_unix_ns, std::string root)
    : working_directory_(std::move(working_directory)), root_(std::move(root)), start_(start_unix_ns) {}

std::string SourceKeeper::absolute(std::string_view path) const {
  return root_ + (path.starts_with('/') ? std::string(path) : working_directory_ + "/" + std::string(path));
}

void SourceKeeper::readAhead(const std::string& path) {
  if (auto source = reader_.read(absolute(path))) ahead_[absolute(path)] = std::move(source->text);
}

Result<void> SourceKeeper::follow(ProfileBuilder& builder, RecordingFolder* folder, bool last) {
  const auto profile = builder.snapshot();
  const auto& files = profile->files();
  Result<void> kept;
  for (; seen_ < files.size(); ++seen_) {
    const std::string path(profile->string(files[seen_].path));
    if (path.empty() || path.front() == '<' || files[seen_].owner == Owner::kNative) continue;
    SourceReader::Source source;
    bool changed = false;
    if (const auto found = ahead_.find(absolute(path)); found != ahead_.end()) {
      source.text = std::move(found->second);
      ahead_.erase(found);
    } else {
      auto read = reader_.read(absolute(path));
      if (!read) continue;
      source = *std::move(read);
      changed = source.written_unix_ns > start_;
    }
    if (sum_ + source.text.size() > kLargestSum) continue;
    sum_ += source.text.size();
    builder.addSource(FileId{static_cast<std::uint32_t>(seen_)}, source.text, changed);
    if (folder != nullptr && kept) {
      kept = folder->addSource(path, source.text, changed);
      unlisted_ = true;
    }
  }
  // To replace a file may take a file system a tenth of a second: it waits for the disk.
  constexpr std::int64_t kListEvery = 1'000'000'000;
  const std::int64_t now = monotonicNow();
  if (unlisted_ && folder != nullptr && kept && (last || now - listed_ >= kListEvery)) {
    kept = folder->writeSourcesIndex();
    unlisted_ = false;
    listed_ = now;
  }
  return kept;
}

}  // namespace pyrometer
