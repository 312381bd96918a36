#include "daemon/analysis/slice.h"

#include <gtest/gtest.h>

#include "daemon/analysis/functions.h"
#include "daemon/analysis/memory_timeline.h"
#include "tests/unit/profile/made_profile.h"

namespace pyrometer {
namespace {

/// A parent with two threads, and a child; all call the same function, the child a library besides.
struct Slice : public testing::Test {
  MadeProfile made;
  const ProcessId child =
      made.builder.addProcess({.pid = 101, .command = {}, .interpreter = {}, .parent = 100, .forked = true});
  const ThreadId second = made.builder.addThread(made.process, 102, "helper");
  const ThreadId in_child = made.builder.addThread(child, 101, "");

  Slice() {
    const FrameId work = made.mine("work", 5);
    made.add({work}, 3);
    made.thread = second;
    made.add({work, made.mine("deeper", 9)}, 2);
    made.thread = in_child;
    made.add({work, made.library("decode", 7)}, 4);
    made.builder.addMemory({1, 1000, made.process});
    made.builder.addMemory({2, 500, child});
    made.builder.info().duration_ns = 9'000'000;
  }
  std::shared_ptr<const Profile> profile() const { return made.builder.snapshot(); }
};

TEST_F(Slice, OfAProcessHasItsSamplesAndMemoryAlone) {
  const auto sliced = slice(*profile(), {.processes = {child}});
  EXPECT_EQ(sliced->sampleCount(), 4u);
  EXPECT_EQ(sliced->totalWeight(), 4'000'000u);
  ASSERT_EQ(sliced->functions().size(), 2u);
  for (const FunctionHeat& row : functionHeat(*sliced)) EXPECT_EQ(row.counters.total, 4u);
  // What is charged to the user's line is the library's time, as in the whole.
  EXPECT_EQ(sliced->lineCounters(sliced->frame(FrameId{0}).line).charged, 4u);
  EXPECT_EQ(sliced->memory().size(), 1u);
  EXPECT_EQ(sliced->process(child).pid, 101);
  EXPECT_TRUE(sliced->process(child).forked);
  EXPECT_EQ(sliced->string(sliced->thread(second).name), "helper");
  EXPECT_EQ(sliced->info().duration_ns, 9'000'000);
}

TEST_F(Slice, OfAThread) {
  const auto sliced = slice(*profile(), {.threads = {second}});
  EXPECT_EQ(sliced->sampleCount(), 2u);
  EXPECT_EQ(sliced->sample(0).thread, second);
  EXPECT_EQ(sliced->memory().size(), 1u) << "of the process that the thread is in";
}

TEST_F(Slice, OfAThreadThatIsNotTheProcesss) {
  EXPECT_EQ(slice(*profile(), {.processes = {child}, .threads = {second}})->sampleCount(), 0u);
}

TEST_F(Slice, WithoutAFilterIsTheWhole) {
  const auto whole = profile();
  const auto sliced = slice(*whole, {});
  EXPECT_EQ(sliced->sampleCount(), whole->sampleCount());
  EXPECT_EQ(sliced->stacks().size(), whole->stacks().size());
  EXPECT_EQ(sliced->totalWeight(), whole->totalWeight());
}

TEST_F(Slice, FiltersOfProcessesAreThoseOfTheirThreads) {
  const auto whole = profile();
  EXPECT_EQ(viewSums(*whole, {.processes = {made.process}}).all.count, 5u);
  EXPECT_EQ(viewSums(*whole, {.processes = {made.process, child}}).all.count, 9u);
  EXPECT_EQ(viewSums(*whole, {.processes = {made.process}, .threads = {second, in_child}}).all.count, 2u);
}

TEST_F(Slice, TheSumOfMemoryEndsWithEachProcess) {
  Process row = made.builder.process(child);
  row.end = 4'000'000;
  made.builder.setProcess(child, row);
  made.builder.addMemory({8'000'000, 1200, made.process});
  const auto sum = memorySum(*profile(), 9);
  ASSERT_EQ(sum.size(), 9u);
  EXPECT_EQ(sum[0].high, 1500u);
  EXPECT_EQ(sum[2].last, 1500u);
  EXPECT_EQ(sum[4].last, 1000u);
  EXPECT_EQ(sum[8].last, 1200u);
}

}  // namespace
}  // namespace pyrometer
