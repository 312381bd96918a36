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

}  // namespace pyrometer
