// The recorded files, against what was counted in them by other means (tests/golden/vmprof/README.md) and
// against their text dumps.

#include <gtest/gtest.h>

#include <string>

#include "daemon/importers/registry.h"
#include "tests/golden/dump.h"

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
                    Recorded{"synth-v6-win64-lines.prof", 3, 2, false, true, true}),
    [](const auto& recorded) {
      std::string name = recorded.param.name;
      for (char& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
      }
      return name;
    });

TEST(VmprofDeclined, OtherVersionsByTheirNumber) {
  for (const char* name : {"synth-v0.prof", "synth-v1.prof", "synth-v7.prof", "synth-v7-fork.prof"}) {
    const auto read = readProfile(test::goldenPath(std::string("vmprof/") + name));
    ASSERT_FALSE(read.ok()) << name;
    const std::string number(1, name[7]);
    EXPECT_EQ(read.error().message,
              "is a vmprof file of version " + number + "; versions 2 to 6 can be read");
  }
}

}  // namespace
}  // namespace pyrometer
