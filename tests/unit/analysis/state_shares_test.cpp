#include "daemon/analysis/state_shares.h"

#include <gtest/gtest.h>

#include "tests/unit/profile/made_profile.h"

namespace pyrometer {
namespace {

TEST(StateShares, MostTimeFirst) {
  MadeProfile made;
  const FrameId f = made.mine("f", 1);
  made.add({f}, 5, 10);
  made.state = {VmState::kGc, ThreadState::kRunning};
  made.add({f}, 2, 100);
  const auto shares = stateShares(*made.builder.snapshot());
  ASSERT_EQ(shares.size(), 2u);
  EXPECT_EQ(shares[0].state.vm, VmState::kGc);
  EXPECT_EQ(shares[0].samples, 2u);
  EXPECT_EQ(shares[0].time, 200u);
  EXPECT_EQ(shares[1].state.vm, VmState::kInterpreter);
  EXPECT_EQ(shares[1].samples, 5u);
}

TEST(StateShares, OfAnEmptyProfile) { EXPECT_TRUE(stateShares(*ProfileBuilder().snapshot()).empty()); }

}  // namespace
}  // namespace pyrometer
