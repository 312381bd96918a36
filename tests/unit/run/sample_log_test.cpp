#include "daemon/run/sample_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "daemon/importers/samplestream/samplestream.h"

namespace pyrometer {
namespace {

using Kinds = std::vector<stream::Block>;

/// The blocks of a batch: kind and payload. Test-side, and trusting.
struct ReadBlock {
  stream::Block kind;
  std::string payload;
};
std::uint64_t takeVarint(const std::string& bytes, std::size_t& at) {
  std::uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<std::uint8_t>(bytes.at(at++));
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}
std::vector<ReadBlock> blocksOf(const std::string& bytes) {
  std::vector<ReadBlock> blocks;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto kind = static_cast<stream::Block>(bytes[at++]);
    const std::uint64_t length = takeVarint(bytes, at);
    blocks.push_back({kind, bytes.substr(at, length)});
    at += length;
  }
  return blocks;
}
Kinds kindsOf(const std::string& bytes) {
  Kinds kinds;
  for (const ReadBlock& block : blocksOf(bytes)) kinds.push_back(block.kind);
  return kinds;
}

class Log : public testing::Test {
 protected:
  void SetUp() override {
    auto made = SharedBlock::make(0);
    ASSERT_TRUE(made.ok());
    block_ = std::move(made).value();
    process_ = log_.addProcess({.pid = getpid(), .py_version = 0x030b02f0, .time = 1000, .command = "c"});
    log_.addRing(process_, block_);
    log_.drain(0);
  }
  ring::Segment& segment(std::size_t i = 0) { return block_->segments()[i]; }
  void own(ring::Segment& segment, std::int32_t tid) {
    segment.tid = tid;
    segment.state = ring::kOwned;
  }
  void write(ring::Segment& segment, std::string_view text) {
    std::uint64_t head = segment.head;
    for (const char c : text) segment.bytes[head++ % ring::kSegmentBytes] = static_cast<std::uint8_t>(c);
    segment.head = head;
  }

