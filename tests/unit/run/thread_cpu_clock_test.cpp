#include "daemon/run/thread_cpu_clock.h"

#include <gtest/gtest.h>

namespace pyrometer {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;

TEST(ThreadCpuClock, GoesOnBetweenTicks) {
  ThreadCpuClock clock;
  EXPECT_EQ(clock.at(100 * kMillisecond, 50 * kMillisecond), 50 * kMillisecond);
  EXPECT_EQ(clock.at(101 * kMillisecond, 50 * kMillisecond), 51 * kMillisecond);
  EXPECT_EQ(clock.at(103 * kMillisecond, 50 * kMillisecond), 53 * kMillisecond);
  EXPECT_EQ(clock.at(104 * kMillisecond, 54 * kMillisecond), 54 * kMillisecond);
}

TEST(ThreadCpuClock, StandsStillWhileTheThreadWaitsForAProcessor) {
  ThreadCpuClock clock;
  clock.at(0, 10 * kMillisecond);
  EXPECT_EQ(clock.at(500 * kMillisecond, 10 * kMillisecond), 14 * kMillisecond);
  EXPECT_EQ(clock.at(900 * kMillisecond, 10 * kMillisecond), 14 * kMillisecond);
}

TEST(ThreadCpuClock, NeverGoesBack) {
  ThreadCpuClock clock;
  clock.at(0, 10 * kMillisecond);
  clock.at(4 * kMillisecond, 10 * kMillisecond);
  EXPECT_EQ(clock.at(5 * kMillisecond, 11 * kMillisecond), 14 * kMillisecond);
  EXPECT_EQ(clock.at(9 * kMillisecond, 15 * kMillisecond), 15 * kMillisecond);
}

}  // namespace
}  // namespace pyrometer
