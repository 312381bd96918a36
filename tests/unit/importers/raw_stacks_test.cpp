#include "daemon/importers/raw_stacks.h"

#include <gtest/gtest.h>

#include <vector>

namespace pyrometer {
namespace {

TEST(RawStacks, TheSameStackIsTheSameNodeHoweverManyThereAre) {
  RawStacks stacks;
  std::vector<std::uint32_t> nodes;
  const auto frameOf = [](std::uint32_t i) {
    return RawFrame{.place = std::uint64_t{i / 2} << 33, .code = i % 2};
  };
  for (int round = 0; round < 2; ++round) {
    std::uint32_t parent = RawStacks::kNone;
    for (std::uint32_t i = 0; i < 5000; ++i) {
      parent = stacks.intern(parent, frameOf(i));
      if (round == 0) nodes.push_back(parent);
      ASSERT_EQ(parent, nodes[i]);
    }
  }
  EXPECT_EQ(stacks.size(), 5000u);
  for (std::uint32_t i = 0; i < 5000; ++i) {
    EXPECT_EQ(stacks.frame(nodes[i]), frameOf(i));
    EXPECT_EQ(stacks.parent(nodes[i]), i == 0 ? RawStacks::kNone : nodes[i - 1]);
  }
}

TEST(RawStacks, AFrameHasOneNumberInAllStacks) {
  RawStacks stacks;
  const RawFrame frame{.place = 1, .code = 2};
  const std::uint32_t root = stacks.intern(RawStacks::kNone, frame);
  const std::uint32_t recursive = stacks.intern(root, frame);
  const std::uint32_t other = stacks.intern(root, {.place = 2, .code = 1});
  EXPECT_NE(recursive, root);
  EXPECT_EQ(stacks.frameNumber(recursive), stacks.frameNumber(root));
  EXPECT_NE(stacks.frameNumber(other), stacks.frameNumber(root));
  EXPECT_EQ(stacks.frameCount(), 2u);
}

}  // namespace
}  // namespace pyrometer
