#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/profile/phase_list.h"
#include "daemon/profile/run_info.h"

namespace pyrometer {

/// What a tick is. The log itself does not say; see How.
struct PhaseClock {
  enum class How : std::uint8_t {
    kUnknown,     ///< shares of time are all that can be told
    kCalibrated,  ///< the program wrote its clocks into sections of its own
    kSummary,     ///< by the total that the JIT states: a few percent off
    kProfile,     ///< by the duration of the profile that it lies beside: rough
  };
  How how = How::kUnknown;
  double ns_per_tick = 0;                         ///< 0: unknown
  std::optional<std::int64_t> monotonic_at_zero;  ///< CLOCK_MONOTONIC at the log's first tick, ns
  std::optional<std::int64_t> unix_at_zero;       ///< since the epoch, ns
  /// The time that samples of the profile beside it have at the log's first tick, ns: may be negative.
  std::optional<std::int64_t> profile_at_zero;
};

/// The phases of one process, by begin. No samples: they lie beside a profile, not in it. Read-only once
/// made; share freely.
struct PhaseLog {
  std::string path;
  std::string member = {};         ///< the entry of the recording at `path`; empty: the file itself
  std::vector<std::string> names;  ///< valid UTF-8
  PhaseList phases;
  std::uint64_t first = 0, last = 0;  ///< the log's first and latest tick
  PhaseClock clock;
  std::uint64_t lines = 0;       ///< of the file
  std::uint64_t text_lines = 0;  ///< those that belong to phases, and those between
  std::uint64_t bytes = 0;       ///< decompressed
  std::uint32_t deepest = 0;
  std::uint64_t still_open = 0;           ///< phases whose end the log does not have
  std::vector<std::uint64_t> jit_blocks;  ///< where machine code begins, as far as the log says; sorted
  std::vector<std::string> notes;         ///< sentences the user should read
  std::vector<Damage> damage;             ///< what could not be read

  std::string_view nameOf(const Phase& phase) const { return names[phase.name]; }
  std::uint64_t span() const { return last - first; }
  /// ns, or ticks where the clock is unknown.
  double time(std::uint64_t ticks) const {
    return static_cast<double>(ticks) * (clock.ns_per_tick > 0 ? clock.ns_per_tick : 1);
  }
};

}  // namespace pyrometer
