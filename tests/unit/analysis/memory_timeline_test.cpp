#include "daemon/analysis/memory_timeline.h"

#include <gtest/gtest.h>

#include "tests/unit/profile/made_profile.h"

namespace pyrometer {
namespace {

TEST(MemoryTimeline, LowHighAndLastOfEachSlot) {
  MadeProfile made;
  made.builder.info().duration_ns = 100;
  for (const auto& [time, rss] :
       std::vector<std::pair<std::int64_t, std::uint64_t>>{{26, 50}, {30, 90}, {40, 70}, {80, 20}}) {
    made.builder.addMemory({time, rss, made.process});
  }
  const auto slots = memoryTimeline(*made.builder.snapshot(), made.process, 4);
  ASSERT_EQ(slots.size(), 4u);
  EXPECT_EQ(slots[0].last, 0u) << "nothing is known before the first point";
  EXPECT_EQ(slots[1].from, 25);
  EXPECT_EQ(slots[1].to, 50);
  EXPECT_EQ(slots[1].low, 50u);
  EXPECT_EQ(slots[1].high, 90u);
  EXPECT_EQ(slots[1].last, 70u);
  EXPECT_EQ(slots[2].low, 70u) << "a slot without a point repeats the value";
  EXPECT_EQ(slots[2].high, 70u);
  EXPECT_EQ(slots[3].last, 20u);
  EXPECT_EQ(slots[3].to, 100);
}

TEST(MemoryTimeline, ReachesBeyondTheRunForLatePointsAndSortsThem) {
  MadeProfile made;
  made.builder.info().duration_ns = 10;
  made.builder.addMemory({99, 3, made.process});
  made.builder.addMemory({1, 7, made.process});
  const auto slots = memoryTimeline(*made.builder.snapshot(), made.process, 2);
  EXPECT_EQ(slots[0].last, 7u);
  EXPECT_EQ(slots[1].last, 3u);
  EXPECT_EQ(slots[1].to, 100);
}

TEST(MemoryTimeline, IsOfOneProcess) {
  MadeProfile made;
  const ProcessId child = made.builder.addProcess(101, "child", "");
  made.builder.addMemory({1, 7, made.process});
  EXPECT_TRUE(memoryTimeline(*made.builder.snapshot(), child, 10).empty());
  EXPECT_TRUE(memoryTimeline(*made.builder.snapshot(), made.process, 0).empty());
}

struct Growth : public ::testing::Test {
  void sample(FrameId frame, std::int64_t time) {
    made.builder.addSample({.time = time, .weight = 1, .stack = made.stack({frame}), .thread = made.thread});
  }
  void rss(std::int64_t time, std::uint64_t bytes) { made.builder.addMemory({time, bytes, made.process}); }
  std::uint64_t of(FrameId frame) {
    const auto profile = made.builder.snapshot();
    for (const MemoryGrowth& growth : memoryGrowth(*profile)) {
      if (growth.line == profile->frame(frame).line) return growth.bytes;
    }
    return 0;
  }
  MadeProfile made;
  FrameId fill = made.mine("fill", 3), idle = made.mine("idle", 8);
};

TEST_F(Growth, BelongsToTheLinesSampledInBetween) {
  rss(10, 1'000);
  sample(fill, 12);
  rss(20, 5'000);
  sample(idle, 25);
  rss(30, 5'000);
  sample(idle, 35);
  rss(40, 2'000);
  EXPECT_EQ(of(fill), 4'000u);
  EXPECT_EQ(of(idle), 0u);
}

TEST_F(Growth, IsSharedEvenlyAndAddsUp) {
  rss(0, 100);
  sample(fill, 1);
  sample(fill, 2);
  sample(idle, 3);
  rss(3, 200);
  EXPECT_EQ(of(fill) + of(idle), 100u);
  EXPECT_EQ(of(fill), 67u);
}

TEST_F(Growth, WithoutASampleWaitsForTheNextPoint) {
  rss(0, 100);
  rss(10, 300);
  sample(fill, 15);
  rss(20, 350);
  EXPECT_EQ(of(fill), 250u);
}

TEST_F(Growth, WhatTheProcessBeganWithIsNobodys) {
  sample(fill, 1);
  rss(5, 1'000'000);
  EXPECT_EQ(of(fill), 0u);
}

TEST_F(Growth, OfOneProcessIsNotChargedToAnother) {
  const ProcessId child = made.builder.addProcess(101, "child", "");
  rss(0, 100);
  made.builder.addMemory({0, 100, child});
  sample(fill, 5);
  made.builder.addMemory({10, 900, child});
  rss(10, 100);
  EXPECT_EQ(of(fill), 0u);
}

TEST_F(Growth, WhileImportingIsNobodys) {
  rss(0, 100);
  made.add({fill, made.importing()});
  rss(10, 900);
  EXPECT_EQ(of(fill), 0u);
}

TEST_F(Growth, OfFilesWithoutTimesGoesByRow) {
  made.builder.info().has_times = false;
  rss(0, 100);
  sample(idle, 0);
  rss(0, 100);
  sample(fill, 0);
  rss(1, 700);
  EXPECT_EQ(of(fill), 600u);
  EXPECT_EQ(of(idle), 0u);
}

}  // namespace
}  // namespace pyrometer
