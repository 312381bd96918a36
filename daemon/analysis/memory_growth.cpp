#include "daemon/analysis/memory_growth.h"

#include <algorithm>

namespace pyrometer {
namespace {

/// Points from one on, by time. Importers deliver them so; a file may not.
std::vector<MemoryPoint> pointsFrom(const Profile& profile, std::size_t first) {
  std::vector<MemoryPoint> points;
  for (std::size_t i = first; i < profile.memory().size(); ++i) points.push_back(profile.memory()[i]);
  std::stable_sort(points.begin(), points.end(),
                   [](const MemoryPoint& a, const MemoryPoint& b) { return a.time < b.time; });
  return points;
}

}  // namespace

void MemoryGrowthSum::close(Stretch& stretch, std::uint64_t rss) {
  if (!stretch.rss) {  // what the process had at its first point did not grow under our eyes
    stretch = {.rss = rss, .charged = {}};
    return;
  }
  if (stretch.charged.empty()) return;
  if (rss > *stretch.rss) {
    const std::uint64_t rise = rss - *stretch.rss, samples = stretch.charged.size();
    for (std::uint64_t i = 0; i < samples; ++i) {
      const std::uint64_t share = rise / samples + (i < rise % samples ? 1 : 0);
      if (stretch.charged[i] != kNobody) bytes_[stretch.charged[i]] += share;
    }
  }
  stretch.rss = rss;
  stretch.charged.clear();
}

void MemoryGrowthSum::advance(const Profile& profile, bool complete, std::stop_token stop) {
  const SampleRows& rows = profile.rows();
  const bool by_row = !profile.info().has_times;
  const auto timeOf = [&](std::size_t row) {
    return by_row ? static_cast<std::int64_t>(row) : rows.time(row);
  };
  stretches_.resize(std::max(stretches_.size(), profile.processes().size()));
  bytes_.resize(std::max(bytes_.size(), profile.lines().size()), 0);
  for (const MemoryPoint& point : pointsFrom(profile, next_point_)) {
    if (stop.stop_requested()) return;
    if (!complete && (rows.size() == 0 || timeOf(rows.size() - 1) <= point.time)) return;
    for (; next_row_ < rows.size() && timeOf(next_row_) <= point.time; ++next_row_) {
      Stretch& stretch = stretches_[index(profile.thread(originThread(rows.origins()[next_row_])).process)];
      if (!stretch.rss) continue;
      const auto charged = profile.stack(rows.stack(next_row_)).chargedId();
      stretch.charged.push_back(charged ? index(profile.frame(profile.stack(*charged).frame).line) : kNobody);
    }
    close(stretches_[index(point.process)], point.rss);
    ++next_point_;
  }
}

}  // namespace pyrometer
