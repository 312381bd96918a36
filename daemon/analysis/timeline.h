#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "daemon/analysis/memory_timeline.h"
#include "daemon/analysis/state_shares.h"
#include "daemon/profile/profile.h"

namespace pyrometer {

/// A time window at the resolution of a picture.
struct Timeline {
  struct Track {
    ThreadId thread{};
    std::vector<StackWeight> slots;
  };
  struct Memory {
    ProcessId process{};
    std::vector<MemorySlot> slots;
  };
  std::int64_t from = 0, to = 0;   ///< [from, to), ns since the run's start
  std::vector<Track> threads;      ///< those with samples in the window, by number
  std::vector<Memory> memory;      ///< processes with readings, by number
  std::vector<StateShare> states;  ///< of the window, most time first
};

/// Cuts [from, to) into equal slots; left out: from 0 to the run's end (the last sample, if that is later). A
/// window that ends before it begins is empty. Slots are at most kMostSlots, threads times slots at most
/// kMostCells: then the slots are fewer than asked for.
inline constexpr std::size_t kMostSlots = 10'000, kMostCells = 4'000'000;
Timeline timeline(const Profile& profile, std::optional<std::int64_t> from, std::optional<std::int64_t> to,
                  std::size_t slots, std::stop_token stop = {});

}  // namespace pyrometer
