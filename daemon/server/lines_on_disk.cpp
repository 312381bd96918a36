#include "daemon/server/lines_on_disk.h"

#include <utility>

#include "daemon/server/source_file.h"

namespace pyrometer {

std::shared_ptr<const LineMap> LinesOnDisk::find(
    const std::string& path, std::string_view recorded,
    const std::function<std::shared_ptr<const RunText>()>& run_text) {
  const FileStamp stamp = FileStamp::of(path);
  {
    const std::scoped_lock lock(mutex_);
    const auto found = known_.find(path);
    if (found != known_.end() && found->second.stamp == stamp) return found->second.map;
  }
  // Two questions at once may both read; what they find is the same.
  Known known{stamp, nullptr};
  if (const auto bytes = bytesOnDisk(path); bytes && *bytes != recorded) {
    if (const auto run = run_text()) {
      const DocumentText now(textOf(*bytes), PositionEncoding::kUtf8);
      known.map = LineMatcher(now.base(), run).match(now);
    }
  }
  std::shared_ptr<const LineMap> map = known.map;
  if (stamp.settled()) keep(path, std::move(known));
  return map;
}

void LinesOnDisk::keep(const std::string& path, Known known) {
  const std::scoped_lock lock(mutex_);
  const bool is_map = known.map != nullptr;
  if (known_.size() >= kMostFiles || (is_map && maps_ >= kMostMaps)) {
    known_.clear();
    maps_ = 0;
  }
  Known& now = known_[path];
  if (now.map) --maps_;
  if (is_map) ++maps_;
  now = std::move(known);
}

}  // namespace pyrometer
