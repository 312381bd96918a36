// What we write, read back: by our own importers, and for vmprof by a reader that shares no code with them.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "daemon/exporters/bundle/bundle_exporter.h"
#include "daemon/exporters/vmprof/vmprof.h"
#include "daemon/importers/registry.h"
#include "tests/golden/dump.h"
#include "tests/unit/exporters/small_profile.h"
#include "tests/unit/support/scratch_folder.h"

namespace pyrometer {
namespace {

using test::exported;
using test::ScratchFolder;
using test::smallProfile;

std::shared_ptr<const Profile> readBack(const std::string& bytes, const std::string& name = "file") {
  const ScratchFolder folder;
  auto read = readProfile(folder.write(name, bytes));
  EXPECT_TRUE(read.ok()) << read.error().text();
  return read.ok() ? *read : nullptr;
}

/// Time by function name, of any profile.
std::map<std::string, std::uint64_t> selfTimes(const Profile& profile) {
  std::map<std::string, std::uint64_t> times;
  for (std::uint32_t i = 0; i < profile.stacks().size(); ++i) {
    const FunctionId leaf = profile.frame(profile.stacks()[i].frame).function;
    times[std::string(profile.string(profile.function(leaf).name))] += profile.stackWeight(StackId{i}).weight;
  }
  std::erase_if(times, [](const auto& one) { return one.second == 0; });
  return times;
}

TEST(VmprofExport, EachSampleOnceWhenSamplesAreCounted) {
  const auto profile = smallProfile();
  const auto back = readBack(exported(vmprofExporter(), *profile, {.unit = Unit::kSamples}));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->sampleCount(), profile->sampleCount());
  EXPECT_EQ(back->threads().size(), profile->threads().size());
  EXPECT_TRUE(back->info().has_lines);
  EXPECT_TRUE(back->info().finished);
  EXPECT_EQ(back->info().start_unix_ns / 1000, profile->info().start_unix_ns / 1000);
  EXPECT_EQ(back->info().duration_ns / 10'000, profile->info().duration_ns / 10'000);
  ASSERT_FALSE(back->memory().empty());
  EXPECT_EQ(back->memory()[0].rss, 10'240'000u);
  EXPECT_TRUE(back->info().damage.empty());
  EXPECT_EQ(test::compareWithGolden("exports/small-samples.vmprof.txt", test::dump(*back)), "");
}

TEST(VmprofExport, WeightsBecomeRepetitionsAtAnEvenPeriod) {
  const auto profile = smallProfile();
  const auto back = readBack(exported(vmprofExporter(), *profile));
  ASSERT_TRUE(back);
  const auto period =
      static_cast<double>(profile->totalWeight()) / static_cast<double>(profile->sampleCount()) / 4;
  EXPECT_NEAR(static_cast<double>(back->totalWeight()), static_cast<double>(profile->totalWeight()),
              2 * period);
  const auto before = selfTimes(*profile);
  auto after = selfTimes(*back);
  for (const auto& [name, time] : before) {
    EXPECT_NEAR(static_cast<double>(after[name]), static_cast<double>(time), 2 * period) << name;
  }
  EXPECT_EQ(test::compareWithGolden("exports/small.vmprof.txt", test::dump(*back)), "");
}

TEST(VmprofExport, SharesStayTrueWithManySmallWeights) {
  ProfileBuilder builder;
  const ThreadId thread = builder.addThread(builder.addProcess(1, "", ""), 1, "");
  const StackId often = test::stackOf(builder, {{"often", "a.py", 1, 1}});
  const StackId seldom = test::stackOf(builder, {{"seldom", "a.py", 5, 5}});
  std::uint64_t often_time = 0, total = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const std::uint64_t weight = i % 3 == 0 ? 137'000 + i * 7919 % 1000 : 4'000'000 + i * 104'729 % 100'000;
    builder.addSample({.time = static_cast<std::int64_t>(i) * 1000,
                       .weight = weight,
                       .stack = i % 3 == 0 ? often : seldom,
                       .thread = thread});
    total += weight;
    if (i % 3 == 0) often_time += weight;
  }
  const auto back = readBack(exported(vmprofExporter(), *builder.snapshot()));
  ASSERT_TRUE(back);
  const double expected = static_cast<double>(often_time) / static_cast<double>(total);
  const double actual =
      static_cast<double>(selfTimes(*back)["often"]) / static_cast<double>(back->totalWeight());
  EXPECT_NEAR(actual, expected, 0.001);
}

