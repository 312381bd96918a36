#include "daemon/jit/resop.h"

#include <gtest/gtest.h>

namespace pyrometer::jit {
namespace {

using Pieces = std::vector<std::string_view>;

TEST(SplitArguments, CutsBetweenArgumentsOnly) {
  EXPECT_EQ(splitArguments("i2,ConstPtr(ptr12),-"), (Pieces{"i2", "ConstPtr(ptr12)", "-"}));
  EXPECT_EQ(splitArguments("i0,<Calli 8 r(i,i) EF=4>"), (Pieces{"i0", "<Calli 8 r(i,i) EF=4>"}));
  EXPECT_EQ(splitArguments(""), Pieces{});
  EXPECT_EQ(splitArguments("a,,b"), (Pieces{"a", "", "b"}));
}

TEST(SplitArguments, SurvivesWhatDoesNotClose) {
  EXPECT_EQ(splitArguments(">,)),a"), (Pieces{">", "))", "a"}));
  EXPECT_EQ(splitArguments("(a,b"), Pieces{"(a,b"});
}

TEST(LoopNumber, IsThatOfALoop) {
  EXPECT_EQ(loopNumber("<Loop17>"), 17u);
  EXPECT_FALSE(loopNumber("<Loop-1>"));
  EXPECT_FALSE(loopNumber("<Loop>"));
  EXPECT_FALSE(loopNumber("TargetToken(17)"));
  EXPECT_FALSE(loopNumber("<Loop99999999999999999999999>"));
}

TEST(RoleOf, GoesByTheName) {
  EXPECT_EQ(roleOf("guard_not_invalidated"), OpRole::kGuard);
  EXPECT_EQ(roleOf("call_assembler_r"), OpRole::kCallAssembler);
  EXPECT_EQ(roleOf("label"), OpRole::kLabel);
  EXPECT_EQ(roleOf("jump"), OpRole::kJump);
  EXPECT_EQ(roleOf("finish"), OpRole::kFinish);
  EXPECT_EQ(roleOf("int_add"), OpRole::kPlain);
}

}  // namespace
}  // namespace pyrometer::jit
