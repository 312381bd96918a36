#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "daemon/analysis/state_shares.h"
#include "daemon/profile/profile.h"

namespace pyrometer {

/// The memory curve of one process at the resolution of a picture: in each of equal time slots, from 0 to the
/// end of the run or the last point, the least, the largest and the last value. Slots without a point repeat
/// the last value before them, 0 before the first. Empty if the process has no points.
struct MemorySlot {
  std::int64_t from = 0,
               to = 0;  ///< [from, to) in ns since the run's start; rows where the profile has no times
  std::uint64_t low = 0, high = 0, last = 0;  ///< bytes
};
std::vector<MemorySlot> memoryTimeline(const Profile& profile, ProcessId process, std::size_t slots);

/// The same for all processes together: at each moment the sum of what those alive have. Pages that several
/// share are counted in each of them.
std::vector<MemorySlot> memorySum(const Profile& profile, std::size_t slots);

/// Growth of memory charged to lines, as MemoryGrowthSum has it. Most bytes first.
struct MemoryGrowth {
  LineId line;
  std::uint64_t bytes = 0;
};
std::vector<MemoryGrowth> memoryGrowth(const Profile& profile, std::stop_token stop = {});

}  // namespace pyrometer
