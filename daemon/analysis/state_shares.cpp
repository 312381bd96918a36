#include "daemon/analysis/state_shares.h"

#include <algorithm>

namespace pyrometer {

std::vector<StateShare> stateShares(const Profile& profile) {
  std::vector<StateShare> shares;
  for (unsigned packed = 0; packed < 256; ++packed) {
    const SampleState state = SampleState::unpack(static_cast<std::uint8_t>(packed));
    const StackWeight sum = profile.stateWeight(state);
    if (sum.count != 0) shares.push_back({state, sum.count, sum.weight});
  }
  std::stable_sort(shares.begin(), shares.end(),
                   [](const StateShare& a, const StateShare& b) { return a.time > b.time; });
  return shares;
}

}  // namespace pyrometer
