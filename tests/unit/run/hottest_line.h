#pragma once

#include <cstdint>

#include "daemon/profile/profile.h"

namespace pyrometer {

/// The number of the line with the most samples of its own; 0: there are none.
inline std::uint32_t hottestLine(const Profile& profile) {
  std::uint32_t hottest = 0;
  std::uint64_t most = 0;
  for (std::size_t i = 0; i < profile.lines().size(); ++i) {
    const auto counters = profile.lineCounters(LineId{static_cast<std::uint32_t>(i)});
    if (counters.self <= most) continue;
    most = counters.self;
    hottest = profile.lines()[i].line;
  }
  return hottest;
}

}  // namespace pyrometer
