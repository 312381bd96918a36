#include "daemon/exporters/vmprof/memory_cursor.h"

#include <algorithm>

namespace pyrometer::vmprof {

MemoryCursor::MemoryCursor(const Profile& profile)
    : profile_(profile), curves_(profile.processes().size()), any_(!profile.memory().empty()) {
  for (std::size_t i = 0; i < profile.memory().size(); ++i) {
    const MemoryPoint& point = profile.memory()[i];
    curves_[index(point.process)].points.push_back(point);
  }
  for (Curve& curve : curves_) {
    std::stable_sort(curve.points.begin(), curve.points.end(),
                     [](const MemoryPoint& a, const MemoryPoint& b) { return a.time < b.time; });
  }
}

std::uint64_t MemoryCursor::kilobytesAt(std::size_t row, const Sample& sample) {
  Curve& curve = curves_[index(profile_.thread(sample.thread).process)];
  if (curve.points.empty()) return 0;
  const std::int64_t now = profile_.info().has_times ? sample.time : static_cast<std::int64_t>(row);
  while (curve.at + 1 < curve.points.size() && curve.points[curve.at + 1].time <= now) ++curve.at;
  return curve.points[curve.at].rss / 1024;
}

}  // namespace pyrometer::vmprof