  SampleLog log_;
  std::shared_ptr<SharedBlock> block_;
  std::uint32_t process_ = 0;
};

TEST_F(Log, AnnouncesAThreadBeforeItsRecords) {
  own(segment(), 4242);
  write(segment(), "records");
  const auto blocks = blocksOf(log_.drain(50'000'000));
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_EQ(blocks[0].kind, stream::Block::kThread);
  EXPECT_EQ(blocks[1].kind, stream::Block::kInside);
  EXPECT_EQ(blocks[1].payload, std::string(1, '\0') + "records");
  EXPECT_EQ(blocks[2].kind, stream::Block::kBatchEnd);
  std::size_t at = 0;
  EXPECT_LT(takeVarint(blocks[2].payload, at), 50'000'000u);  // what is being committed meanwhile is older
}

TEST_F(Log, AThreadWithoutRecordsIsNotMentioned) {
  own(segment(), 4242);
  EXPECT_EQ(kindsOf(log_.drain(1)), (Kinds{stream::Block::kBatchEnd}));
}

TEST_F(Log, DrainsAThreadBeforeWhatIsReadFromOutside) {
  own(segment(), 4242);
  write(segment(), "inside");
  log_.addOutside(process_, 4242, "outside", 5000);
  write(segment(), "later");
  EXPECT_EQ(kindsOf(log_.drain(6000)),
            (Kinds{stream::Block::kThread, stream::Block::kInside, stream::Block::kOutside,
                   stream::Block::kInside, stream::Block::kBatchEnd}));
}

TEST_F(Log, FoldsRepeatsIntoOneRecord) {
  EXPECT_FALSE(log_.addRepeat(process_, 7, 100));  // of what?
  EXPECT_FALSE(log_.hasOutside(process_, 7));
  log_.addOutside(process_, 7, "x", 1000);
  EXPECT_TRUE(log_.hasOutside(process_, 7));
  EXPECT_TRUE(log_.addRepeat(process_, 7, 2000));
  EXPECT_TRUE(log_.addRepeat(process_, 7, 3000));
  EXPECT_TRUE(log_.addRepeat(process_, 7, 4000));
  const auto blocks = blocksOf(log_.drain(5000));
  ASSERT_EQ(blocks.size(), 4u);
  const std::string& repeat = blocks[2].payload;
  std::size_t at = 2;
  EXPECT_EQ(repeat[1], static_cast<char>(stream::Record::kRepeat));
  EXPECT_EQ(takeVarint(repeat, at), 3u);
  EXPECT_EQ(takeVarint(repeat, at), 3000u);
  // The next counts from the last of them.
  EXPECT_TRUE(log_.addRepeat(process_, 7, 4500));
  const auto next = blocksOf(log_.drain(6000));
  at = 2;
  EXPECT_EQ(takeVarint(next[0].payload, at), 1u);
  EXPECT_EQ(takeVarint(next[0].payload, at), 500u);
}

TEST_F(Log, AThreadAsleepKeepsTheStackThatItFellAsleepWith) {
  EXPECT_FALSE(log_.addAsleep(process_, 4242, 100)) << "a thread that was never sampled";
  own(segment(), 4242);
  write(segment(), "before");
  EXPECT_TRUE(log_.addAsleep(process_, 4242, 2000));
  EXPECT_TRUE(log_.addAsleep(process_, 4242, 3000));
  write(segment(), "after");
  const std::string bytes = log_.drain(5000);
  const auto blocks = blocksOf(bytes);
  ASSERT_EQ(kindsOf(bytes), (Kinds{stream::Block::kThread, stream::Block::kInside, stream::Block::kAsleep,
                                   stream::Block::kInside, stream::Block::kBatchEnd}));
  std::size_t at = 1;
  EXPECT_EQ(takeVarint(blocks[2].payload, at), 2u);
  EXPECT_EQ(takeVarint(blocks[2].payload, at), 2000u);
  EXPECT_EQ(takeVarint(blocks[2].payload, at), 3000u);
}

TEST_F(Log, AReleasedSegmentIsDrainedAndGivenBack) {
  own(segment(), 4242);
  write(segment(), "last words");
  segment().state = ring::kReleased;
  EXPECT_EQ(kindsOf(log_.drain(1)), (Kinds{stream::Block::kThread, stream::Block::kInside,
                                           stream::Block::kThreadEnd, stream::Block::kBatchEnd}));
  EXPECT_EQ(segment().state, ring::kFree);
  // Somebody else with the same kernel id is another thread.
  own(segment(), 4242);
  write(segment(), "first words");
  const auto blocks = blocksOf(log_.drain(2));
  ASSERT_EQ(blocks.front().kind, stream::Block::kThread);
  EXPECT_EQ(blocks[1].payload, std::string(1, '\1') + "first words");
}

TEST_F(Log, AThreadGoneWithoutReleasingGivesItsSegmentBack) {
  own(segment(), 4242);
  write(segment(), "last words");
  log_.endThread(process_, 4242, 10);
  EXPECT_EQ(kindsOf(log_.drain(11)), (Kinds{stream::Block::kThread, stream::Block::kInside,
                                            stream::Block::kThreadEnd, stream::Block::kBatchEnd}));
  EXPECT_EQ(segment().state, ring::kFree);
}

TEST_F(Log, DropsAreTold) {
  own(segment(), 4242);
  segment().dropped_full = 3;
  block_->control().no_segment = 2;
  EXPECT_EQ(kindsOf(log_.drain(1)), (Kinds{stream::Block::kThread, stream::Block::kDrop, stream::Block::kDrop,
                                           stream::Block::kBatchEnd}));
  EXPECT_EQ(kindsOf(log_.drain(2)), (Kinds{stream::Block::kBatchEnd}));
}

TEST_F(Log, AnEndedProcessIsReadOnceMore) {
  own(segment(), 4242);
  write(segment(), "killed here");
  log_.endProcess(process_, 10, 9);
  log_.endProcess(process_, 11, 9);
  log_.addOutside(process_, 4242, "too late", 12);
  EXPECT_EQ(kindsOf(log_.drain(13)), (Kinds{stream::Block::kThread, stream::Block::kInside,
                                            stream::Block::kProcessEnd, stream::Block::kBatchEnd}));
}

TEST(LogAndReader, AgreeOnBlocks) {
  SampleLog log;
  const auto process = log.addProcess({.pid = getpid(),
                                       .parent = 1,
                                       .py_version = 0x030b02f0,
                                       .time = 1000,
                                       .command = "command",
                                       .working_directory = "/work"});
  log.addMemory(process, 2000, 123'456);
  log.addNote(std::string(300, 'n'));
  log.addDrops(process, 0, DropReason::kUnreadable, 5);
  log.endProcess(process, 4000, 256);
  ProfileBuilder builder;
  const auto reader = openSampleStream(builder);
  const std::string bytes = std::string(stream::kStreamMagic, sizeof stream::kStreamMagic) + log.drain(5000);
  ASSERT_TRUE(reader->feed(std::as_bytes(std::span(bytes))).ok());
  ASSERT_TRUE(reader->finish().ok());
  const RunInfo& info = builder.info();
  EXPECT_TRUE(info.damage.empty());
  EXPECT_EQ(info.interpreter, "CPython 3.11.2");
  EXPECT_EQ(info.notes, (std::vector<std::string>{std::string(300, 'n')}));
  EXPECT_EQ(info.drops[static_cast<int>(DropReason::kUnreadable)], 5u);
  EXPECT_EQ(info.exit_status, 256);
  const auto profile = builder.snapshot();
  ASSERT_EQ(profile->memory().size(), 1u);
  EXPECT_EQ(profile->memory()[0].rss, 123'456u);
  EXPECT_EQ(profile->memory()[0].time, 1000);
}

}  // namespace
}  // namespace pyrometer
