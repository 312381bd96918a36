#pragma once

#include <cstdint>
#include <string>

#include "daemon/profile/run_info.h"

namespace pyrometer {

/// Notes what of a file could not be read. A file may be damaged in a million places: the first hundred are
/// kept, and then one entry says that there are more.
inline void noteDamage(RunInfo& info, std::uint64_t offset, std::string what) {
  constexpr std::size_t kKept = 100;
  if (info.damage.size() < kKept) {
    info.damage.push_back({offset, std::move(what)});
  } else if (info.damage.size() == kKept) {
    info.damage.push_back({offset, "more damage from here on, not listed"});
  }
}

}  // namespace pyrometer
