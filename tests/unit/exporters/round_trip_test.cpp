// What we write, read back: by our own importers, and for vmprof by a reader that shares no code with them.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

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

/// A sample with all that the format can hold of it, as one line.
std::string described(const Profile& profile, std::size_t row) {
  const Sample sample = profile.sample(row);
  std::string text = std::to_string(profile.thread(sample.thread).tid) + " state " +
                     std::to_string(static_cast<int>(sample.state.vm));
  for (std::optional<StackId> at = sample.stack; at; at = profile.stack(*at).parentId()) {
    const Frame& frame = profile.frame(profile.stack(*at).frame);
    const Function& function = profile.function(frame.function);
    text += " < " + std::string(profile.string(function.name)) + "|" +
            std::string(profile.string(profile.file(function.file).path)) + "|" +
            std::to_string(function.first_line) + "|" + std::to_string(static_cast<int>(function.kind)) +
            ":" + std::to_string(profile.line(frame.line).line);
    if (const auto block = frame.blockId())
      text += " in " + std::to_string(profile.jitBlocks()[index(*block)]);
  }
  return text;
}

/// kB at each row, from the curve's corners.
std::vector<std::uint64_t> memoryByRow(const Profile& profile) {
  std::vector<std::uint64_t> all;
  std::size_t at = 0;
  for (std::size_t row = 0; row < profile.sampleCount() && !profile.memory().empty(); ++row) {
    const std::int64_t now =
        profile.info().has_times ? profile.sample(row).time : static_cast<std::int64_t>(row);
    while (at + 1 < profile.memory().size() && profile.memory()[at + 1].time <= now) ++at;
    all.push_back(profile.memory()[at].rss / 1024);
  }
  return all;
}

class VmprofRoundTrip : public testing::TestWithParam<const char*> {};

