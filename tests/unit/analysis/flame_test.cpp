#include "daemon/analysis/flame.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/profile/made_profile.h"

namespace pyrometer {
namespace {

/// "main@0+9(2)": function, level by indentation marks, begin and width in samples, self.
std::string text(const Profile& profile, const Flame& flame) {
  std::string out;
  for (const Flame::Rectangle& each : flame.rectangles) {
    out += (out.empty() ? "" : " ") + std::to_string(each.level) + ":" +
           std::string(profile.string(profile.function(flame.functions[each.function]).name)) + "@" +
           std::to_string(each.begin / 1'000'000) + "+" + std::to_string(each.width / 1'000'000) + "(" +
           std::to_string(each.self / 1'000'000) + ")";
  }
  return out;
}

class FlameTest : public testing::Test {
 protected:
  FlameTest() {
    const FrameId main = made_.mine("main", 1), a = made_.mine("a", 2), b = made_.mine("b", 3);
    made_.add({main}, 10);
    made_.add({main, a}, 20);
    made_.add({main, a, b}, 40);
    made_.add({main, b}, 30);
    profile_ = made_.builder.snapshot();
    tree_ = callTree(*profile_);
  }
  std::string drawn(std::uint32_t node, std::uint32_t pixels, std::uint32_t depth = 100) {
    flame_ = flame(tree_, node, pixels, depth);
    return text(*profile_, flame_);
  }

  MadeProfile made_;
  std::shared_ptr<const Profile> profile_;
  CallTree tree_;
  Flame flame_;
};

TEST_F(FlameTest, LevelByLevelFromTheLeft) {
  EXPECT_EQ(drawn(0, 1200), "0:main@0+100(10) 1:a@0+60(20) 1:b@60+30(30) 2:b@0+40(40)");
  EXPECT_EQ(flame_.time, 100'000'000U);
  EXPECT_EQ(flame_.functions.size(), 3U) << "b twice, named once";
  EXPECT_EQ(flame_.omitted, 0U);
}

TEST_F(FlameTest, WhatIsTooNarrowOrTooDeepIsCounted) {
  EXPECT_EQ(drawn(0, 1), "0:main@0+100(10) 1:a@0+60(20)") << "half a pixel is 50";
  EXPECT_EQ(flame_.omitted, 2U);
  EXPECT_EQ(drawn(0, 1200, 1), "0:main@0+100(10)");
  EXPECT_EQ(flame_.omitted, 3U);
  EXPECT_EQ(drawn(0, 1200, 0), "");
}

TEST_F(FlameTest, ZoomedInOnANode) {
  const auto functionOf = [&](std::uint32_t node) { return tree_.nodes[node].function; };
  const std::uint32_t main = tree_.nodes[0].first_child, a = tree_.nodes[main].first_child;
  const std::vector<FunctionId> path = {functionOf(main), functionOf(a)};
  EXPECT_EQ(findNode(tree_, path), a);
  EXPECT_EQ(findNode(tree_, {}), 0U);
  EXPECT_EQ(findNode(tree_, std::vector{functionOf(a)}), std::nullopt);
  EXPECT_EQ(drawn(a, 1200), "0:b@0+40(40)");
  EXPECT_EQ(flame_.time, 60'000'000U);
  EXPECT_EQ(drawn(99, 1200), "");
}

TEST_F(FlameTest, DeepRecursionIsALongLoop) {
  MadeProfile made;
  std::vector<FrameId> frames;
  for (int i = 0; i < 20'000; ++i) frames.push_back(made.mine(i % 2 == 0 ? "even" : "odd", 1));
  made.add(frames, 1);
  const auto profile = made.builder.snapshot();
  const Flame deep = flame(callTree(*profile), 0, 1200, 200);
  EXPECT_EQ(deep.rectangles.size(), 200U);
  EXPECT_EQ(deep.omitted, 19'800U);
}

}  // namespace
}  // namespace pyrometer
