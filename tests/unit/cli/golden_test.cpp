#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <tuple>

#include "daemon/cli/jit_view.h"
#include "daemon/cli/phases_view.h"
#include "daemon/cli/styled_line.h"
#include "daemon/cli/view.h"
#include "daemon/importers/registry.h"
#include "tests/unit/cli/example_profile.h"
#include "tests/unit/cli/fits.h"

// The views of a fixed profile as text, in tests/golden/cli. PYROMETER_RENEW_GOLDEN=1 writes them anew: read
// the difference before committing it.
namespace pyrometer {
namespace {

struct Look {
  const char* name;
  Terminal terminal;
};

constexpr Look kLooks[] = {
    {"60", {.width = 60}},
    {"80", {.width = 80}},
    {"120", {.width = 120}},
    {"80.ascii", {.width = 80, .charset = Charset::kAscii}},
    {"80.colour", {.width = 80, .colour = Terminal::Colour::kTwoHundredFiftySix}},
    {"80.sixteen", {.width = 80, .colour = Terminal::Colour::kSixteen}},
    {"40", {.width = 40}},
};

std::string readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void expectGolden(const std::string& view, const std::string& text, const Look& look) {
  SCOPED_TRACE(view + " at " + look.name);
  expectFits(text, look.terminal);
  const std::string path = std::string(PYROMETER_GOLDEN) + "/" + view + "." + look.name + ".txt";
  if (std::getenv("PYROMETER_RENEW_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << text;
  EXPECT_EQ(text, readFile(path)) << "PYROMETER_RENEW_GOLDEN=1 writes the file anew";
}

TEST(Golden, FlatWithFewSamplesHasIntervals) {
  const auto profile = exampleProfile();
  for (const Look& look : kLooks) expectGolden("flat", flatView(*profile, {}, look.terminal), look);
}

TEST(Golden, FlatWithManySamples) {
  const auto profile = exampleProfile(20);
  for (const Look& look : kLooks) expectGolden("flat_many", flatView(*profile, {}, look.terminal), look);
}

TEST(Golden, FlatOfEverything) {
  const auto profile = exampleProfile(20);
  expectGolden("flat_all", flatView(*profile, {.all = true}, kLooks[1].terminal), kLooks[1]);
}

TEST(Golden, FlatLimitedAndBrief) {
  const auto profile = exampleProfile(20);
  expectGolden("flat_limited", flatView(*profile, {.limit = 2}, kLooks[1].terminal), kLooks[1]);
  expectGolden("flat_brief", flatView(*profile, {}, kLooks[1].terminal, true), kLooks[1]);
}

TEST(Golden, FlatWithoutSources) {
  const auto profile = exampleProfile(20, false);
  expectGolden("flat_no_sources", flatView(*profile, {}, kLooks[1].terminal), kLooks[1]);
}

TEST(Golden, Tree) {
  const auto profile = exampleProfile(20);
  for (const Look& look : kLooks) expectGolden("tree", treeView(*profile, {}, look.terminal), look);
  expectGolden("tree_all", treeView(*profile, {.all = true}, kLooks[1].terminal), kLooks[1]);
}

TEST(Golden, Source) {
  const auto few = exampleProfile();
  const auto many = exampleProfile(20);
  const FileId file = *many->findFile("app.py");
  for (const Look& look : kLooks) expectGolden("lines", sourceView(*many, file, {}, {}, look.terminal), look);
  expectGolden("lines_few", sourceView(*few, file, {}, {}, kLooks[1].terminal), kLooks[1]);
}

TEST(Golden, SourceOfWhichThereIsNoText) {
  const auto profile = exampleProfile(20, false);
  const FileId file = *profile->findFile("app.py");
  expectGolden("lines_no_text", sourceView(*profile, file, {}, {}, kLooks[1].terminal), kLooks[1]);
}

TEST(Golden, Memory) {
  const auto profile = exampleProfile(20);
  for (const Look& look : kLooks) expectGolden("memory", memoryView(*profile, {}, look.terminal), look);
}

TEST(Golden, States) {
  const auto profile = exampleProfile();
  for (const Look& look : kLooks) expectGolden("states", statesView(*profile, look.terminal), look);
}

TEST(Golden, Info) {
  const auto profile = exampleProfile(20);
  for (const Look& look : kLooks) expectGolden("info", infoView(*profile, look.terminal), look);
}

PhaseLog examplePhases(PhaseClock::How clock) {
  PhaseLog log;
  log.path = "/tmp/logs/app.pypylog";
  log.names = {"gc-minor", "gc-minor-walkroots", "jit-tracing", "app\x1b[31m-sync"};
  log.first = 1'000;
  log.last = 26'001'000;
  log.phases.add({.begin = 1'000, .end = 10'001'000, .name = 2});
  log.phases.add({.begin = 2'000, .end = 5'202'000, .name = 0, .parent = 0, .depth = 2, .lines = 3});
  log.phases.add({.begin = 2'000, .end = 28'000, .name = 1, .parent = 1, .depth = 3});
  log.phases.add({.begin = 20'000'000, .end = 20'000'260, .name = 3, .lines = 1});
  log.lines = 12;
  log.text_lines = 4;
  log.bytes = 800;
  log.deepest = 3;
  log.clock.how = clock;
  if (clock != PhaseClock::How::kUnknown) log.clock.ns_per_tick = 1 / 2.6;
  log.notes = {"one section is still open at the end: the process was killed inside, or the log is cut"};
  log.damage = {{790, "the last line has no end and is left out: the log is cut"}};
  return log;
}

TEST(Golden, Phases) {
  const PhaseLog log = examplePhases(PhaseClock::How::kCalibrated);
  for (const Look& look : kLooks) expectGolden("phases", phasesView(log, {}, look.terminal), look);
  const PhaseLog unknown = examplePhases(PhaseClock::How::kUnknown);
  expectGolden("phases_ticks", phasesView(unknown, {.limit = 2}, kLooks[1].terminal), kLooks[1]);
  expectGolden("phases_info", phaseLogInfo(log, kLooks[1].terminal), kLooks[1]);
}

TEST(States, TellInlinedFramesFromCompiledFunctions) {
  ProfileBuilder builder;
  builder.info().command = "jit.py";
  builder.info().has_lines = false;
  const ThreadId thread = builder.addThread(builder.addProcess(1, "", ""), 1, "");
  const FrameId plain = builder.internFrame(builder.internFunction("f", builder.internFile("a.py"), 1), 0);
  const FrameId jit = builder.internJitFrame(plain, builder.internJitBlock(0x1000));
  const StackId root = builder.internStack(std::nullopt, plain), compiled = builder.internStack(root, jit),
                inlined = builder.internStack(compiled, jit);
  const std::pair<StackId, VmState> samples[] = {
      {root, VmState::kInterpreter}, {compiled, VmState::kJit}, {inlined, VmState::kJit}};
  for (int i = 0; i < 3'000; ++i) {
    const auto& [stack, vm] = samples[i % 5 % 3];
    builder.addSample({.weight = 1'000'000, .stack = stack, .thread = thread, .state = {.vm = vm}});
  }
  std::string text = statesView(*builder.snapshot(), {.width = 1000});
  EXPECT_NE(
      text.find("Of the samples in compiled code, 600 (20.0 % of all time) were in functions that the JIT "
                "inlined into a caller's code, 1 200 in the functions that it compiled; 1 block of machine "
                "code."),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("60.0 %"), std::string::npos) << text;
  EXPECT_EQ(text.find("unknown state"), std::string::npos)
      << "nothing is said of threads where nothing is known";
}

std::shared_ptr<const jit::TraceForest> recordedLog(const char* name) {
  const auto opened = openFile(std::string(PYROMETER_GOLDEN) + "/../jitlog/" + name);
  EXPECT_TRUE(opened.ok()) << opened.error().text();
  return opened.ok() ? opened->jit : nullptr;
}

TEST(Golden, JitList) {
  const auto forest = recordedLog("pypy801.jit.gz");
  ASSERT_TRUE(forest);
  for (const Look& look : kLooks) expectGolden("jit", jitListView(*forest, {}, look.terminal), look);
}

TEST(Golden, JitTraceByStage) {
  const auto forest = recordedLog("synth-v4.jit");
  ASSERT_TRUE(forest);
  const auto trace = forest->findTrace(1);
  ASSERT_TRUE(trace);
  const auto show = [&](std::optional<jit::StageKind> stage, const Terminal& terminal) {
    const auto text = jitTraceView(*forest, *trace, stage, terminal);
    return text.ok() ? *text : text.error().text();
  };
  using jit::StageKind;
  for (const Look& look : kLooks) expectGolden("jit_opt", show(std::nullopt, look.terminal), look);
  expectGolden("jit_noopt", show(StageKind::kRecorded, kLooks[1].terminal), kLooks[1]);
  for (const int i : {1, 2})
    expectGolden("jit_asm", show(StageKind::kAssembled, kLooks[i].terminal), kLooks[i]);
}

TEST(Golden, JitTraceOfRealWork) {
  const auto forest = recordedLog("pypy801.jit.gz");
  ASSERT_TRUE(forest);
  for (const auto& [name, number, stage] : {std::tuple{"jit_loop", 4, jit::StageKind::kOptimised},
                                            std::tuple{"jit_bridge_asm", 6, jit::StageKind::kAssembled}}) {
    const auto trace = forest->findTrace(static_cast<std::uint64_t>(number));
    ASSERT_TRUE(trace);
    for (const int i : {1, 2}) {
      const auto text = jitTraceView(*forest, *trace, stage, kLooks[i].terminal);
      ASSERT_TRUE(text.ok()) << text.error().text();
      expectGolden(name, *text, kLooks[i]);
    }
  }
}

TEST(Golden, NothingSampled) {
  ProfileBuilder builder;
  builder.info().command = "empty.py";
  const auto profile = builder.snapshot();
  const std::string text =
      flatView(*profile, {}, kLooks[1].terminal) + treeView(*profile, {}, kLooks[1].terminal) +
      memoryView(*profile, {}, kLooks[1].terminal) + statesView(*profile, kLooks[1].terminal) +
      infoView(*profile, kLooks[1].terminal) + paragraph(kLooks[1].terminal, "", tooFewText(*profile));
  expectGolden("empty", text, kLooks[1]);
}

}  // namespace
}  // namespace pyrometer
