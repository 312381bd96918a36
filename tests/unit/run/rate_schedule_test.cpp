#include "daemon/run/rate_schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace pyrometer {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

/// Looks between two times when each is taken exactly when it is due.
int looksBetween(RateSchedule& schedule, std::int64_t& now, std::int64_t until) {
  int looks = 0;
  while ((now = schedule.next(now)) < until) ++looks;
  return looks;
}

TEST(RateSchedule, KeepsAnAskedRateOverMinutes) {
  for (const double rate : {1.0, 7.0, 100.0, 1000.0, 9999.0}) {
    RateSchedule schedule(rate, 5 * kSecond);
    std::int64_t now = 5 * kSecond;
    const int looks = looksBetween(schedule, now, 65 * kSecond);
    EXPECT_NEAR(looks, 60 * rate, 1) << rate;
  }
}

TEST(RateSchedule, ClampsRatesThatCannotBe) {
  EXPECT_EQ(RateSchedule(1e9, 0).periodAt(0), 100'000);
  EXPECT_EQ(RateSchedule(0.001, 0).periodAt(0), kSecond);
}

TEST(RateSchedule, AutoLooksOftenWhileYoung) {
  RateSchedule schedule(0, 0);
  std::int64_t now = 0;
  EXPECT_NEAR(looksBetween(schedule, now, 2 * kSecond), 4008, 4);
  EXPECT_NEAR(looksBetween(schedule, now, 10 * kSecond), 8024, 4);
  EXPECT_NEAR(looksBetween(schedule, now, 20 * kSecond), 2507, 4);
}

TEST(RateSchedule, NoAutoPeriodIsRound) {
  RateSchedule schedule(0, 0);
  for (const std::int64_t at : {std::int64_t{0}, 5 * kSecond, 60 * kSecond}) {
    EXPECT_NE(schedule.periodAt(at) % 10'000, 0);
  }
}

TEST(RateSchedule, MovesEachLookALittle) {
  RateSchedule schedule(1000, 0);
  std::int64_t now = 0;
  std::set<std::int64_t> phases;
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t look = schedule.next(now);
    ASSERT_GE(look, now);
    const std::int64_t phase = look - (i + 1) * 1'000'000LL;
    ASSERT_LE(std::abs(phase), 1'000'000 / 16);
    phases.insert(phase);
    now = look;
  }
  EXPECT_GT(phases.size(), 900u);
}

TEST(RateSchedule, DoesNotMakeUpForLostTime) {
  RateSchedule schedule(1000, 0);
  schedule.next(0);
  const std::int64_t after_sleep = 30 * kSecond;  // the machine was stopped
  std::int64_t now = after_sleep;
  EXPECT_LE(looksBetween(schedule, now, after_sleep + kSecond), 1001);
}

}  // namespace
}  // namespace pyrometer
