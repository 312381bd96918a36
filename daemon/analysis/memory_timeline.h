#pragma once

#include <cstdint>
#include <vector>

#include "daemon/profile/profile.h"

namespace pyrometer {

/// The memory curve at the resolution of a picture: in each of equal time slots the least, the largest and the last
/// value. Slots without a point repeat the last value before them.
struct MemorySlot {
  std::int64_t from = 0, to = 0;          ///< ns since the run's start
  std::uint64_t low = 0, high = 0, last = 0;  ///< bytes
};
std::vector<MemorySlot> memoryTimeline(const Profile& profile, ProcessId process, std::size_t slots);

/// Growth of memory charged to lines: where RSS rose between two points, the rise belongs to the line that the
/// process's samples in between were on (charged line; shared evenly among them).
struct MemoryGrowth {
  LineId line;
  std::uint64_t bytes = 0;
};
std::vector<MemoryGrowth> memoryGrowth(const Profile& profile);

/// Samples and time by state of VM and thread, most time first.
struct StateShare {
  SampleState state;
  std::uint64_t samples = 0, time = 0;
};
std::vector<StateShare> stateShares(const Profile& profile);

}  // namespace pyrometer
