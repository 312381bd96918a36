#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/profile/run_info.h"

namespace pyrometer {

/// A stretch of time that the interpreter spent at one thing and wrote down: a collection, a tracing, what
/// the program itself marked. Times are ticks of the log's clock.
struct Phase {
  static constexpr std::uint32_t kNoParent = UINT32_MAX;

  std::uint64_t begin = 0, end = 0;            ///< ticks; `end` is not before `begin`
  std::uint64_t text_begin = 0, text_end = 0;  ///< bytes of the (decompressed) log between its two lines
  std::uint32_t name = 0;                      ///< in PhaseLog::names
  std::uint32_t parent = kNoParent;            ///< the innermost phase that was open; parents come first
  std::uint32_t depth = 1;
  std::uint32_t lines = 0;  ///< of text of its own

  std::uint64_t ticks() const { return end - begin; }
};

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
  std::vector<std::string> names;     ///< valid UTF-8
  std::deque<Phase> phases;           ///< grows without moving: there may be millions
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
