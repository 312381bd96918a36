#include "daemon/analysis/memory_timeline.h"

#include <algorithm>
#include <optional>

namespace pyrometer {
namespace {

/// Points of one process or of all, by time. Importers deliver them so; a file may not.
std::vector<MemoryPoint> pointsByTime(const Profile& profile, std::optional<ProcessId> process) {
  std::vector<MemoryPoint> points;
  for (std::size_t i = 0; i < profile.memory().size(); ++i) {
    const MemoryPoint& point = profile.memory()[i];
    if (!process || point.process == *process) points.push_back(point);
  }
  std::stable_sort(points.begin(), points.end(),
                   [](const MemoryPoint& a, const MemoryPoint& b) { return a.time < b.time; });
  return points;
}

/// What is known of a process between two of its points.
struct Stretch {
  std::optional<std::uint64_t> rss;    ///< at its beginning
  std::vector<std::uint32_t> charged;  ///< by sample in it: index of the charged line, or kNobody
};
constexpr std::uint32_t kNobody = UINT32_MAX;

std::uint32_t chargedLine(const Profile& profile, StackId stack) {
  const auto charged = profile.stack(stack).chargedId();
  return charged ? index(profile.frame(profile.stack(*charged).frame).line) : kNobody;
}

void closeStretch(Stretch& stretch, std::uint64_t rss, std::vector<std::uint64_t>& bytes) {
  if (!stretch.rss) {  // what the process had at its first point did not grow under our eyes
    stretch = {.rss = rss, .charged = {}};
    return;
  }
  if (stretch.charged.empty()) return;
  if (rss > *stretch.rss) {
    const std::uint64_t rise = rss - *stretch.rss, samples = stretch.charged.size();
    for (std::uint64_t i = 0; i < samples; ++i) {
      const std::uint64_t share = rise / samples + (i < rise % samples ? 1 : 0);
      if (stretch.charged[i] != kNobody) bytes[stretch.charged[i]] += share;
    }
  }
  stretch.rss = rss;
  stretch.charged.clear();
}

}  // namespace

std::vector<MemorySlot> memoryTimeline(const Profile& profile, ProcessId process, std::size_t slots) {
  const std::vector<MemoryPoint> points = pointsByTime(profile, process);
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

std::vector<MemoryGrowth> memoryGrowth(const Profile& profile, std::stop_token stop) {
  const std::vector<MemoryPoint> points = pointsByTime(profile, std::nullopt);
  std::vector<Stretch> stretches(profile.processes().size());
  std::vector<std::uint64_t> bytes(profile.lines().size());
  const SampleRows& rows = profile.rows();
  const bool by_row = !profile.info().has_times;
  std::size_t row = 0;
  for (const MemoryPoint& point : points) {
    if (stop.stop_requested()) return {};
    for (; row < rows.size(); ++row) {
      const std::int64_t at = by_row ? static_cast<std::int64_t>(row) : rows.time(row);
      if (at > point.time) break;
      Stretch& stretch = stretches[index(profile.thread(originThread(rows.origins()[row])).process)];
      if (stretch.rss) stretch.charged.push_back(chargedLine(profile, rows.stack(row)));
    }
    closeStretch(stretches[index(point.process)], point.rss, bytes);
  }
  std::vector<MemoryGrowth> growth;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != 0) growth.push_back({LineId{static_cast<std::uint32_t>(i)}, bytes[i]});
  }
  std::stable_sort(growth.begin(), growth.end(),
                   [](const MemoryGrowth& a, const MemoryGrowth& b) { return a.bytes > b.bytes; });
  return growth;
}

}  // namespace pyrometer
