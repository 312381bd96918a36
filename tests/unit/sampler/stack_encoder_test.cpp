#include "sampler/interpreters/stack_encoder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/sampler/decoded_stream.h"

namespace pyrometer::interpreters {
namespace {

class Encoding : public testing::Test {
 protected:
  /// Encodes against the last stack and keeps this one as the next last.
  bool encode(std::uint64_t wall, std::uint64_t cpu, std::vector<PackedFrame> frames, std::uint8_t flags = 0,
              std::uint32_t elided = 0) {
    const std::uint64_t begin = cursor_.position();
    const LastStack last{wall_, cpu_, static_cast<std::uint32_t>(frames_.size()), frames_.data()};
    const NewStack now{wall, cpu, flags, elided, static_cast<std::uint32_t>(frames.size()), frames.data()};
    if (!encodeSample(last, now, cursor_)) return false;
    records_.assign(reinterpret_cast<const char*>(bytes_.data()) + begin, cursor_.position() - begin);
    wall_ = wall;
    cpu_ = cpu;
    frames_ = std::move(frames);
    return decoded_.feed(1, records_);
  }
  const test::DecodedSample& last() { return decoded_.samples[1].back(); }

  std::vector<std::uint8_t> bytes_ = std::vector<std::uint8_t>(65536);
  RingCursor cursor_{bytes_.data(), bytes_.size(), 0, bytes_.size()};
  std::uint64_t wall_ = 0, cpu_ = 0;
  std::vector<PackedFrame> frames_;
  std::string records_;
  test::DecodedStream decoded_;
};

std::vector<PackedFrame> stack(int depth, std::int64_t leaf_offset) {
  std::vector<PackedFrame> frames{packPythonFrame(500, leaf_offset)};
  for (int i = 1; i < depth; ++i) frames.push_back(packPythonFrame(static_cast<std::uint32_t>(i), 10 * i));
  return frames;
}

TEST_F(Encoding, ARoundTripGivesBackTheStack) {
  ASSERT_TRUE(encode(1'000'000'000'000, 5'000'000, stack(30, 4), stream::kStateRunning));
  EXPECT_EQ(last().wall, 1'000'000'000'000u);
  EXPECT_EQ(last().cpu, 5'000'000u);
  EXPECT_EQ(last().flags, stream::kStateRunning);
  ASSERT_EQ(last().frames.size(), 30u);
  EXPECT_EQ(last().frames[0].code, 500u);
  EXPECT_EQ(last().frames[0].position, 5u);
  EXPECT_EQ(last().frames[29].code, 29u);
  EXPECT_EQ(last().frames[29].position, 291u);

  ASSERT_TRUE(encode(1'000'001'000'000, 6'000'000, stack(30, 800), stream::kStateRunning));
  EXPECT_EQ(last().wall, 1'000'001'000'000u);
  EXPECT_EQ(last().fresh, 1u);
  ASSERT_EQ(last().frames.size(), 30u);
  EXPECT_EQ(last().frames[0].position, 801u);
  EXPECT_EQ(last().frames[29].code, 29u);
  EXPECT_LT(records_.size(), 40u);
}

TEST_F(Encoding, StacksThatGrowShrinkVanishAndComeBack) {
  for (const int depth : {3, 10, 2, 0, 5}) {
    const std::vector<PackedFrame> frames = depth == 0 ? std::vector<PackedFrame>{} : stack(depth, 2);
    ASSERT_TRUE(encode(wall_ + 1000, cpu_ + 1000, frames));
    ASSERT_EQ(last().frames.size(), static_cast<std::size_t>(depth));
    for (int i = 1; i < depth; ++i) EXPECT_EQ(last().frames[static_cast<std::size_t>(i)].code, unsigned(i));
  }
}

TEST_F(Encoding, AFrameThatHasNotBegunHasPositionZero) {
  ASSERT_TRUE(encode(1, 1, {packPythonFrame(7, -1), packPythonFrame(8, 0)}));
  EXPECT_EQ(last().frames[0].position, 0u);
  EXPECT_EQ(last().frames[1].position, 1u);
}

TEST_F(Encoding, NativeFramesKeepTheirAddress) {
  ASSERT_TRUE(encode(1, 1, {(std::uint64_t{1} << 63) | 0x7ffff7001234, packPythonFrame(8, 0)}));
  EXPECT_EQ(last().frames[0].native, 0x7ffff7001234u);
  EXPECT_EQ(last().frames[1].code, 8u);
}

TEST_F(Encoding, ElidedFramesAreCounted) {
  ASSERT_TRUE(encode(1, 1, std::vector<PackedFrame>(stream::kMaxFrames, packPythonFrame(3, 8)), 0, 4000));
  EXPECT_EQ(last().elided, 4000u);
  EXPECT_EQ(last().frames.size(), stream::kMaxFrames);
}

TEST_F(Encoding, WhatDoesNotFitIsNotWrittenAtAll) {
  ASSERT_TRUE(encode(1, 1, stack(5, 2)));
  const std::uint64_t position = cursor_.position();
  for (std::uint64_t room = 0; room < 20; ++room) {
    RingCursor tight(bytes_.data(), bytes_.size(), position, position + room);
    const std::vector<PackedFrame> frames = stack(12, 2);
    EXPECT_FALSE(encodeSample({}, {.wall = 9, .cpu = 9, .depth = 12, .frames = frames.data()}, tight));
    EXPECT_EQ(tight.position(), position);
    EXPECT_FALSE(tight.overflowed());
  }
}

TEST(RingCursorTest, GoesRoundTheEnd) {
  std::vector<std::uint8_t> ring(16);
  RingCursor cursor(ring.data(), ring.size(), 13, 13 + 16);
  const std::uint8_t bytes[] = {1, 2, 3, 4, 5};
  cursor.putBytes(bytes, sizeof bytes);
  cursor.putVarint(300);
  EXPECT_EQ(cursor.position(), 20u);
  EXPECT_EQ(ring[13], 1);
  EXPECT_EQ(ring[15], 3);
  EXPECT_EQ(ring[0], 4);
  EXPECT_EQ(ring[1], 5);
  EXPECT_EQ(ring[2], 0xac);
  EXPECT_EQ(ring[3], 2);
  cursor.putBytes(bytes, 5);
  cursor.putBytes(bytes, 5);  // only four are left
  EXPECT_TRUE(cursor.overflowed());
}

}  // namespace
}  // namespace pyrometer::interpreters
