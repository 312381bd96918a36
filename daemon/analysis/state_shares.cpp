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

JitShare jitShare(const Profile& profile) {
  JitShare share;
  const auto& stacks = profile.rows().leafStacks();
  for (std::uint32_t i = 0; i < stacks.size(); ++i) {
    const StackNode& node = profile.stack(stacks[i]);
    const std::uint32_t block = profile.frame(node.frame).block;
    if (block == Frame::kInterpreted) continue;
    const auto parent = node.parentId();
    const bool inlined = parent && profile.frame(profile.stack(*parent).frame).block == block;
    (inlined ? share.inlined : share.own) += profile.leafWeight(LeafId{i});
  }
  return share;
}

}  // namespace pyrometer
