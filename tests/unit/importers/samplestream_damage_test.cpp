#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/importers/imported_stream.h"

// Streams that are cut, damaged or hostile.

namespace pyrometer {
namespace {

using namespace test;
using stream::Block;

TEST(SampleStream, DamageEndsOneThreadAndNotTheOthers) {
  StreamMaker maker = oneThread();
  maker.thread(1, 0, 44, kStart);
  const std::string good = sample({.wall = 100, .cpu = 10, .keep = 1});
  maker.inside(0, threeCodes() + sample({.wall = kStart + 200, .cpu = 10, .fresh = {python(0, at(0))}}) +
                      byte(99) + good);
  maker.inside(1, sample({.wall = kStart + 250, .cpu = 10, .fresh = {python(1, at(0))}}));
  maker.inside(
      0, good + code({.reference = 7, .name = "late", .qualified_name = "late", .file = "l.py"}) + good);
  maker.inside(1, sample({.wall = 100, .cpu = 10, .fresh = {python(7, 0)}}));
  const Imported profile = import(maker.bytes());
  EXPECT_EQ(profile.stacks(), (Strings{"<module>:1", "C.work:10", "late:1"}));
  EXPECT_EQ(profile.damagedRecords(), 3u);  // the damaged one, and two whose beginning is not known
  EXPECT_EQ(profile->info().damage.size(), 1u);
}

TEST(SampleStream, HostileNumbersAreDamage) {
  constexpr std::uint64_t kHuge = std::uint64_t{1} << 60;
  const std::string first = sample({.wall = kStart + 200, .cpu = 10, .fresh = {python(0, at(0))}});
  const std::vector<std::string> hostile = {
      sample({.wall = 1, .cpu = 1, .keep = 2}),
      sample({.wall = 1, .cpu = 1, .keep = kHuge}),
      sample({.wall = UINT64_MAX, .cpu = 1, .keep = 1}),
      sample({.wall = 1, .cpu = UINT64_MAX, .keep = 1}),
      sample({.wall = 1, .cpu = 1, .flags = stream::kElided, .elided = 3, .keep = 1}),
      byte(1) + varint(1) + varint(1) + byte(0) + varint(0) + varint(kHuge),
      sample({.wall = 1, .cpu = 1, .fresh = {python(kHuge, 1)}}),
      repeat(kHuge, 100),
      repeat(1, UINT64_MAX),
      byte(2) + varint(0) + varint(0) + varint(1) + byte(0) + byte(4) + varint(kHuge),
      byte(2) + varint(0) + varint(0) + varint(1) + byte(0) + byte(9) + varint(1),
      byte(3) + varint(0) + varint(0) + varint(kHuge),
      std::string(11, '\xff'),
      byte(1) + std::string(10, '\xff') + byte(1),
  };
  for (std::size_t i = 0; i < hostile.size(); ++i) {
    StreamMaker maker = oneThread();
    maker.inside(0, threeCodes() + first + hostile[i]);
    const Imported profile = import(maker.bytes());
    EXPECT_EQ(profile.stacks(), Strings{"<module>:1"}) << "case " << i;
    EXPECT_EQ(profile.damagedRecords(), 1u) << "case " << i;
  }
}

TEST(SampleStream, BlocksThatDoNotHoldTogetherAreNotedAndLeftOut) {
  StreamMaker maker = oneThread();
  maker.block(static_cast<Block>(77), "future");
  maker.block(Block::kThread, varint(5) + varint(9));
  maker.block(Block::kThread, varint(0) + varint(0) + varint(43) + varint(1) + text(""));  // there already
  maker.block(Block::kMemory, varint(3) + varint(1) + varint(1));
  maker.block(Block::kDrop, varint(0) + byte(200) + varint(1));
  maker.block(Block::kModule, varint(0) + varint(0) + varint(9) + varint(5));
  maker.inside(8, "x");
  maker.inside(0, threeCodes() + sample({.wall = kStart + 200, .cpu = 10, .fresh = {python(0, at(0))}}));
  const Imported profile = import(maker.bytes());
  EXPECT_EQ(profile->sampleCount(), 1u);
  EXPECT_EQ(profile->info().damage.size(), 7u);
}

TEST(SampleStream, ABlockOfAnImpossibleLengthEndsTheReading) {
  StreamMaker maker = oneThread();
  maker.inside(0, threeCodes() + sample({.wall = kStart + 200, .cpu = 10, .fresh = {python(0, at(0))}}));
  std::string bytes = maker.bytes();
  const std::size_t good = bytes.size();
  bytes += byte(6) + varint(std::uint64_t{1} << 60) + "rest";
  const Imported profile = import(bytes);
  EXPECT_EQ(profile->sampleCount(), 1u);
  ASSERT_EQ(profile->info().damage.size(), 1u);
  EXPECT_EQ(profile->info().damage[0].offset, good);
}

TEST(SampleStream, CutAtEveryByteGivesWhatIsBeforeTheCut) {
  StreamMaker maker = oneThread();
  maker.inside(0,
               threeCodes() +
                   sample({.wall = kStart + 200, .cpu = 10, .fresh = {python(1, at(1)), python(0, at(2))}}) +
                   sample({.wall = 100, .cpu = 10, .keep = 1}));
  maker.batchEnd(kStart + 500);
  maker.inside(0, sample({.wall = 100, .cpu = 10, .keep = 1, .fresh = {python(1, at(2))}}) + repeat(2, 50));
  const Strings whole = import(maker.bytes()).stacks();
  ASSERT_EQ(whole.size(), 5u);
  std::size_t most = 0;
  for (std::size_t size = sizeof stream::kStreamMagic; size < maker.bytes().size(); ++size) {
    const Imported profile = import(maker.bytes().substr(0, size));
    const Strings part = profile.stacks();
    ASSERT_LE(part.size(), whole.size());
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin())) << "cut at " << size;
    EXPECT_GE(part.size(), most) << "cut at " << size;
    EXPECT_EQ(profile.damagedRecords(), 0u) << "cut at " << size;
    most = part.size();
  }
  EXPECT_EQ(most, 3u);
}

TEST(SampleStream, WhatIsNoStreamIsAnError) {
  ProfileBuilder builder;
  const auto reader = openSampleStream(builder);
  const std::string other = "definitely something else";
  EXPECT_FALSE(reader->feed(std::as_bytes(std::span(other))).ok());
  const auto empty = openSampleStream(builder);
  EXPECT_FALSE(empty->finish().ok());
}

}  // namespace
}  // namespace pyrometer
