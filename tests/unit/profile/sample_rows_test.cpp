#include "daemon/profile/sample_rows.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>

#include "tests/unit/profile/made_profile.h"

namespace pyrometer {
namespace {

Sample at(MadeProfile& made, StackId stack, std::int64_t time, std::uint64_t weight = 1) {
  return {.time = time, .weight = weight, .stack = stack, .thread = made.thread, .state = made.state};
}

TEST(SampleRows, GiveBackWhatWentIn) {
  MadeProfile made;
  const StackId stack = made.stack({made.mine("f", 1)});
  const ThreadId other = made.builder.addThread(made.process, 101, "worker");
  made.builder.addSample({.time = 5,
                          .weight = 42,
                          .stack = stack,
                          .thread = other,
                          .state = {VmState::kGc, ThreadState::kWaitingForGil}});
  const auto profile = made.builder.snapshot();
  const Sample sample = profile->sample(0);
  EXPECT_EQ(sample.time, 5);
  EXPECT_EQ(sample.weight, 42u);
  EXPECT_EQ(sample.stack, stack);
  EXPECT_EQ(sample.thread, other);
  EXPECT_EQ(sample.state.vm, VmState::kGc);
  EXPECT_EQ(sample.state.thread, ThreadState::kWaitingForGil);
}

TEST(SampleRows, TimeThatGoesBackIsClampedToTheLast) {
  MadeProfile made;
  const StackId stack = made.stack({made.mine("f", 1)});
  for (const std::int64_t time : {-5, 10, 7, 12}) made.builder.addSample(at(made, stack, time));
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(profile->sample(0).time, -5);
  EXPECT_EQ(profile->sample(1).time, 10);
  EXPECT_EQ(profile->sample(2).time, 10);
  EXPECT_EQ(profile->sample(3).time, 12);
  EXPECT_EQ(profile->rows().firstRowAt(10), 1u);
  EXPECT_EQ(profile->rows().firstRowAt(11), 3u);
  EXPECT_EQ(profile->rows().firstRowAt(13), 4u);
}

TEST(SampleRows, TimesThatBeginLateAreZeroBefore) {
  MadeProfile made;
  const StackId stack = made.stack({made.mine("f", 1)});
  for (int i = 0; i < 5'000; ++i) made.builder.addSample(at(made, stack, 0));
  const auto before = made.builder.snapshot();
  made.builder.addSample(at(made, stack, 9));
  const auto after = made.builder.snapshot();
  EXPECT_FALSE(before->rows().hasTimes());
  EXPECT_EQ(before->sample(4'999).time, 0);
  EXPECT_EQ(after->sample(4'999).time, 0);
  EXPECT_EQ(after->sample(5'000).time, 9);
}

TEST(SampleRows, WeightOverFourSecondsStaysOneSample) {
  MadeProfile made;
  const StackId stack = made.stack({made.mine("f", 1)});
  const std::uint64_t minute = 60'000'000'000, edge = UINT32_MAX;
  made.builder.addSample(at(made, stack, 1, 10));
  made.builder.addSample(at(made, stack, 2, minute));
  made.builder.addSample(at(made, stack, 3, edge));
  made.builder.addSample(at(made, stack, 4, edge - 1));
  const auto profile = made.builder.snapshot();
  ASSERT_EQ(profile->sampleCount(), 4u);
  EXPECT_EQ(profile->sample(0).weight, 10u);
  EXPECT_EQ(profile->sample(1).weight, minute);
  EXPECT_EQ(profile->sample(2).weight, edge);
  EXPECT_EQ(profile->sample(3).weight, edge - 1);
  EXPECT_EQ(profile->totalWeight(), minute + 2 * edge + 9);
  EXPECT_EQ(profile->stackWeight(stack), (StackWeight{4, minute + 2 * edge + 9}));
}

/// Every row is in exactly one part of a cover, by digest or by range, and digests hold what their rows add
/// up to.
TEST(SampleRows, CoverHoldsEachRowOnce) {
  MadeProfile made;
  std::vector<StackId> stacks;
  for (std::uint32_t i = 0; i < 50; ++i) stacks.push_back(made.stack({made.mine("f", i)}));
  const std::size_t count = SampleRows::stretchRows(1) + 3 * SampleRows::stretchRows(0) + 1234;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t weight = i % 100'000 == 77 ? 5'000'000'000 : i % 1000;
    made.builder.addSample(at(made, stacks[i * i % 50], static_cast<std::int64_t>(i), weight));
  }
  const auto profile = made.builder.snapshot();
  const SampleRows& rows = profile->rows();
  ASSERT_NE(rows.digest(0, 0), nullptr);
  ASSERT_NE(rows.digest(1, 0), nullptr);
  ASSERT_EQ(rows.digest(0, 11), nullptr) << "not full yet";

  for (const auto& [begin, end] : std::vector<std::pair<std::size_t, std::size_t>>{
           {0, count}, {1, count}, {65'536, 131'072}, {65'000, 400'000}, {70'000, 80'000}, {9, 9}}) {
    StackWeight sum, expected;
    int digests = 0;
    rows.cover(
        begin, end, SampleRows::kLevels,
        [&](const Digest& digest) {
          ++digests;
          for (const Digest::Entry& entry : digest.entries) sum += {entry.count, entry.weight};
          return true;
        },
        [&](std::size_t from, std::size_t to) {
          for (std::size_t row = from; row < to; ++row) sum += {1, rows.weight(row)};
          return true;
        });
    for (std::size_t row = begin; row < end; ++row) expected += {1, rows.weight(row)};
    EXPECT_EQ(sum, expected) << begin << " to " << end;
    EXPECT_EQ(digests > 0, end - begin >= 65'536) << begin << " to " << end;
  }
}

/// Stacks that never repeat make digests as large as the rows: none are kept, and memory stays within the
/// aim.
TEST(SampleRows, DigestsStayWithinTheirBytes) {
  const std::size_t count = 2 * SampleRows::stretchRows(0);
  for (const bool times : {true, false}) {
    for (const std::size_t stacks : {std::size_t{1}, std::size_t{8'000}, count}) {
      MadeProfile made;
      std::vector<StackId> ids;
      for (std::uint32_t i = 0; i < stacks; ++i) ids.push_back(made.stack({made.mine("f", i)}));
      for (std::size_t i = 0; i < count; ++i) {
        made.builder.addSample(at(made, ids[i % stacks], times ? static_cast<std::int64_t>(i + 1) : 0));
      }
      const auto profile = made.builder.snapshot();
      EXPECT_EQ(profile->rows().digest(0, 0) != nullptr, stacks < count);
      // The list of digests is one chunk, whatever it holds: at ten million samples it is nothing.
      const std::size_t list =
          AppendOnly<std::shared_ptr<const Digest>>::kChunk * sizeof(std::shared_ptr<const Digest>);
      EXPECT_LT(static_cast<double>(profile->sampleBytes() - list) / static_cast<double>(count),
                times ? 24 : 16);
    }
  }
}

}  // namespace
}  // namespace pyrometer
