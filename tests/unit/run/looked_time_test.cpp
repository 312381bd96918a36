#include "sampler/looked_time.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

namespace pyrometer::ring {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;
constexpr std::uint64_t kAny = 1'000 * kMillisecond;

TEST(LookedTime, OfAThreadThatGoesOnIsItsClock) {
  std::uint64_t given = lookedTime(0, 5 * kMillisecond, 0, kAny);
  EXPECT_EQ(given, 5 * kMillisecond) << "the first look has all there was before";
  std::uint64_t used = given;
  for (const std::uint64_t between : {1, 3, 1, 20, 2}) {
    used += between * kMillisecond;
    given = lookedTime(given, used, between * kMillisecond, kAny);
    EXPECT_EQ(given, used);
  }
}

TEST(LookedTime, OfAThreadIsNoLessAtFirstThanLater) {
  EXPECT_EQ(lookedTime(0, kMillisecond / 5, kMillisecond, kMillisecond), kMillisecond);
  EXPECT_EQ(lookedTime(0, 30 * kMillisecond, kMillisecond, kMillisecond), 30 * kMillisecond);
}

TEST(LookedTime, NeverGoesBack) {
  const std::uint64_t given = 100 * kMillisecond;
  EXPECT_EQ(lookedTime(given, 10 * kMillisecond, kMillisecond, kAny), given);
  EXPECT_EQ(lookedTime(given, 10 * kMillisecond, 0, kAny), given);
}

TEST(LookedTime, ComesBackToTheClockFromEitherSide) {
  for (const std::uint64_t start : {1 * kMillisecond, 200 * kMillisecond}) {
    std::uint64_t given = start;
    std::uint64_t used = 100 * kMillisecond;
    for (int i = 0; i < 400; ++i) given = lookedTime(given, used += kMillisecond, kMillisecond, kAny);
    EXPECT_NEAR(static_cast<double>(given), static_cast<double>(used), 0.01 * kMillisecond);
  }
}

TEST(LookedTime, CountsOfALongTimeWithoutALookWhatWasUsed) {
  const std::uint64_t given = 100 * kMillisecond;
  EXPECT_EQ(lookedTime(given, given + 40 * kMillisecond, 40 * kMillisecond, 2 * kMillisecond),
            given + 40 * kMillisecond);
  EXPECT_EQ(lookedTime(given, given + 7 * kMillisecond, 40 * kMillisecond, 2 * kMillisecond),
            given + 7 * kMillisecond);
  EXPECT_EQ(lookedTime(given, given + 2 * kMillisecond, 40 * kMillisecond, 2 * kMillisecond),
            given + 2 * kMillisecond);
}

/// A thread that works `half` ns in one place and as long in another, and sleeps as long as both, looked at
/// by chance: the share of the first place.
double shareOfFirst(double half) {
  std::mt19937_64 random(1);
  std::exponential_distribution<double> gap(1.0 / kMillisecond);
  std::array<double, 2> shown{};
  std::uint64_t given = 0;
  double time = 0;
  for (int i = 0; i < 200'000; ++i) {
    const double between = gap(random);
    time += between;
    const double at = std::fmod(time, 4 * half);
    if (at >= 2 * half) continue;
    const auto used = static_cast<std::uint64_t>(std::floor(time / (4 * half)) * 2 * half + at);
    const std::uint64_t before = given;
    given = lookedTime(given, used, static_cast<std::uint64_t>(between), kAny);
    if (before != 0) shown[at < half ? 0 : 1] += static_cast<double>(given - before);
  }
  return shown[0] / (shown[0] + shown[1]);
}

TEST(LookedTime, DoesNotFavourWhatComesLast) {
  for (const double half : {0.1, 0.3, 1.0, 3.0}) {
    EXPECT_NEAR(shareOfFirst(half * kMillisecond), 0.5, 0.02) << half << " ms each";
  }
}

}  // namespace
}  // namespace pyrometer::ring
