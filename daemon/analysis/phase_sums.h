#pragma once

#include <cstdint>
#include <vector>

#include "daemon/profile/phase_log.h"

namespace pyrometer {

/// All phases of one name, in ticks.
struct PhaseSum {
  std::uint32_t name = 0;  ///< in PhaseLog::names
  std::uint64_t count = 0;
  std::uint64_t total = 0;  ///< within phases of that name; one inside another of its name counts once
  std::uint64_t own = 0;    ///< total without the phases inside
  std::uint64_t longest = 0;
  std::uint64_t lines = 0;  ///< of text
};

/// By own time, most first.
std::vector<PhaseSum> phaseSums(const PhaseLog& log);

/// Ticks outside of all phases.
std::uint64_t ticksOutsidePhases(const PhaseLog& log);

}  // namespace pyrometer
