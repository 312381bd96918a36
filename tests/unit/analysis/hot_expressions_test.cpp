#include "daemon/analysis/hot_expressions.h"

#include <gtest/gtest.h>

#include "tests/unit/profile/made_profile.h"

namespace pyrometer {
namespace {

// total = outer(inner(a)) + other(b)
constexpr Columns kSum{.begin = 8, .end = 34}, kOuter{.begin = 8, .end = 23}, kInner{.begin = 14, .end = 22},
    kOther{.begin = 26, .end = 34};

FileId app(const Profile& profile) { return *profile.findFile("/home/me/app/app.py"); }

TEST(HotExpressions, OfALineAreNestedAndHottestFirst) {
  MadeProfile made;
  made.add({made.mine("f", 3, kSum)}, 5);
  made.add({made.mine("f", 3, kOuter), made.library("outer", 9)}, 20);
  made.add({made.mine("f", 3, kInner)}, 40);
  made.add({made.mine("f", 3, kOther), made.mine("other", 12)}, 25);
  made.add({made.mine("f", 3)}, 10);
  const auto profile = made.builder.snapshot();

  const auto lines = hotExpressions(*profile, app(*profile));
  ASSERT_EQ(lines.size(), 1u) << "line 12 has no columns";
  EXPECT_EQ(lines[0].line, 3u);
  const auto& list = lines[0].expressions;
  ASSERT_EQ(list.size(), 4u);
  EXPECT_EQ(list[0].columns, kInner);
  EXPECT_EQ(list[1].columns, kOuter);
  EXPECT_EQ(list[2].columns, kSum);
  EXPECT_EQ(list[3].columns, kOther) << "its time is charged to the user's function that it calls";
  EXPECT_EQ(list[0].counters.self, 40u);
  EXPECT_DOUBLE_EQ(list[0].share, 0.4);
  EXPECT_DOUBLE_EQ(list[0].share_of_line, 40.0 / 75);
  EXPECT_EQ(list[1].counters.charged, 20u) << "library code that it called";
  EXPECT_EQ(list[1].counters.self, 0u);
  EXPECT_EQ(list[3].counters.total, 25u);
  EXPECT_EQ(list[3].counters.charged, 0u);

  EXPECT_EQ(list[0].within, 1u);
  EXPECT_EQ(list[1].within, 2u);
  EXPECT_EQ(list[2].within, std::nullopt);
  EXPECT_EQ(list[3].within, 2u);
  EXPECT_EQ(list[0].inside.count, 40u);
  EXPECT_EQ(list[1].inside.count, 60u);
  EXPECT_EQ(list[2].inside.count, 65u);

  EXPECT_EQ(hotExpressions(*profile, app(*profile), {}, {}, 1).size(), 1u);
  EXPECT_EQ(hotExpressions(*profile, app(*profile), {}, {}, 1.01).size(), 0u);

  const auto again = hotExpressions(*profile, lines[0].id);
  EXPECT_EQ(again.expressions.size(), 4u);
  EXPECT_EQ(again.expressions[0].columns, kInner);
}

TEST(HotExpressions, LibraryFilesHaveTheirSelf) {
  MadeProfile made;
  made.add(
      {made.mine("f", 3), made.frame("/usr/lib/python3.11/re.py", "f", 7, FunctionKind::kPython, kOuter)}, 4);
  const auto profile = made.builder.snapshot();
  const auto lines = hotExpressions(*profile, *profile->findFile("/usr/lib/python3.11/re.py"));
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_DOUBLE_EQ(lines[0].expressions[0].share, 1);
  EXPECT_EQ(lines[0].expressions[0].inside.count, 4u);
}

TEST(HotExpressions, ThroughAFilter) {
  MadeProfile made;
  made.add({made.mine("f", 3, kInner)}, 10);
  const std::int64_t later = made.time;
  made.add({made.mine("f", 3, kOther), made.native("memcpy")}, 30);
  made.add({made.mine("f", 4)}, 10);
  const auto profile = made.builder.snapshot();
  const auto lines = hotExpressions(*profile, app(*profile), {.from = later});
  ASSERT_EQ(lines.size(), 1u);
  ASSERT_EQ(lines[0].expressions.size(), 1u);
  EXPECT_EQ(lines[0].expressions[0].columns, kOther);
  EXPECT_EQ(lines[0].expressions[0].counters.native, 30u);
  EXPECT_DOUBLE_EQ(lines[0].expressions[0].share, 0.75);
  EXPECT_DOUBLE_EQ(lines[0].expressions[0].share_of_line, 1);

  // Everything through a filter is what the builder counted.
  const auto all = hotExpressions(*profile, app(*profile), {.from = 0});
  const auto unfiltered = hotExpressions(*profile, app(*profile));
  ASSERT_EQ(all.size(), unfiltered.size());
  for (std::size_t i = 0; i < all[0].expressions.size(); ++i) {
    EXPECT_EQ(all[0].expressions[i].counters, unfiltered[0].expressions[i].counters);
  }
}

TEST(HotExpressions, OfSeveralLinesAreAroundThoseOfTheirFirst) {
  MadeProfile made;
  const Columns call{.begin = 4, .lines = 3, .end = 1}, name{.begin = 4, .end = 80};
  made.add({made.mine("f", 3, call)}, 1);
  made.add({made.mine("f", 3, name)}, 2);
  const auto profile = made.builder.snapshot();
  const auto list = hotExpressions(*profile, app(*profile))[0].expressions;
  EXPECT_EQ(list[0].columns, name);
  EXPECT_EQ(list[0].within, 1u);
  EXPECT_EQ(list[1].inside.count, 3u);
}

TEST(PartOf, IsWhatTheColumnsMean) {
  const std::string_view line =
      "gr\xc3\xb6\xc3\x9f"
      "e = f(x)  ";
  EXPECT_EQ(partOf(line, {.begin = 0, .end = 7}),
            "gr\xc3\xb6\xc3\x9f"
            "e");
  EXPECT_EQ(partOf(line, {.begin = 10, .end = 14}), "f(x)");
  EXPECT_EQ(partOf(line, {.begin = 10, .lines = 2, .end = 1}), "f(x)") << "to the end of the line";
  EXPECT_EQ(partOf(line, {.begin = 3, .end = 7}), "") << "within a character";
  EXPECT_EQ(partOf(line, {.begin = 0, .end = 3}), "");
  EXPECT_EQ(partOf(line, {.begin = 10, .end = 90}), "") << "another text than the one that ran";
  EXPECT_EQ(partOf(line, {.begin = 90, .lines = 1, .end = 2}), "");
  EXPECT_EQ(partOf("   ", {.begin = 1, .lines = 1, .end = 2}), "");
}

}  // namespace
}  // namespace pyrometer
