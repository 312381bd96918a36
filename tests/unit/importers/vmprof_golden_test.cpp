// The recorded files, against what was counted in them by other means (tests/golden/vmprof/README.md) and
// against their text dumps.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "daemon/importers/registry.h"
#include "daemon/importers/vmprof/vmprof.h"
#include "tests/golden/dump.h"
#include "tests/unit/support/scratch_folder.h"

namespace pyrometer {
namespace {

struct Recorded {
  const char* name;
  std::uint64_t samples;
  std::size_t threads;
  bool memory, lines, trailer;
  std::uint64_t unknown_samples = 0;
  int parts = 1;
};

class VmprofGolden : public testing::TestWithParam<Recorded> {};

TEST_P(VmprofGolden, HoldsWhatWasCountedInIt) {
  const Recorded& recorded = GetParam();
  const std::string path = std::string("vmprof/") + recorded.name;
  const auto read = readProfile(test::goldenPath(path));
  ASSERT_TRUE(read.ok()) << read.error().text();
  const Profile& profile = **read;
  EXPECT_EQ(profile.sampleCount(), recorded.samples);
  EXPECT_EQ(profile.threads().size(), recorded.threads);
  EXPECT_EQ(!profile.memory().empty(), recorded.memory);
  EXPECT_EQ(profile.info().has_lines, recorded.lines);
  EXPECT_EQ(profile.info().finished, recorded.trailer);
  EXPECT_EQ(profile.info().unknown_code_samples, recorded.unknown_samples);
  EXPECT_EQ(profile.info().parts, recorded.parts);
  EXPECT_EQ(test::compareWithGolden(path + ".txt", test::dump(profile)), "");
}

INSTANTIATE_TEST_SUITE_P(
    Files, VmprofGolden,
    testing::Values(Recorded{"cpython311-lines-mem.prof", 74, 1, true, true, true},
                    Recorded{"cpython311-lines.prof", 99, 1, false, true, true},
                    Recorded{"cpython311-native-lines.prof", 98, 1, false, true, true},
                    Recorded{"cpython311-threads.prof", 99, 3, false, false, true},
                    Recorded{"pypy7311-32bit.prof.gz", 164, 1, true, false, true},
                    Recorded{"pypy7311-cpu.prof.gz", 202, 1, false, false, true},
                    Recorded{"pypy7311-killed.prof.gz", 127, 1, false, false, false, 1},
                    Recorded{"pypy7311-long-names.prof.gz", 0, 0, false, false, true},
                    Recorded{"pypy7311-mem.prof.gz", 152, 1, true, false, true},
                    Recorded{"pypy7311-native.prof.gz", 178, 1, false, false, true},
                    Recorded{"pypy7311-realtime.prof.gz", 150, 1, false, false, true},
                    Recorded{"pypy7311-truncated-in-name.prof", 0, 0, false, false, false},
                    Recorded{"pypy7311-truncated-in-sample.prof.gz", 65, 1, false, false, false},
                    Recorded{"pypy7311-twice.prof.gz", 52, 1, true, false, true, 0, 2},
                    Recorded{"pypy7319-native.prof.gz", 84, 1, false, false, true},
                    Recorded{"synth-v2-pypy.prof", 3, 2, false, false, true},
                    Recorded{"synth-v3-memory.prof", 3, 2, true, false, true},
                    Recorded{"synth-v4-lines-memory.prof", 3, 2, true, true, true},
                    Recorded{"synth-v5.prof", 3, 2, false, false, true},
                    Recorded{"synth-v6-32bit-memory.prof", 3, 2, true, false, true},
                    Recorded{"synth-v6-no-trailer.prof", 3, 2, false, false, false},
                    Recorded{"synth-v6-pypy.prof", 3, 2, false, false, true},
                    Recorded{"pypy801-mem.prof.gz", 134, 1, true, false, true},
                    Recorded{"pypy801-realtime.prof.gz", 228, 1, false, false, true},
                    Recorded{"synth-v0.prof", 3, 1, false, false, true},
                    Recorded{"synth-v1.prof", 3, 2, false, false, true},
                    Recorded{"synth-v7.prof", 3, 2, true, false, true},
                    Recorded{"synth-v7-fork.prof", 3, 2, false, false, true},
                    Recorded{"synth-v6-win64-lines.prof", 3, 2, false, true, true}),
    [](const auto& recorded) {
      std::string name = recorded.param.name;
      for (char& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
      }
      return name;
    });

/// What their table says beyond samples and threads.
struct Fact {
  const char* name;
  const char* format;
  double period_us;
  const char* interpreter;
  Mode mode = Mode::kCpu;
};

TEST(VmprofGoldenFacts, VersionPeriodInterpreterAndClock) {
  const Fact facts[] = {{"cpython311-threads.prof", "vmprof 6", 1000, "CPython"},
                        {"pypy7311-realtime.prof.gz", "vmprof 6", 2000, "PyPy", Mode::kWall},
                        {"pypy801-mem.prof.gz", "vmprof 7", 1000, "PyPy"},
                        {"pypy801-realtime.prof.gz", "vmprof 7", 1000, "PyPy", Mode::kWall},
                        {"synth-v0.prof", "vmprof 0", 1000, "CPython"},
                        {"synth-v1.prof", "vmprof 1", 1000, "CPython"},
                        {"synth-v7-fork.prof", "vmprof 7 of the research fork", 1000, "CPython"}};
  for (const Fact& fact : facts) {
    const auto read = readProfile(test::goldenPath(std::string("vmprof/") + fact.name));
    ASSERT_TRUE(read.ok()) << read.error().text();
    const RunInfo& info = (*read)->info();
    EXPECT_EQ(info.format, fact.format) << fact.name;
    EXPECT_DOUBLE_EQ(1e6 / info.rate_asked_hz, fact.period_us) << fact.name;
    EXPECT_EQ(info.interpreter, fact.interpreter) << fact.name;
    EXPECT_EQ(info.mode, fact.mode) << fact.name;
    EXPECT_TRUE(info.damage.empty()) << fact.name;
  }
}

std::pair<std::uint64_t, std::uint64_t> memoryRange(const Profile& profile) {
  std::uint64_t low = UINT64_MAX, high = 0;
  for (std::size_t i = 0; i < profile.memory().size(); ++i) {
    low = std::min(low, profile.memory()[i].rss / 1024);
    high = std::max(high, profile.memory()[i].rss / 1024);
  }
  return {low, high};
}

TEST(VmprofGoldenFacts, MemoryAndSamplesOfEachThread) {
  const auto lines = readProfile(test::goldenPath("vmprof/cpython311-lines-mem.prof"));
  ASSERT_TRUE(lines.ok());
  EXPECT_EQ(memoryRange(**lines), std::pair(std::uint64_t{15424}, std::uint64_t{15608}));
  const auto pypy = readProfile(test::goldenPath("vmprof/pypy7311-mem.prof.gz"));
  ASSERT_TRUE(pypy.ok());
  EXPECT_EQ(memoryRange(**pypy), std::pair(std::uint64_t{55684}, std::uint64_t{66076}));
  const auto threads = readProfile(test::goldenPath("vmprof/cpython311-threads.prof"));
  ASSERT_TRUE(threads.ok());
  std::vector<int> samples((*threads)->threads().size());
  for (std::size_t row = 0; row < (*threads)->sampleCount(); ++row)
    ++samples[index((*threads)->sample(row).thread)];
  EXPECT_EQ(samples, (std::vector<int>{31, 37, 31}));
}

TEST(VmprofGoldenFacts, TimesOfVersionSeven) {
  for (const char* name : {"pypy801-mem.prof.gz", "pypy801-realtime.prof.gz"}) {
    const auto read = readProfile(test::goldenPath(std::string("vmprof/") + name));
    ASSERT_TRUE(read.ok());
    const Profile& profile = **read;
    EXPECT_TRUE(profile.info().has_times && profile.info().true_weights) << name;
    std::int64_t last = 0;
    for (std::size_t row = 0; row < profile.sampleCount(); ++row) {
      const Sample sample = profile.sample(row);
      EXPECT_GE(sample.time, last) << name;
      EXPECT_GE(sample.weight, 1'000'000u) << name << ": the period at least";
      last = sample.time;
    }
    // The gaps are what samples stand for: together they make the time from first to last.
    EXPECT_GE(profile.totalWeight(), static_cast<std::uint64_t>(last)) << name;
  }
  const auto synthetic = readProfile(test::goldenPath("vmprof/synth-v7.prof"));
  ASSERT_TRUE(synthetic.ok());
  EXPECT_EQ((*synthetic)->sample(2).time, 3'000'000) << "three samples, a millisecond apart";
  EXPECT_EQ((*synthetic)->totalWeight(), 3'000'000u);
  const auto fork = readProfile(test::goldenPath("vmprof/synth-v7-fork.prof"));
  ASSERT_TRUE(fork.ok());
  EXPECT_EQ((*fork)->sample(0).time, 500'000'000)
      << "the fork's clock began at 100 s, the sample is at 100.5";
  EXPECT_EQ((*fork)->sample(2).time, 2'500'000'000);
}

/// Number of frames in machine code over all samples, and of samples whose leaf is in it.
std::pair<std::uint64_t, std::uint64_t> inMachineCode(const Profile& profile) {
  std::uint64_t frames = 0, leaves = 0;
  for (std::size_t row = 0; row < profile.sampleCount(); ++row) {
    const StackId leaf = profile.sample(row).stack;
    leaves += profile.frame(profile.stack(leaf).frame).blockId() ? 1 : 0;
    for (std::optional<StackId> at = leaf; at; at = profile.stack(*at).parentId())
      frames += profile.frame(profile.stack(*at).frame).blockId() ? 1 : 0;
  }
  return {frames, leaves};
}

TEST(VmprofGoldenFacts, FramesInMachineCodeAreToldApart) {
  const auto cpu = readProfile(test::goldenPath("vmprof/pypy7311-cpu.prof.gz"));
  ASSERT_TRUE(cpu.ok());
  const auto [frames, leaves] = inMachineCode(**cpu);
  EXPECT_LE(frames, 367u + 9u) << "367 cells of kind 3; blocks without any give a frame their mark";
  EXPECT_GT(frames, 300u) << "few of them are shown once instead of twice";
  const StackWeight jit = (*cpu)->stateWeight({.vm = VmState::kJit, .thread = ThreadState::kUnknown});
  EXPECT_EQ(leaves, jit.count) << "each sample in machine code names the block";
  const auto plain = readProfile(test::goldenPath("vmprof/cpython311-lines.prof"));
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(inMachineCode(**plain).first, 0u);
}

/// The small ones: cut at each byte they give a prefix of what they hold.
class VmprofCut : public testing::TestWithParam<const char*> {};

TEST_P(VmprofCut, AtEachByteGivesAPrefix) {
  const std::string bytes = test::contentOf(test::goldenPath(std::string("vmprof/") + GetParam()));
  const auto samples = [](const std::string& content) -> std::optional<std::vector<std::uint32_t>> {
    ProfileBuilder builder;
    const auto reader = vmprofImporter().open(builder, {});
    if (!reader->feed(std::as_bytes(std::span(content))) || !reader->finish()) return std::nullopt;
    const auto profile = builder.snapshot();
    std::vector<std::uint32_t> depths;
    for (std::size_t row = 0; row < profile->sampleCount(); ++row)
      depths.push_back(profile->stack(profile->sample(row).stack).depth);
    return depths;
  };
  const auto whole = samples(bytes);
  ASSERT_TRUE(whole && !whole->empty());
  const std::size_t words = bytes[4] == 3 ? 20 : 40;
  std::size_t last = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = samples(bytes.substr(0, size));
    ASSERT_EQ(cut.has_value(), size >= words) << size;
    if (!cut) continue;
    ASSERT_LE(cut->size(), whole->size()) << size;
    ASSERT_GE(cut->size(), last) << size << ": more bytes, no fewer samples";
    last = cut->size();
    // The stacks of versions 0 and 1 are known by their names only.
    if (std::string_view(GetParam()).find("-v0") == std::string_view::npos &&
        std::string_view(GetParam()).find("-v1") == std::string_view::npos) {
      ASSERT_TRUE(std::equal(cut->begin(), cut->end(), whole->begin())) << size;
    }
  }
  EXPECT_EQ(last, whole->size());
}

INSTANTIATE_TEST_SUITE_P(Small, VmprofCut,
                         testing::Values("synth-v0.prof", "synth-v1.prof", "synth-v2-pypy.prof",
                                         "synth-v3-memory.prof", "synth-v4-lines-memory.prof",
                                         "synth-v5.prof", "synth-v6-32bit-memory.prof",
                                         "synth-v6-no-trailer.prof", "synth-v6-pypy.prof",
                                         "synth-v6-win64-lines.prof", "synth-v7.prof", "synth-v7-fork.prof",
                                         "cpython311-lines-mem.prof", "cpython311-threads.prof"),
                         [](const auto& file) {
                           std::string name = file.param;
                           for (char& c : name) {
                             if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
                           }
                           return name;
                         });

}  // namespace
}  // namespace pyrometer