TEST(VmprofExport, RecordedFilesComeBackWithTheSameTotals) {
  for (const char* name :
       {"cpython311-lines-mem.prof", "cpython311-native-lines.prof", "cpython311-threads.prof",
        "pypy7311-mem.prof.gz", "pypy7311-native.prof.gz", "pypy7311-killed.prof.gz"}) {
    const auto original = readProfile(test::goldenPath(std::string("vmprof/") + name));
    ASSERT_TRUE(original.ok());
    const auto back = readBack(exported(vmprofExporter(), **original));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->sampleCount(), (*original)->sampleCount()) << name;
    EXPECT_EQ(back->totalWeight(), (*original)->totalWeight()) << name;
    EXPECT_EQ(back->memory().size(), (*original)->memory().size()) << name;
    EXPECT_EQ(back->info().mode, (*original)->info().mode) << name;
    if (std::string_view(name).find("killed") == std::string_view::npos) {
      EXPECT_EQ(selfTimes(*back), selfTimes(**original)) << name;
    }
  }
}

TEST(VmprofExport, VeryDeepStacksLoseTheirRootsSide) {
  ProfileBuilder builder;
  const ThreadId thread = builder.addThread(builder.addProcess(1, "", ""), 1, "");
  std::vector<test::Place> places(40'000, {"f", "a.py", 1, 2});
  places.front() = {"root", "a.py", 9, 9};
  places.back() = {"leaf", "a.py", 5, 6};
  builder.addSample({.time = 1, .weight = 10'000, .stack = test::stackOf(builder, places), .thread = thread});
  const auto profile = builder.snapshot();
  const auto lost = vmprofExporter().losses(*profile, {});
  EXPECT_EQ(lost.back(), "callers beyond 32768 frames");
  const auto back = readBack(exported(vmprofExporter(), *profile));
  ASSERT_TRUE(back);
  ASSERT_GT(back->sampleCount(), 0u);
  EXPECT_EQ(back->stack(back->sample(0).stack).depth, 32'768u);
  EXPECT_EQ(selfTimes(*back).begin()->first, "leaf");
}

TEST(VmprofExport, PypysMarksOfTheJitAreSaidToBeLost) {
  const auto profile = readProfile(PYROMETER_GOLDEN "/vmprof/pypy7311-cpu.prof.gz");
  ASSERT_TRUE(profile.ok());
  const auto samplesOfJit = [](const Profile& one) {
    return one.stateWeight({.vm = VmState::kJit, .thread = ThreadState::kUnknown}).count;
  };
  const std::uint64_t count = samplesOfJit(**profile);
  ASSERT_GT(count, 0u);
  const auto lost = vmprofExporter().losses(**profile, {});
  const std::string expected = "which samples ran machine code made by the JIT (" + std::to_string(count) +
                               " of " + std::to_string((*profile)->sampleCount()) + ")";
  EXPECT_EQ(std::count(lost.begin(), lost.end(), expected), 1);
  const auto back = readBack(exported(vmprofExporter(), **profile));
  ASSERT_TRUE(back);
  EXPECT_EQ(samplesOfJit(*back), 0u) << "what is not lost is not called so";
  const auto lost_again = vmprofExporter().losses(*back, {});
  EXPECT_FALSE(std::any_of(lost_again.begin(), lost_again.end(),
                           [](const std::string& loss) { return loss.find("JIT") != std::string::npos; }));
}

TEST(VmprofExport, AReaderThatSharesNoCodeWithUsAgrees) {
  const ScratchFolder folder;
  const auto profile = smallProfile();
  const std::string path =
      folder.write("small.vmprof", exported(vmprofExporter(), *profile, {.unit = Unit::kSamples}));
  const std::string command =
      "/usr/bin/python3 " PYROMETER_GOLDEN "/../unit/exporters/vmprof_reader.py " + path + " 2>&1";
  FILE* pipe = ::popen(command.c_str(), "r");
  ASSERT_TRUE(pipe);
  std::string text;
  char buffer[4096];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, got);
  ASSERT_EQ(::pclose(pipe), 0) << text;
  EXPECT_EQ(test::compareWithGolden("exports/small.vmprof-reader.json", text), "");
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json.at("samples").size(), profile->sampleCount());
  EXPECT_EQ(json.at("period"), 2142);  // us, the mean weight
}

TEST(BundleExport, IsTheSameProfileWhenReadBack) {
  for (const Mode mode : {Mode::kCpu, Mode::kWall}) {
    const auto profile = smallProfile(mode);
    const auto back = readBack(exported(bundleExporter(), *profile));
    ASSERT_TRUE(back);
    EXPECT_EQ(test::dump(*back), test::dump(*profile));
    EXPECT_EQ(back->info().argv, profile->info().argv);
    EXPECT_EQ(back->info().exit_status, 256);
    for (std::size_t row = 0; row < profile->sampleCount(); ++row) {
      EXPECT_EQ(back->sample(row).time, profile->sample(row).time);
      EXPECT_EQ(back->sample(row).weight, profile->sample(row).weight);
      EXPECT_EQ(back->sample(row).state.packed(), profile->sample(row).state.packed()) << row;
    }
    ASSERT_EQ(back->memory().size(), profile->memory().size());
    for (std::size_t i = 0; i < profile->memory().size(); ++i) {
      EXPECT_EQ(back->memory()[i].time, profile->memory()[i].time);
      EXPECT_EQ(back->memory()[i].rss, profile->memory()[i].rss);
    }
    ASSERT_EQ(back->sources().size(), 2u);
    EXPECT_EQ(back->string(back->sources()[0].text), "import this\nprint('caf\xc3\xa9')\n");
    EXPECT_TRUE(back->sources()[1].changed_during_run);
  }
}

TEST(BundleExport, HoldsProfilesOfOtherTools) {
  for (const char* name : {"cpython311-lines-mem.prof", "pypy7311-mem.prof.gz", "pypy7311-killed.prof.gz",
                           "cpython311-threads.prof", "pypy7311-native.prof.gz"}) {
    const auto original = readProfile(test::goldenPath(std::string("vmprof/") + name));
    ASSERT_TRUE(original.ok());
    const auto back = readBack(exported(bundleExporter(), **original));
    ASSERT_TRUE(back);
    EXPECT_EQ(test::dump(*back, 1000), test::dump(**original, 1000)) << name;
  }
}

TEST(BundleExport, StacksDeeperThanAStreamHasLoseTheirMiddle) {
  ProfileBuilder builder;
  const ThreadId thread = builder.addThread(builder.addProcess(1, "", ""), 1, "");
  std::vector<test::Place> places(3000, {"f", "a.py", 1, 2});
  places.front() = {"root", "a.py", 9, 9};
  places.back() = {"leaf", "a.py", 5, 6};
  for (int i = 0; i < 3; ++i) {
    builder.addSample(
        {.time = i, .weight = 10'000, .stack = test::stackOf(builder, places), .thread = thread});
    places.pop_back();
  }
  const auto back = readBack(exported(bundleExporter(), *builder.snapshot()));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->sampleCount(), 3u);
  EXPECT_EQ(back->stack(back->sample(0).stack).depth, 1025u);
  EXPECT_EQ(selfTimes(*back)["leaf"], 10'000u);
  EXPECT_TRUE(back->info().damage.empty());
}

TEST(Exporters, AFullDiskIsAnErrorFromEachOfThem) {
  const auto profile = smallProfile();
  for (const Exporter* exporter : exporters()) {
    const std::size_t whole = exported(*exporter, *profile).size();
    for (const std::size_t room : {std::size_t{0}, whole / 2, whole - 1}) {
      test::FullSink sink(room);
      const auto written = exporter->write(*profile, {}, sink);
      ASSERT_FALSE(written.ok()) << exporter->name() << " with room for " << room;
      EXPECT_EQ(written.error().message, "the disk is full");
    }
  }
}

TEST(Exporters, AProfileWithoutSamplesIsAFileToo) {
  ProfileBuilder builder;
  const auto empty = builder.snapshot();
  for (const Exporter* exporter : exporters()) {
    const std::string text = exported(*exporter, *empty);
    EXPECT_FALSE(text.starts_with("failed"));
    if (exporter->name() == "vmprof" || exporter->name() == "pyrometer") {
      const auto back = readBack(text);
      ASSERT_TRUE(back);
      EXPECT_EQ(back->sampleCount(), 0u);
    }
  }
}

TEST(Exporters, AreFoundByName) {
  EXPECT_EQ(findExporter("vmprof"), &vmprofExporter());
  EXPECT_EQ(findExporter("nonsense"), nullptr);
  for (const Exporter* exporter : exporters()) {
    EXPECT_EQ(findExporter(exporter->name()), exporter);
    EXPECT_FALSE(exporter->description().empty());
    EXPECT_TRUE(exporter->extension().starts_with("."));
  }
}

}  // namespace
}  // namespace pyrometer
