#include "daemon/analysis/memory_growth.h"

#include <gtest/gtest.h>

#include <random>

#include "daemon/analysis/memory_timeline.h"
#include "tests/unit/profile/made_profile.h"

namespace pyrometer {
namespace {

TEST(MemoryGrowth, SummedSnapshotBySnapshotIsTheSameAsAtOnce) {
  std::mt19937 random(4);
  MadeProfile made;
  MemoryGrowthSum sum;
  std::int64_t point = 0;
  for (int batch = 0; batch < 50; ++batch) {
    // Points run ahead of samples, as they do while a program runs.
    for (int i = 0; i < 5; ++i, point += 700'000) {
      made.builder.addMemory({point + 3'000'000, 1'000'000 + random() % 100'000, made.process});
    }
    const auto many = static_cast<int>(random() % 8);
    for (int i = 0; i < many; ++i) made.add({made.mine("f", static_cast<std::uint32_t>(1 + random() % 9))});
    sum.advance(*made.builder.snapshot(), false);
  }
  const auto profile = made.builder.snapshot();
  sum.advance(*profile, true);
  std::vector<std::uint64_t> at_once(profile->lines().size());
  for (const MemoryGrowth& growth : memoryGrowth(*profile)) at_once[index(growth.line)] = growth.bytes;
  EXPECT_EQ(sum.bytes(), at_once);
  EXPECT_FALSE(memoryGrowth(*profile).empty());
}

}  // namespace
}  // namespace pyrometer
