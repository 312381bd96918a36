// A vmprof file of a profile that grows: after each piece it is a file that can be read.

#include "daemon/exporters/vmprof/live_writer.h"

#include <gtest/gtest.h>

#include <map>

#include "daemon/importers/vmprof/vmprof.h"
#include "tests/unit/exporters/small_profile.h"

namespace pyrometer {
namespace {

using vmprof::LiveWriter;

constexpr std::uint64_t kPeriod = 1'000'000;
constexpr std::size_t kAll = SIZE_MAX;

std::shared_ptr<const Profile> read(const std::string& bytes) {
  ProfileBuilder builder;
  const auto reader = vmprofImporter().open(builder, {});
  EXPECT_TRUE(reader->feed(std::as_bytes(std::span(bytes))).ok());
  EXPECT_TRUE(reader->finish().ok());
  return builder.snapshot();
}

/// A builder with two threads, and the stacks of its samples.
struct Growing {
  ProfileBuilder builder;
  ThreadId thread{}, other{};
  std::int64_t now = 0;

  Growing() {
    builder.info().start_unix_ns = 1'700'000'000'000'000'000;
    const ProcessId process = builder.addProcess(10, "python app.py", "python");
    thread = builder.addThread(process, 10, "");
    other = builder.addThread(process, 11, "");
  }
  void add(const std::vector<test::Place>& stack, std::uint64_t weight, bool in_other = false) {
    now += 1'000'000;
    builder.addSample({.time = now,
                       .weight = weight,
                       .stack = test::stackOf(builder, stack),
                       .thread = in_other ? other : thread});
  }
};

const test::Place kMain{"<module>", "app.py", 1, 9}, kWork{"work", "app.py", 2, 3},
    kNone{"(no Python code)", "", 0, 0, FunctionKind::kNative};

std::map<std::string, std::uint64_t> countsOf(const Profile& profile) {
  std::map<std::string, std::uint64_t> counts;
  for (std::uint32_t i = 0; i < profile.functions().size(); ++i) {
    counts[std::string(profile.string(profile.functions()[i].name))] +=
        profile.functionCounters(FunctionId{i}).total;
  }
  return counts;
}

TEST(LiveWriter, CanBeReadAfterEachPiece) {
  Growing growing;
  LiveWriter writer({.period_ns = kPeriod, .lines = true});
  std::string file;
  writer.begin(file, growing.builder.info());
  EXPECT_EQ(read(file)->sampleCount(), 0u);
  for (std::uint64_t i = 1; i <= 5; ++i) {
    growing.add({kMain}, kPeriod);
    growing.add({kMain, kWork}, kPeriod, true);
    EXPECT_TRUE(writer.append(file, *growing.builder.snapshot(), kAll));
    const auto profile = read(file);
    EXPECT_EQ(profile->sampleCount(), 2 * i);
    EXPECT_EQ(countsOf(*profile).at("work"), i);
    EXPECT_FALSE(profile->info().finished);
    EXPECT_TRUE(profile->info().damage.empty());
  }
  LiveWriter::end(file, growing.builder.info().start_unix_ns + 10'000'000);
  EXPECT_TRUE(read(file)->info().finished);
  EXPECT_EQ(read(file)->threads().size(), 2u);
}

TEST(LiveWriter, ASampleInTheFileIsAPeriod) {
  Growing growing;
  for (int i = 0; i < 100; ++i) growing.add({kMain}, kPeriod / 4);
  growing.add({kMain, kWork}, 7 * kPeriod);
  LiveWriter writer({.period_ns = kPeriod});
  std::string file;
  writer.begin(file, growing.builder.info());
  EXPECT_TRUE(writer.append(file, *growing.builder.snapshot(), kAll));
  const auto profile = read(file);
  EXPECT_EQ(profile->sampleCount(), 32u);
  EXPECT_EQ(countsOf(*profile).at("work"), 7u);
  EXPECT_EQ(profile->totalWeight(), 32 * kPeriod);
}

TEST(LiveWriter, TimeOutsidePythonIsLeftOut) {
  Growing growing;
  growing.add({kNone}, 50 * kPeriod);
  growing.add({kMain}, kPeriod);
  LiveWriter writer({.period_ns = kPeriod});
  std::string file;
  writer.begin(file, growing.builder.info());
  EXPECT_TRUE(writer.append(file, *growing.builder.snapshot(), kAll));
  EXPECT_EQ(read(file)->sampleCount(), 1u);
}

TEST(LiveWriter, GoesOnWhereItHasStopped) {
  Growing growing;
  for (int i = 0; i < 1000; ++i) growing.add({kMain, kWork}, kPeriod);
  LiveWriter writer({.period_ns = kPeriod, .lines = true});
  std::string file;
  writer.begin(file, growing.builder.info());
  int pieces = 1;
  for (std::string piece; !writer.append(piece, *growing.builder.snapshot(), 10'000);
       piece.clear(), ++pieces) {
    file += piece;
    EXPECT_LT(piece.size(), 20'000u);
  }
  EXPECT_GT(pieces, 3);
  EXPECT_LT(read(file)->sampleCount(), 1000u);
}

TEST(LiveWriter, MemoryIsThatOfTheTime) {
  Growing growing;
  growing.builder.addMemory({.time = 0, .rss = 100 << 10, .process = ProcessId{0}});
  growing.add({kMain}, kPeriod);
  growing.builder.addMemory({.time = 1'500'000, .rss = 300 << 10, .process = ProcessId{0}});
  growing.add({kMain}, kPeriod);
  LiveWriter writer({.period_ns = kPeriod, .memory = true});
  std::string file;
  writer.begin(file, growing.builder.info());
  EXPECT_TRUE(writer.append(file, *growing.builder.snapshot(), kAll));
  const auto profile = read(file);
  ASSERT_EQ(profile->memory().size(), 2u);
  EXPECT_EQ(profile->memory()[0].rss, 100u << 10);
  EXPECT_EQ(profile->memory()[1].rss, 300u << 10);
}

}  // namespace
}  // namespace pyrometer
