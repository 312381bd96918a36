#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>

#include "daemon/profile/profile.h"

namespace pyrometer {

/// Where the time that is charged to the user's lines went, and what is charged to nobody. One pass over the
/// table of stacks, none over samples.
struct Charges {
  /// Of a line: its library time, and the library function that has most of it as its self.
  struct Library {
    StackWeight all;
    FunctionId most{};
    std::uint64_t most_time = 0;
  };
  std::unordered_map<std::uint32_t, Library> below;  ///< by LineId of a user's line that has any
  StackWeight user, importing;
  StackWeight nobody;  ///< library code that no file of the user's called
  std::map<FunctionId, StackWeight>
      no_python;  ///< without any Python frame: start, shutdown, foreign threads
};

Charges chargesOf(const Profile& profile);

}  // namespace pyrometer
