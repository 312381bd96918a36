#include "daemon/run/ring_reader.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>

#include "daemon/run/shared_block.h"

namespace pyrometer {
namespace {

class RingReader : public testing::Test {
 protected:
  RingReader() {
    auto made = SharedBlock::make(3);
    if (made) block_ = std::move(made).value();
  }
  void SetUp() override { ASSERT_TRUE(block_); }
  ring::Segment& segment() { return block_->segments()[0]; }
  /// As the handler does: bytes first, then the head.
  void write(std::string_view text) {
    std::uint64_t head = segment().head.load();
    for (const char c : text) segment().bytes[head++ % ring::kSegmentBytes] = static_cast<std::uint8_t>(c);
    segment().head.store(head);
  }
  static std::string drained(SegmentReader& reader) {
    std::string out;
    reader.drain(out);
    return out;
  }

  std::shared_ptr<SharedBlock> block_;
};

TEST_F(RingReader, ANewBlockSaysWhatItIs) {
  EXPECT_EQ(block_->control().magic, ring::kMagic);
  EXPECT_EQ(block_->control().version, ring::kVersion);
  EXPECT_EQ(block_->control().segment_count, ring::kSegmentsPerBlock);
  EXPECT_EQ(block_->control().block_number, 3u);
  EXPECT_EQ(segment().state.load(), ring::kFree);
}

TEST_F(RingReader, GivesWhatWasCommittedOnce) {
  SegmentReader reader(segment());
  write("one");
  EXPECT_EQ(drained(reader), "one");
  EXPECT_EQ(drained(reader), "");
  write("two");
  EXPECT_EQ(drained(reader), "two");
  EXPECT_EQ(segment().tail.load(), 6u);
}

TEST_F(RingReader, FollowsTheRingRoundItsEnd) {
  SegmentReader reader(segment());
  const std::string most(ring::kSegmentBytes - 4, 'x');
  write(most);
  EXPECT_EQ(drained(reader), most);
  write("round the end");
  EXPECT_EQ(drained(reader), "round the end");
  const std::string full(ring::kSegmentBytes, 'y');
  write(full);
  EXPECT_EQ(drained(reader), full);
}

TEST_F(RingReader, BelievesNoHeadBeyondItsCapacity) {
  for (const std::uint64_t jump :
       {std::uint64_t{ring::kSegmentBytes} + 1, std::uint64_t{1} << 60, ~std::uint64_t{0}}) {
    SegmentReader reader(segment());
    std::string out;
    segment().head.store(segment().tail.load() + jump);
    const auto drained_now = reader.drain(out);
    EXPECT_TRUE(drained_now.damaged);
    EXPECT_EQ(out, "");
    write("sound again");
    EXPECT_EQ(drained(reader), "sound again");
  }
}

TEST_F(RingReader, BelievesNoHeadThatWentBack) {
  SegmentReader reader(segment());
  write("some bytes");
  EXPECT_EQ(drained(reader), "some bytes");
  segment().head.store(2);
  std::string out;
  EXPECT_TRUE(reader.drain(out).damaged);
  EXPECT_EQ(out, "");
}

TEST_F(RingReader, KeepsItsOwnTail) {
  SegmentReader reader(segment());
  write("first");
  EXPECT_EQ(drained(reader), "first");
  segment().tail.store(0);  // the program scribbles over it
  write("next");
  EXPECT_EQ(drained(reader), "next");
}

TEST_F(RingReader, CountsDropsAsTheyGrow) {
  SegmentReader reader(segment());
  segment().dropped_full.store(5);
  segment().dropped_torn.store(2);
  auto drops = reader.newDrops();
  EXPECT_EQ(drops.full, 5u);
  EXPECT_EQ(drops.torn, 2u);
  segment().dropped_full.store(7);
  EXPECT_EQ(reader.newDrops().full, 2u);
  segment().dropped_full.store(1);  // backwards: nonsense
  EXPECT_EQ(reader.newDrops().full, 0u);
  segment().dropped_full.store(std::uint64_t{1} << 60);
  EXPECT_EQ(reader.newDrops().full, 0u);
}

TEST_F(RingReader, GivesBackOnlyWhatWasReleased) {
  SegmentReader reader(segment());
  segment().state.store(ring::kOwned);
  reader.giveBack();
  EXPECT_EQ(segment().state.load(), ring::kOwned);
  segment().state.store(ring::kReleased);
  reader.giveBack();
  EXPECT_EQ(segment().state.load(), ring::kFree);
}

}  // namespace
}  // namespace pyrometer
