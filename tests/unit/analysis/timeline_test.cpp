#include "daemon/analysis/timeline.h"

#include <gtest/gtest.h>

#include "tests/unit/profile/made_profile.h"

namespace pyrometer {
namespace {

std::vector<std::uint64_t> counts(const Timeline::Track& track) {
  std::vector<std::uint64_t> list;
  for (const StackWeight& slot : track.slots) list.push_back(slot.count);
  return list;
}

class TimelineTest : public testing::Test {
 protected:
  TimelineTest() {
    made_.builder.info().duration_ns = 40'000'000;
    made_.add({made_.mine("main", 1)}, 30);  // 0 to 29 ms
    other_ = made_.builder.addThread(made_.process, 101, "other");
    made_.thread = other_;
    made_.state = {VmState::kNative, ThreadState::kOffCpu};
    made_.add({made_.mine("wait", 9)}, 5, 2'000'000);  // 30 to 34 ms
    made_.builder.addMemory({5'000'000, 100, made_.process});
    made_.builder.addMemory({25'000'000, 300, made_.process});
    made_.builder.addMemory({26'000'000, 200, made_.process});
    profile_ = made_.builder.snapshot();
  }
  MadeProfile made_;
  ThreadId other_{};
  std::shared_ptr<const Profile> profile_;
};

TEST_F(TimelineTest, TheWholeRunByThread) {
  const Timeline line = timeline(*profile_, {}, {}, 4);
  EXPECT_EQ(line.from, 0);
  EXPECT_EQ(line.to, 40'000'000);
  ASSERT_EQ(line.threads.size(), 2U);
  EXPECT_EQ(counts(line.threads[0]), (std::vector<std::uint64_t>{10, 10, 10, 0}));
  EXPECT_EQ(line.threads[1].thread, other_);
  EXPECT_EQ(counts(line.threads[1]), (std::vector<std::uint64_t>{0, 0, 0, 5}));
  EXPECT_EQ(line.threads[1].slots[3].weight, 10'000'000U);
  ASSERT_EQ(line.states.size(), 2U);
  EXPECT_EQ(line.states[0].samples, 30U);
}

TEST_F(TimelineTest, MemoryRepeatsTheLastValue) {
  const Timeline line = timeline(*profile_, {}, {}, 4);
  ASSERT_EQ(line.memory.size(), 1U);
  const auto& slots = line.memory[0].slots;
  EXPECT_EQ(slots[1].last, 100U);
  EXPECT_EQ(slots[2].low, 200U);
  EXPECT_EQ(slots[2].high, 300U);
  EXPECT_EQ(slots[3].low, 200U);
  EXPECT_EQ(timeline(*profile_, 10'000'000, 20'000'000, 2).memory[0].slots[0].high, 100U)
      << "from before the window";
}

TEST_F(TimelineTest, AWindowHoldsWhatIsInIt) {
  const Timeline line = timeline(*profile_, 5'000'000, 15'000'000, 2);
  ASSERT_EQ(line.threads.size(), 1U);
  EXPECT_EQ(counts(line.threads[0]), (std::vector<std::uint64_t>{5, 5}));
  EXPECT_EQ(line.states.size(), 1U);
}

TEST_F(TimelineTest, WindowsThatAreNoneAndThoseWithoutAnEnd) {
  EXPECT_TRUE(timeline(*profile_, 9, 9, 10).threads.empty());
  EXPECT_TRUE(timeline(*profile_, 9, 3, 10).threads.empty());
  EXPECT_TRUE(timeline(*profile_, {}, {}, 0).threads.empty());
  const Timeline all = timeline(*profile_, INT64_MIN, INT64_MAX, 3);
  EXPECT_EQ(counts(all.threads.at(0)), (std::vector<std::uint64_t>{0, 30, 0}));
  EXPECT_EQ(timeline(*profile_, {}, {}, SIZE_MAX).threads.at(0).slots.size(), kMostSlots);
}

TEST(Timeline, SamplesWithoutTimesGoByTheirNumber) {
  MadeProfile made;
  made.builder.info().has_times = false;
  for (int i = 0; i < 8; ++i) {
    made.builder.addSample(
        {.time = 0, .weight = 1, .stack = made.stack({made.mine("f", 1)}), .thread = made.thread});
  }
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(counts(timeline(*profile, {}, {}, 2).threads.at(0)), (std::vector<std::uint64_t>{4, 4}));
}

}  // namespace
}  // namespace pyrometer
