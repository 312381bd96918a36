#include "daemon/analysis/functions.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/unit/profile/made_profile.h"

namespace pyrometer {
namespace {

std::map<std::string, std::uint64_t> byName(const Profile& profile, const std::vector<CallEdge>& edges) {
  std::map<std::string, std::uint64_t> names;
  for (const CallEdge& edge : edges) {
    names[std::string(profile.string(profile.function(edge.function).name))] = edge.samples;
  }
  return names;
}

using Names = std::map<std::string, std::uint64_t>;

TEST(Functions, FlatTableBySelfTime) {
  MadeProfile made;
  const FrameId main = made.mine("main", 1), work = made.mine("work", 5);
  made.mine("never", 9);
  made.add({main, work}, 3);
  made.add({main, work, made.native("memcpy")}, 5);
  const auto profile = made.builder.snapshot();
  const auto functions = functionHeat(*profile);
  ASSERT_EQ(functions.size(), 3u);
  EXPECT_EQ(profile->string(profile->function(functions[0].function).name), "memcpy");
  EXPECT_EQ(functions[1].function, profile->frame(work).function);
  EXPECT_EQ(functions[1].counters.self, 3u);
  EXPECT_EQ(functions[1].counters.total, 8u);
  EXPECT_EQ(functions[1].counters.native, 5u);
  EXPECT_EQ(functions[2].counters.total, 8u);
}

TEST(CallHierarchy, SumsBothDirections) {
  MadeProfile made;
  const FrameId main = made.mine("main", 1), a = made.mine("a", 2), b = made.mine("b", 3),
                leaf = made.mine("leaf", 4);
  made.add({main, a, leaf}, 5);
  made.add({main, b, leaf}, 2);
  made.add({main, a}, 1);
  const auto profile = made.builder.snapshot();
  const FunctionId leaf_function = profile->frame(leaf).function;

  EXPECT_EQ(byName(*profile, callers(*profile, leaf_function)), (Names{{"a", 5}, {"b", 2}}));
  EXPECT_EQ(byName(*profile, callees(*profile, profile->frame(main).function)), (Names{{"a", 6}, {"b", 2}}));
  EXPECT_EQ(byName(*profile, callers(*profile, profile->frame(main).function)), Names{});
  EXPECT_EQ(byName(*profile, callees(*profile, leaf_function)), Names{});
  EXPECT_EQ(callers(*profile, leaf_function)[0].time, 5'000'000u) << "most time first";
  EXPECT_EQ(byName(*profile, callers(*profile, leaf_function, {.from = 5'000'000})), (Names{{"b", 2}}));
}

TEST(CallHierarchy, RecursionCountsEachPairOncePerSample) {
  MadeProfile made;
  const FrameId main = made.mine("main", 1), even = made.mine("even", 2), odd = made.mine("odd", 3);
  made.add({main, even, odd, even, odd, even, even}, 4);
  const auto profile = made.builder.snapshot();
  const FunctionId even_function = profile->frame(even).function;
  EXPECT_EQ(byName(*profile, callers(*profile, even_function)),
            (Names{{"main", 4}, {"odd", 4}, {"even", 4}}));
  EXPECT_EQ(byName(*profile, callees(*profile, even_function)), (Names{{"odd", 4}, {"even", 4}}));
}

TEST(CallHierarchy, OfDeepRecursionIsFeasible) {
  MadeProfile made;
  const FrameId down = made.mine("down", 2);
  std::optional<StackId> node = made.stack({made.mine("main", 1)});
  for (int depth = 0; depth < 5'000; ++depth) {
    node = made.builder.internStack(node, down);
    made.add(*node);
  }
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(byName(*profile, callers(*profile, profile->frame(down).function)),
            (Names{{"main", 5'000}, {"down", 4'999}}));
}

}  // namespace
}  // namespace pyrometer
