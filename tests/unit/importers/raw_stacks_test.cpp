#include "daemon/importers/raw_stacks.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>
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

TEST(RawStacks, ATreeThatGrowsAnywhereHasEachNodeOnce) {
  RawStacks stacks;
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::uint32_t> known;
  std::mt19937 dice(1);
  for (int round = 0; round < 20'000; ++round) {
    const auto somewhere = static_cast<std::uint32_t>(dice() % (stacks.size() + 1));
    const std::uint32_t parent = somewhere == stacks.size() ? RawStacks::kNone : somewhere;
    const std::uint64_t place = dice() % 3;
    const std::uint32_t node = stacks.intern(parent, {.place = place, .code = 7});
    const auto [found, fresh] = known.try_emplace({parent, place}, node);
    ASSERT_EQ(found->second, node);
    ASSERT_EQ(stacks.size(), known.size());
    ASSERT_EQ(stacks.parent(node), parent);
    ASSERT_EQ(stacks.frame(node).place, place);
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
