#include "daemon/analysis/memory_timeline.h"

#include <algorithm>
#include <utility>

#include "daemon/analysis/memory_growth.h"

namespace pyrometer {
namespace {

/// Points of a process, by time. Importers deliver them so; a file may not.
std::vector<MemoryPoint> pointsByTime(const Profile& profile, ProcessId process) {
  std::vector<MemoryPoint> points;
  for (std::size_t i = 0; i < profile.memory().size(); ++i) {
    const MemoryPoint& point = profile.memory()[i];
    if (point.process == process) points.push_back(point);
  }
  std::stable_sort(points.begin(), points.end(),
                   [](const MemoryPoint& a, const MemoryPoint& b) { return a.time < b.time; });
  return points;
}

/// What all processes have together, at each moment that one of them changes.
std::vector<MemoryPoint> sumsByTime(const Profile& profile) {
  std::vector<MemoryPoint> points;
  for (std::size_t i = 0; i < profile.memory().size(); ++i) points.push_back(profile.memory()[i]);
  for (std::uint32_t i = 0; i < profile.processes().size(); ++i) {
    if (const auto end = profile.processes()[i].end) points.push_back({*end, 0, ProcessId{i}});
  }
  std::stable_sort(points.begin(), points.end(),
                   [](const MemoryPoint& a, const MemoryPoint& b) { return a.time < b.time; });
  std::vector<std::uint64_t> now(profile.processes().size());
  std::uint64_t sum = 0;
  // Who ends last ends with the run, or is no more than an end of the curve.
  while (!points.empty() && points.back().rss == 0) points.pop_back();
  for (MemoryPoint& point : points) {
    std::uint64_t& own = now[index(point.process)];
    sum += point.rss - own;
    own = point.rss;
    point.rss = sum;
  }
  return points;
}

std::vector<MemorySlot> lineOf(const Profile& profile, const std::vector<MemoryPoint>& points,
                               std::size_t slots) {
  if (points.empty() || slots == 0) return {};
  const std::int64_t run_end = profile.info().has_times ? profile.info().duration_ns
                                                        : static_cast<std::int64_t>(profile.sampleCount());
  const std::int64_t last = std::max<std::int64_t>(points.back().time, 0);
  const std::int64_t end = std::max(run_end, last == INT64_MAX ? last : last + 1);
  const auto edge = [&](std::size_t slot) {  // without overflow: end times slot may be large
    return static_cast<std::int64_t>(static_cast<long double>(end) * static_cast<long double>(slot) /
                                     static_cast<long double>(slots));
  };
  std::vector<MemorySlot> line(slots);
  std::size_t next = 0;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < slots; ++i) {
    MemorySlot& slot = line[i];
    slot = {.from = edge(i),
            .to = i + 1 == slots ? end : edge(i + 1),
            .low = value,
            .high = value,
            .last = value};
    for (bool first = true; next < points.size() && (points[next].time < slot.to || i + 1 == slots); ++next) {
      value = points[next].rss;
      slot.low = first ? value : std::min(slot.low, value);
      slot.high = first ? value : std::max(slot.high, value);
      slot.last = value;
      first = false;
    }
  }
  return line;
}

}  // namespace

std::vector<MemorySlot> memoryTimeline(const Profile& profile, ProcessId process, std::size_t slots) {
  return lineOf(profile, pointsByTime(profile, process), slots);
}

std::vector<MemorySlot> memorySum(const Profile& profile, std::size_t slots) {
  return lineOf(profile, sumsByTime(profile), slots);
}

std::vector<MemoryGrowth> memoryGrowth(const Profile& profile, std::stop_token stop) {
  MemoryGrowthSum sum;
  sum.advance(profile, true, stop);
  if (stop.stop_requested()) return {};
  std::vector<MemoryGrowth> growth;
  for (std::size_t i = 0; i < sum.bytes().size(); ++i) {
    if (sum.bytes()[i] != 0) growth.push_back({LineId{static_cast<std::uint32_t>(i)}, sum.bytes()[i]});
  }
  std::stable_sort(growth.begin(), growth.end(),
                   [](const MemoryGrowth& a, const MemoryGrowth& b) { return a.bytes > b.bytes; });
  return growth;
}

}  // namespace pyrometer