TEST_P(VmprofRoundTrip, EverySampleComesBack) {
  const auto read = readProfile(test::goldenPath(std::string("vmprof/") + GetParam()));
  ASSERT_TRUE(read.ok()) << read.error().text();
  const Profile& original = **read;
  const auto back = readBack(exported(vmprofExporter(), original, {.unit = Unit::kSamples}));
  ASSERT_TRUE(back);
  ASSERT_EQ(back->sampleCount(), original.sampleCount());
  for (std::size_t row = 0; row < original.sampleCount(); ++row)
    ASSERT_EQ(described(*back, row), described(original, row)) << "sample " << row;
  EXPECT_EQ(memoryByRow(*back), memoryByRow(original));
  const RunInfo &a = original.info(), &b = back->info();
  EXPECT_EQ(b.meta, a.meta);
  EXPECT_EQ(b.interpreter, a.interpreter);
  EXPECT_EQ(b.mode, a.mode);
  EXPECT_EQ(b.has_lines, a.has_lines);
  EXPECT_EQ(b.rate_asked_hz, a.rate_asked_hz);
  EXPECT_EQ(b.start_unix_ns, a.start_unix_ns);
  EXPECT_EQ(b.duration_ns, a.duration_ns);
  EXPECT_EQ(b.finished, a.finished);
  EXPECT_EQ(b.unknown_code_samples, a.unknown_code_samples);
  EXPECT_TRUE(b.damage.empty());
  if (!a.true_weights) {
    EXPECT_EQ(back->totalWeight(), original.totalWeight());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Files, VmprofRoundTrip,
    testing::Values("cpython311-lines-mem.prof", "cpython311-lines.prof", "cpython311-native-lines.prof",
                    "cpython311-threads.prof", "pypy7311-32bit.prof.gz", "pypy7311-cpu.prof.gz",
                    "pypy7311-killed.prof.gz", "pypy7311-long-names.prof.gz", "pypy7311-mem.prof.gz",
                    "pypy7311-native.prof.gz", "pypy7311-realtime.prof.gz",
                    "pypy7311-truncated-in-sample.prof.gz", "pypy7311-twice.prof.gz",
                    "pypy7319-native.prof.gz", "pypy801-mem.prof.gz", "pypy801-realtime.prof.gz",
                    "synth-v0.prof", "synth-v1.prof", "synth-v2-pypy.prof", "synth-v3-memory.prof",
                    "synth-v4-lines-memory.prof", "synth-v5.prof", "synth-v6-32bit-memory.prof",
                    "synth-v6-no-trailer.prof", "synth-v6-pypy.prof", "synth-v6-win64-lines.prof",
                    "synth-v7.prof", "synth-v7-fork.prof"),
    [](const auto& file) {
      std::string name = file.param;
      for (char& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
      }
      return name;
    });

TEST(VmprofExport, StacksThatReadersWouldMergeStayApart) {
  ProfileBuilder builder;
  builder.info().interpreter = "PyPy";
  builder.info().has_lines = false;
  const ThreadId thread = builder.addThread(builder.addProcess(1, "", ""), 1, "");
  const FunctionId function = builder.internFunction("f", builder.internFile("C:\\dir\\a.py"), 1);
  const FrameId plain = builder.internFrame(function, 0);
  const FrameId first = builder.internJitFrame(plain, builder.internJitBlock(0x1000)),
                second = builder.internJitFrame(plain, builder.internJitBlock(0x2000));
  const FunctionId native =
      builder.internFunction("memcpy", builder.internFile(""), 0, FunctionKind::kNative);
  const FrameId in_c = builder.internFrame(native, 0);
  const std::vector<FrameId> paths[] = {
      {plain, plain},         {plain, first},  {first, plain},
      {first, first},         {first, second}, {plain, first, second, second},
      {second, first, plain}, {plain, in_c},   {first, second, in_c}};
  const VmState states[] = {VmState::kInterpreter, VmState::kJit, VmState::kNative};
  for (const auto& path : paths) {
    std::optional<StackId> stack;
    for (const FrameId frame : path) stack = builder.internStack(stack, frame);
    for (const VmState state : states) {
      // A leaf in machine code, or in C, is a state of its own.
      if ((state == VmState::kNative) != (path.back() == in_c)) continue;
      if (state == VmState::kInterpreter && path.back() != plain) continue;
      builder.addSample({.weight = 1000, .stack = *stack, .thread = thread, .state = {.vm = state}});
    }
  }
  const auto profile = builder.snapshot();
  const auto back = readBack(exported(vmprofExporter(), *profile));
  ASSERT_TRUE(back);
  ASSERT_EQ(back->sampleCount(), profile->sampleCount());
  for (std::size_t row = 0; row < profile->sampleCount(); ++row)
    EXPECT_EQ(described(*back, row), described(*profile, row));
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

TEST(VmprofExport, StatesAreLostWhereTheFormatHasNoRoomForThem) {
  for (const char* interpreter : {"CPython 3.14.0", "PyPy 7.3.11"}) {
    ProfileBuilder builder;
    builder.info().interpreter = interpreter;
    const ThreadId thread = builder.addThread(builder.addProcess(1, "", ""), 1, "");
    const StackId stack = test::stackOf(builder, {{"f", "a.py", 1, 2}});
    for (const VmState vm : {VmState::kGc, VmState::kJit})
      builder.addSample({.weight = 10'000, .stack = stack, .thread = thread, .state = {.vm = vm}});
    const auto lost = vmprofExporter().losses(*builder.snapshot(), {});
    const bool pypy = std::string_view(interpreter).starts_with("PyPy");
    EXPECT_EQ(std::count(lost.begin(), lost.end(), "which samples were the garbage collector (1 of 2)"), 1);
    EXPECT_EQ(std::count(lost.begin(), lost.end(), "which samples ran machine code made by the JIT (1 of 2)"),
              pypy ? 0 : 1);
  }
}

/// What a reader says of a file that shares no code with us, and fails on what the reference reader fails on.
std::string readIndependently(const std::string& path) {
  const std::string command =
      "/usr/bin/python3 " PYROMETER_GOLDEN "/../unit/exporters/vmprof_reader.py " + path + " 2>&1";
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  std::string text;
  char buffer[4096];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, got);
  EXPECT_EQ(::pclose(pipe), 0) << text;
  return text;
}

TEST(VmprofExport, AReaderThatSharesNoCodeWithUsAgrees) {
  const ScratchFolder folder;
  const auto profile = smallProfile();
  const std::string text = readIndependently(
      folder.write("small.vmprof", exported(vmprofExporter(), *profile, {.unit = Unit::kSamples})));
  EXPECT_EQ(test::compareWithGolden("exports/small.vmprof-reader.json", text), "");
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json.at("samples").size(), profile->sampleCount());
  EXPECT_EQ(json.at("period"), 2142);  // us, the mean weight
  for (const char* name : {"pypy7311-native.prof.gz", "pypy801-mem.prof.gz", "pypy7311-killed.prof.gz",
                           "cpython311-native-lines.prof", "synth-v0.prof"}) {
    const auto read = readProfile(test::goldenPath(std::string("vmprof/") + name));
    ASSERT_TRUE(read.ok());
    const auto samples = nlohmann::json::parse(
                             readIndependently(folder.write(
                                 "out.vmprof", exported(vmprofExporter(), **read, {.unit = Unit::kSamples}))))
                             .at("samples");
    EXPECT_EQ(samples.size(), (*read)->sampleCount()) << name;
  }
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

/// Frames of one line that differ by their columns, in three functions.
std::shared_ptr<const Profile> profileWithSpans() {
  ProfileBuilder builder;
  builder.info().has_times = true;
  const ThreadId thread = builder.addThread(builder.addProcess(1, "", ""), 1, "");
  const test::Place bare{"f", "a.py", 3, 7};
  const std::vector<test::Place> places = {
      bare,
      {"f", "a.py", 3, 7, FunctionKind::kPython, Columns{.begin = 0, .lines = 0, .end = 1}},
      {"f", "a.py", 3, 7, FunctionKind::kPython, Columns{.begin = 5, .lines = 2, .end = 3}},
      {"f", "a.py", 3, 5, FunctionKind::kPython, Columns{.begin = 90, .lines = 0, .end = 70'000}},
      {"f", "a.py", 3, 0},
      {"g", "a.py", 9, 2, FunctionKind::kPython, Columns{.begin = 8, .lines = 0, .end = 9}}};
  for (std::size_t i = 0; i < places.size(); ++i) {
    builder.addSample({.time = static_cast<std::int64_t>(i) + 1,
                       .weight = 1000 + i,
                       .stack = test::stackOf(builder, {bare, places[i]}),
                       .thread = thread});
  }
  return builder.snapshot();
}

TEST(BundleExport, KeepsColumns) {
  const auto profile = profileWithSpans();
  const auto back = readBack(exported(bundleExporter(), *profile));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->spans().size(), profile->spans().size());
  for (std::size_t row = 0; row < profile->sampleCount(); ++row) {
    const auto place = [&](const Profile& of) {
      const Frame& frame = of.frame(of.stack(of.sample(row).stack).frame);
      return std::tuple(of.string(of.function(frame.function).name), of.line(frame.line).line,
                        frame.span ? std::optional(of.span(*frame.span).columns) : std::nullopt);
    };
    EXPECT_EQ(place(*back), place(*profile)) << "sample " << row;
  }
}

TEST(TextExports, MergeWhatDiffersByColumnsOnly) {
  const auto profile = profileWithSpans();
  EXPECT_EQ(
      exported(*findExporter("collapsed"), *profile, {.unit = Unit::kSamples}),
      "f (a.py:7);f (a.py:7) 3\nf (a.py:7);f (a.py:5) 1\nf (a.py:7);f (a.py) 1\nf (a.py:7);g (a.py:2) 1\n");
  const auto speedscope = nlohmann::json::parse(exported(*findExporter("speedscope"), *profile));
  EXPECT_EQ(speedscope["shared"]["frames"].size(), 4u);
  EXPECT_EQ(speedscope["profiles"][0]["samples"].dump(), "[[0,0],[0,1],[0,2],[0,3]]");
  EXPECT_EQ(speedscope["profiles"][0]["weights"].dump(), "[3003,1003,1004,1005]");
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
