#include "daemon/analysis/call_tree.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/profile/made_profile.h"

namespace pyrometer {
namespace {

/// The tree as text: "name self/total(children...)".
std::string text(const Profile& profile, const CallTree& tree) {
  std::vector<std::string> parts(tree.nodes.size());
  for (std::size_t i = tree.nodes.size(); i-- > 0;) {
    const CallTree::Node& node = tree.nodes[i];
    std::string& part = parts[i];
    part = i == 0 ? "*" : std::string(profile.string(profile.function(node.function).name));
    part += " " + std::to_string(node.self) + "/" + std::to_string(node.total);
    if (node.first_child == UINT32_MAX) continue;
    part += "(";
    for (std::uint32_t child = node.first_child; child != UINT32_MAX;
         child = tree.nodes[child].next_sibling) {
      EXPECT_GT(child, i) << "parents come first";
      EXPECT_EQ(tree.nodes[child].parent, i);
      part += (child == node.first_child ? "" : " ") + parts[child];
    }
    part += ")";
  }
  return parts[0];
}

TEST(CallTree, FromTheRootByFunction) {
  MadeProfile made;
  const FrameId main = made.mine("main", 1), a1 = made.mine("a", 2), a2 = made.mine("a", 3),
                b = made.mine("b", 9);
  made.add({main, b}, 2);
  made.add({main, a1, b}, 3);
  made.add({main, a2}, 4);
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(text(*profile, callTree(*profile)), "* 0/9(main 0/9(a 4/7(b 3/3) b 2/2))")
      << "two lines, one function";
  EXPECT_EQ(callTree(*profile).nodes[0].total_time, profile->totalWeight());
}

TEST(CallTree, FromTheLeaf) {
  MadeProfile made;
  const FrameId main = made.mine("main", 1), a = made.mine("a", 2), b = made.mine("b", 9);
  made.add({main, b}, 2);
  made.add({main, a, b}, 3);
  made.add({main}, 1);
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(text(*profile, callTree(*profile, {}, true)), "* 0/6(b 0/5(a 0/3(main 3/3) main 2/2) main 1/1)");
}

TEST(CallTree, KeepsToTheFilter) {
  MadeProfile made;
  const FrameId main = made.mine("main", 1);
  made.add({main, made.mine("early", 2)}, 2);
  made.add({main, made.mine("late", 3)}, 3);
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(text(*profile, callTree(*profile, {.from = 2'000'000})), "* 0/3(main 0/3(late 3/3))");
}

TEST(CallTree, OfDeepRecursionIsFeasibleBothWays) {
  MadeProfile made;
  const FrameId down = made.mine("down", 2);
  std::optional<StackId> node = made.stack({made.mine("main", 1)});
  for (int depth = 0; depth < 5'000; ++depth) {
    node = made.builder.internStack(node, down);
    made.add(*node);
  }
  const auto profile = made.builder.snapshot();
  const CallTree tree = callTree(*profile);
  EXPECT_EQ(tree.nodes.size(), 5'002u);
  EXPECT_EQ(tree.nodes[0].total, 5'000u);
  const CallTree inverted = callTree(*profile, {}, true);
  EXPECT_EQ(inverted.nodes[0].total, 5'000u);
  EXPECT_LE(inverted.nodes.size(), 2 * CallTree::kMaxCallers + 4) << "callers far from the leaf are left out";
}

TEST(CallTree, OfAnEmptyProfileIsItsRoot) {
  const auto profile = ProfileBuilder().snapshot();
  EXPECT_EQ(text(*profile, callTree(*profile)), "* 0/0");
  EXPECT_EQ(text(*profile, callTree(*profile, {}, true)), "* 0/0");
}

}  // namespace
}  // namespace pyrometer
