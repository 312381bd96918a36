#include "daemon/analysis/line_heat.h"

#include <gtest/gtest.h>

#include "tests/unit/profile/made_profile.h"

namespace pyrometer {
namespace {

TEST(LineHeat, ListsTheFilesLinesInOrderWithTheirShares) {
  MadeProfile made;
  const FrameId main = made.mine("main", 30), call = made.mine("work", 12), loop = made.mine("work", 7);
  made.mine("never", 99);
  made.add({main, call, made.library("decode", 5)}, 6);
  made.add({main, loop}, 94);
  const auto profile = made.builder.snapshot();

  const auto lines = lineHeat(*profile, *profile->findFile("/home/me/app/app.py"));
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].line, 7u);
  EXPECT_EQ(lines[0].counters.self, 94u);
  EXPECT_EQ(lines[0].heat, 3);
  EXPECT_EQ(lines[1].line, 12u);
  EXPECT_EQ(lines[1].counters.self, 0u);
  EXPECT_EQ(lines[1].counters.charged, 6u);
  EXPECT_DOUBLE_EQ(lines[1].share, 0.06);
  EXPECT_EQ(lines[1].heat, 2) << "the library's time colours the line that called it";
  EXPECT_EQ(lines[2].line, 30u);
  EXPECT_EQ(lines[2].counters.total, 100u);
  EXPECT_EQ(lines[2].heat, 0);
}

TEST(LineHeat, LibraryFilesAreColouredByTheirSelf) {
  MadeProfile made;
  made.add({made.mine("main", 1), made.library("decode", 5)}, 10);
  const auto profile = made.builder.snapshot();
  const auto lines = lineHeat(*profile, *profile->findFile("/usr/lib/python3.11/json/decoder.py"));
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].heat, 3);
  EXPECT_DOUBLE_EQ(lines[0].share, 1);
}

TEST(LineHeat, SharesAreOfTimeAndOfTheViewsTime) {
  MadeProfile made;
  const FrameId slow = made.mine("f", 1), fast = made.mine("f", 2);
  made.add({slow}, 1, 9'000);
  made.add({fast}, 1, 1'000);
  const auto profile = made.builder.snapshot();
  const FileId file = *profile->findFile("/home/me/app/app.py");
  EXPECT_DOUBLE_EQ(lineHeat(*profile, file)[0].share, 0.9);
  const auto late = lineHeat(*profile, file, {.from = 1'000'000});
  ASSERT_EQ(late.size(), 1u);
  EXPECT_EQ(late[0].line, 2u);
  EXPECT_DOUBLE_EQ(late[0].share, 1);
}

TEST(HeatClass, Edges) {
  EXPECT_EQ(heatClass(0.1), 3);
  EXPECT_EQ(heatClass(0.0999), 2);
  EXPECT_EQ(heatClass(0.025), 2);
  EXPECT_EQ(heatClass(0.0249), 1);
  EXPECT_EQ(heatClass(0.005), 1);
  EXPECT_EQ(heatClass(0.0049), 0);
  EXPECT_EQ(heatClass(0), 0);
}

TEST(HotLines, OfTheUsersFilesByChargedTime) {
  MadeProfile made;
  const FrameId call = made.mine("f", 3), own = made.mine("f", 4), deep = made.library("decode", 9);
  made.add({call, deep}, 50);
  made.add({own}, 30);
  made.add({made.mine("f", 5)}, 20);
  const auto profile = made.builder.snapshot();

  const auto mine = hotLines(*profile, Charge::kMyCode, 2);
  ASSERT_EQ(mine.size(), 2u);
  EXPECT_EQ(mine[0].line, 3u);
  EXPECT_DOUBLE_EQ(mine[0].share, 0.5);
  EXPECT_EQ(mine[1].line, 4u);

  const auto self = hotLines(*profile, Charge::kSelf, 0);
  ASSERT_EQ(self.size(), 3u);
  EXPECT_EQ(self[0].id, profile->frame(deep).line);
}

TEST(HotLines, WithNothingOfTheUsersAreBySelf) {
  MadeProfile made;
  made.add({made.library("main", 1), made.library("decode", 9)}, 4);
  const auto profile = made.builder.snapshot();
  const auto lines = hotLines(*profile, Charge::kMyCode, 10);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].line, 9u);
  EXPECT_DOUBLE_EQ(lines[0].share, 1);
}

TEST(HotLines, OfAnEmptyProfile) {
  EXPECT_TRUE(hotLines(*ProfileBuilder().snapshot(), Charge::kMyCode, 10).empty());
}

}  // namespace
}  // namespace pyrometer
