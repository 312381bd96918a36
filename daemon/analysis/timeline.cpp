#include "daemon/analysis/timeline.h"

#include <algorithm>
#include <array>

#include "daemon/analysis/filter.h"

namespace pyrometer {
namespace {

std::int64_t endOf(const Profile& profile) {
  const SampleRows& rows = profile.rows();
  std::int64_t end = profile.info().has_times ? profile.info().duration_ns
                                              : static_cast<std::int64_t>(profile.sampleCount());
  if (rows.hasTimes() && rows.size() > 0) {
    const std::int64_t last = rows.time(rows.size() - 1);
    end = std::max(end, last == INT64_MAX ? last : last + 1);
  }
  return end;
}

/// Equal slots of a window. All arithmetic without overflow, whatever the window is.
class Slots {
 public:
  Slots(std::int64_t from, std::int64_t to, std::size_t count)
      : from_(from),
        width_(static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from)),
        count_(count) {}

  std::int64_t begin(std::size_t slot) const {
    const auto offset = static_cast<std::uint64_t>(
        static_cast<long double>(width_) * static_cast<long double>(slot) / static_cast<long double>(count_));
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(from_) + offset);
  }

 private:
  std::int64_t from_;
  std::uint64_t width_;
  std::size_t count_;
};

std::vector<StateShare> sharesOf(const std::array<StackWeight, 256>& states) {
  std::vector<StateShare> shares;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i].count == 0) continue;
    shares.push_back({SampleState::unpack(static_cast<std::uint8_t>(i)), states[i].count, states[i].weight});
  }
  std::stable_sort(shares.begin(), shares.end(),
                   [](const StateShare& a, const StateShare& b) { return a.time > b.time; });
  return shares;
}

void addMemory(const Profile& profile, Timeline& line, std::size_t slots) {
  const Slots cut(line.from, line.to, slots);
  std::vector<std::vector<MemoryPoint>> points(profile.processes().size());
  for (std::size_t i = 0; i < profile.memory().size(); ++i) {
    points[index(profile.memory()[i].process)].push_back(profile.memory()[i]);
  }
  for (std::uint32_t p = 0; p < points.size(); ++p) {
    auto& list = points[p];
    if (list.empty()) continue;
    std::stable_sort(list.begin(), list.end(),
                     [](const MemoryPoint& a, const MemoryPoint& b) { return a.time < b.time; });
    std::size_t next = 0;
    std::uint64_t value = 0;
    for (; next < list.size() && list[next].time < line.from; ++next) value = list[next].rss;
    Timeline::Memory track{.process = ProcessId{p}, .slots = {}};
    for (std::size_t i = 0; i < slots; ++i) {
      MemorySlot slot{.from = cut.begin(i),
                      .to = i + 1 == slots ? line.to : cut.begin(i + 1),
                      .low = value,
                      .high = value,
                      .last = value};
      for (bool first = true; next < list.size() && list[next].time < slot.to; ++next, first = false) {
        value = list[next].rss;
        slot.low = first ? value : std::min(slot.low, value);
        slot.high = first ? value : std::max(slot.high, value);
        slot.last = value;
      }
      track.slots.push_back(slot);
    }
    line.memory.push_back(std::move(track));
  }
}

}  // namespace

Timeline timeline(const Profile& profile, std::optional<std::int64_t> from, std::optional<std::int64_t> to,
                  std::size_t slots, std::stop_token stop) {
  Timeline line{.from = from.value_or(0), .to = 0, .threads = {}, .memory = {}, .states = {}};
  line.to = std::max(line.from, to.value_or(endOf(profile)));
  const std::size_t threads = std::max<std::size_t>(profile.threads().size(), 1);
  slots = std::min({slots, kMostSlots, std::max<std::size_t>(kMostCells / threads, 1)});
  if (line.from == line.to || slots == 0) return line;

  const SampleRows& rows = profile.rows();
  const Slots cut(line.from, line.to, slots);
  std::vector<Timeline::Track> tracks(profile.threads().size());
  std::array<StackWeight, 256> states{};
  // Samples without times have their row for a time, as memory's points have.
  const bool by_row = !rows.hasTimes();
  const auto rowAt = [&](std::int64_t time) {
    if (!by_row) return rows.firstRowAt(time);
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>(time, 0, static_cast<std::int64_t>(rows.size())));
  };
  const std::size_t end = rowAt(line.to);
  std::size_t slot = 0;
  std::int64_t slot_end = cut.begin(1);
  for (std::size_t row = rowAt(line.from); row < end; ++row) {
    if ((row & 0xffff) == 0 && stop.stop_requested()) return line;
    const Origin origin = rows.origins()[row];
    Timeline::Track& track = tracks[index(originThread(origin))];
    if (track.slots.empty()) track.slots.resize(slots);
    const StackWeight one{1, rows.weight(row)};
    // Rows come in order of time.
    const std::int64_t time = by_row ? static_cast<std::int64_t>(row) : rows.time(row);
    while (slot + 1 < slots && time >= slot_end) slot_end = cut.begin(++slot + 1);
    track.slots[slot] += one;
    states[origin & 0xff] += one;
  }
  for (std::uint32_t i = 0; i < tracks.size(); ++i) {
    if (tracks[i].slots.empty()) continue;
    tracks[i].thread = ThreadId{i};
    line.threads.push_back(std::move(tracks[i]));
  }
  line.states = sharesOf(states);
  addMemory(profile, line, slots);
  return line;
}

}  // namespace pyrometer
