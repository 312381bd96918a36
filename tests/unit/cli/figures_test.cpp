#include "daemon/cli/figures.h"

#include <gtest/gtest.h>

namespace pyrometer {
namespace {

TEST(Figures, Percent) {
  EXPECT_EQ(percentText(0), "0.0 %");
  EXPECT_EQ(percentText(0.0001), "<0.1 %");
  EXPECT_EQ(percentText(0.421), "42.1 %");
  EXPECT_EQ(percentText(1), "100.0 %");
}

TEST(Figures, CountsInGroupsOfThree) {
  EXPECT_EQ(countText(0), "0");
  EXPECT_EQ(countText(999), "999");
  EXPECT_EQ(countText(4873), "4 873");
  EXPECT_EQ(countText(18'446'744'073'709'551'615U), "18 446 744 073 709 551 615");
}

TEST(Figures, Durations) {
  EXPECT_EQ(durationText(0), "0 s");
  EXPECT_EQ(durationText(-5), "0 s");
  EXPECT_EQ(durationText(400'000), "0.4 ms");
  EXPECT_EQ(durationText(9'960'000), "10 ms");
  EXPECT_EQ(durationText(999'600'000), "1.00 s");
  EXPECT_EQ(durationText(2'410'000'000), "2.41 s");
  EXPECT_EQ(durationText(59'960'000'000), "60.0 s");
  EXPECT_EQ(durationText(192'000'000'000), "3 min 12 s");
  EXPECT_EQ(durationText(7'320'000'000'000), "2 h 02 min");
}

TEST(Figures, Bytes) {
  EXPECT_EQ(bytesText(812), "812 B");
  EXPECT_EQ(bytesText(1'234'567), "1.23 MB");
  EXPECT_EQ(bytesText(999'900), "1.00 MB");
  EXPECT_EQ(bytesText(182'400'000), "182 MB");
}

TEST(Figures, IntervalsAreWilsonsAndFitTheirColumn) {
  // 40 of 100: Wilson gives 0.309 to 0.498.
  EXPECT_EQ(intervalText(0.4, 100, Charset::kUnicode), "31–50 %");
  EXPECT_EQ(intervalText(0.4, 100, Charset::kAscii), "31-50 %");
  EXPECT_EQ(intervalText(0.05, 100, Charset::kAscii), "2.2-11 %");
  EXPECT_EQ(intervalText(0, 0, Charset::kAscii), "0.0-100 %") << "nothing is known";
  for (const std::uint64_t samples : {1U, 20U, 100U, 999U}) {
    for (int i = 0; i <= 1000; ++i) {
      EXPECT_LE(displayWidth(intervalText(i / 1000.0, samples, Charset::kUnicode)), kIntervalWidth);
    }
  }
}

TEST(Figures, ShareOfNothing) { EXPECT_EQ(shareOf(1, 0), 0); }

}  // namespace
}  // namespace pyrometer
