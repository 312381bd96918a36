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

TEST(ThreadCpuClock, IsNeverTakenForNoClock) {
  ThreadCpuClock fresh;
  EXPECT_GT(fresh.at(100 * kMillisecond, 0), 0) << "a thread that the kernel has counted nothing for yet";
  ThreadCpuClock silent;
  EXPECT_GT(silent.watched(0, 0), 0);
}

TEST(ThreadCpuClock, WithoutTheKernelsWordOnlyWhatWasWatchedCounts) {
  ThreadCpuClock clock;
  // Ten seconds asleep between two looks are none that it ran.
  clock.watched(0, 7 * kMillisecond);
  EXPECT_EQ(clock.watched(kMillisecond, 7 * kMillisecond), 8 * kMillisecond);
  EXPECT_EQ(clock.watched(0, 7 * kMillisecond), 8 * kMillisecond);
  EXPECT_EQ(clock.watched(kMillisecond, 20 * kMillisecond), 21 * kMillisecond) << "counted inside meanwhile";
  EXPECT_EQ(clock.at(10'000 * kMillisecond, 25 * kMillisecond), 25 * kMillisecond);
}

}  // namespace
}  // namespace pyrometer
