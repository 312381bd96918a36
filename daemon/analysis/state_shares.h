#pragma once

#include <cstdint>
#include <vector>

#include "daemon/profile/profile.h"

namespace pyrometer {

/// Samples and time by state of VM and thread, most time first: the builder's counts, no loop over samples.
struct StateShare {
  SampleState state;
  std::uint64_t samples = 0, time = 0;
};
std::vector<StateShare> stateShares(const Profile& profile);

/// Samples whose innermost frame ran in machine code of a JIT, by whose function that code was made for.
struct JitShare {
  StackWeight own;      ///< the frame's own function
  StackWeight inlined;  ///< a caller's, into which the frame was inlined
};
JitShare jitShare(const Profile& profile);

}  // namespace pyrometer
