#include "daemon/profile/stack_table.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <utility>

#include "tests/unit/profile/made_profile.h"

namespace pyrometer {
namespace {

TEST(StackTable, SameStackSameNode) {
  MadeProfile made;
  const FrameId a = made.mine("a", 1), b = made.mine("b", 2);
  EXPECT_EQ(made.stack({a, b}), made.stack({a, b}));
  EXPECT_NE(made.stack({a, b}), made.stack({b, a}));
  EXPECT_NE(made.stack({a}), made.stack({a, a}));
  const auto profile = made.builder.snapshot();
  const StackNode node = profile->stack(made.stack({a, b}));
  EXPECT_EQ(node.depth, 2u);
  EXPECT_EQ(node.parentId(), made.stack({a}));
  EXPECT_EQ(profile->stack(made.stack({a})).parentId(), std::nullopt);
}

/// The flags agree with a walk up to the root, in whatever order nodes come.
TEST(StackTable, FirstOfFunctionAndLineAgreeWithAWalk) {
  MadeProfile made;
  std::mt19937 random(3);
  const auto below = [&random](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  std::vector<StackId> nodes;
  for (int i = 0; i < 4'000; ++i) {
    const std::uint32_t function = below(12);
    const FrameId frame = made.mine("f" + std::to_string(function), function * 10 + below(3));
    const bool root = nodes.empty() || below(50) == 0;
    const auto parent = root ? std::nullopt : std::optional(nodes[random() % nodes.size()]);
    nodes.push_back(made.builder.internStack(parent, frame));
  }
  const auto profile = made.builder.snapshot();
  std::set<std::pair<std::uint32_t, FrameId>> each;
  for (std::uint32_t i = 0; i < profile->stacks().size(); ++i) {
    const StackNode& node = profile->stack(StackId{i});
    ASSERT_TRUE(each.insert({node.parent, node.frame}).second) << "one stack is two nodes";
    const Frame& frame = profile->frame(node.frame);
    bool function_above = false, line_above = false;
    for (auto up = node.parentId(); up; up = profile->stack(*up).parentId()) {
      const Frame& above = profile->frame(profile->stack(*up).frame);
      function_above |= above.function == frame.function;
      line_above |= above.line == frame.line;
    }
    ASSERT_EQ(node.first_of_function, !function_above);
    ASSERT_EQ(node.first_of_line, !line_above);
  }
}

/// 5 000 deep, a sample at every depth: 25 million pairs of frames, which a walk for each node would visit.
TEST(StackTable, DeepRecursionIsCountedAndQuick) {
  MadeProfile made;
  const FrameId main = made.mine("main", 1), down = made.mine("down", 5), leaf = made.mine("leaf", 9);
  std::optional<StackId> node = made.stack({main});
  for (int depth = 0; depth < 5'000; ++depth) {
    node = made.builder.internStack(node, down);
    made.add(made.builder.internStack(node, leaf), 1);
    made.add(*node, 1);
  }
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(profile->stack(*node).depth, 5'001u);
  EXPECT_EQ(profile->functionCounters(profile->frame(down).function).total, 10'000u);
  EXPECT_EQ(profile->lineCounters(profile->frame(down).line).total, 10'000u);
  EXPECT_EQ(profile->lineCounters(profile->frame(down).line).self, 5'000u);
  EXPECT_EQ(profile->lineCounters(profile->frame(main).line).total, 10'000u);
}

}  // namespace
}  // namespace pyrometer
