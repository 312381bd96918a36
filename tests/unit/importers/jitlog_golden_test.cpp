// The recorded logs, against what was counted in them by other means (tests/golden/jitlog/README.md).

#include <gtest/gtest.h>

#include <cctype>
#include <string>

#include "daemon/importers/jitlog/jitlog.h"
#include "tests/golden/dump.h"
#include "tests/golden/jit_dump.h"

namespace pyrometer {
namespace {

using jit::TraceForest;
using jit::TraceKind;

std::shared_ptr<const TraceForest> sample(const std::string& name) {
  const auto read = jitlog::readJitlog(test::goldenPath("jitlog/" + name));
  EXPECT_TRUE(read.ok()) << read.error().text();
  return read.ok() ? *read : nullptr;
}

struct Recorded {
  const char* name;
  int version, word_bits;
  const char* machine;
  std::size_t operations, traces, loops, from_descr, stitched, assembled, merge_points, counters, redirects,
      callbacks;
  std::uint32_t headers = 1;
  bool damaged = false;
};

class JitlogGolden : public testing::TestWithParam<Recorded> {};

TEST_P(JitlogGolden, HoldsWhatWasCountedInIt) {
  const Recorded& recorded = GetParam();
  const auto forest = sample(recorded.name);
  ASSERT_TRUE(forest);
  const jit::LogInfo& info = forest->info();
  EXPECT_EQ(info.version, recorded.version);
  EXPECT_EQ(info.word_bits, recorded.word_bits);
  EXPECT_EQ(info.machine, recorded.machine);
  EXPECT_EQ(info.headers, recorded.headers);
  EXPECT_EQ(forest->operationNames().size(), recorded.operations);
  EXPECT_EQ(forest->traces().size(), recorded.traces);
  std::size_t loops = 0, from_descr = 0, bridges = 0, assembled = 0, merge_points = 0;
  for (const jit::Trace& trace : forest->traces()) {
    loops += trace.kind == TraceKind::kLoop ? 1 : 0;
    from_descr += trace.kind == TraceKind::kLoop ? 0 : 1;
    bridges += trace.kind == TraceKind::kBridge && trace.end == jit::TraceEnd::kCompiled ? 1 : 0;
  }
  for (const jit::Stage& stage : forest->allStages()) {
    assembled += stage.code.empty() ? 0 : 1;
    merge_points += stage.merge_points;
  }
  EXPECT_EQ(loops, recorded.loops);
  EXPECT_EQ(from_descr, recorded.from_descr);
  EXPECT_EQ(bridges, recorded.stitched);
  EXPECT_EQ(assembled, recorded.assembled);
  EXPECT_EQ(merge_points, recorded.merge_points);
  EXPECT_EQ(info.counters, recorded.counters);
  EXPECT_EQ(forest->redirects().size(), recorded.redirects);
  EXPECT_EQ(info.temporary_callbacks, recorded.callbacks);
  EXPECT_EQ(!info.damage.empty(), recorded.damaged);
}

/// Every stage reads, and holds what the index says of it.
TEST_P(JitlogGolden, ItsStagesAreWhatTheIndexSays) {
  const auto forest = sample(GetParam().name);
  ASSERT_TRUE(forest);
  for (std::uint32_t i = 0; i < forest->allStages().size(); ++i) {
    const jit::Stage& stage = forest->stage(jit::StageId{i});
    const auto body = forest->read(jit::StageId{i});
    ASSERT_TRUE(body.ok()) << body.error().text();
    ASSERT_EQ(body->operations.size(), stage.operations);
    ASSERT_EQ(body->merge_points.size(), stage.merge_points);
    std::uint32_t guards = 0;
    std::size_t counted = 0;
    for (const jit::Operation& op : body->operations) guards += op.role == jit::OpRole::kGuard ? 1 : 0;
    for (const jit::OperationCount& count : forest->operationCounts(jit::StageId{i})) counted += count.count;
    EXPECT_EQ(guards, stage.guards);
    EXPECT_EQ(counted, stage.operations);
    for (const jit::MergePoint& point : body->merge_points) {
      const auto file = forest->sources().findFile(point.file);
      ASSERT_TRUE(file) << point.file;
      const auto traces = forest->sources().tracesAt(*file, point.line);
      EXPECT_TRUE(std::find(traces.begin(), traces.end(), stage.trace) != traces.end())
          << point.file << ":" << point.line;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Files, JitlogGolden,
    testing::Values(
        Recorded{"pypy7311-32bit.jit.gz", 4, 32, "i686", 224, 15, 6, 9, 9, 15, 636, 27, 0, 0},
        Recorded{"pypy7311-fib.jit.gz", 4, 64, "x86_64", 224, 22, 5, 17, 15, 22, 1804, 32, 0, 0},
        Recorded{"pypy7311-killed.jit.gz", 4, 64, "x86_64", 224, 11, 4, 7, 6, 11, 384, 0, 0, 0},
        Recorded{"pypy7311-native-with-source.jit.gz", 4, 64, "x86_64", 224, 13, 5, 8, 7, 13, 480, 23, 0, 0},
        Recorded{"pypy7311-native.jit.gz", 4, 64, "x86_64", 224, 13, 5, 8, 7, 13, 480, 23, 0, 0},
        Recorded{"pypy7311-offset-wrap.jit.gz", 4, 64, "x86_64", 224, 1, 1, 0, 0, 2, 6796, 5, 0, 0},
        Recorded{"pypy7311-truncated.jit.gz", 4, 64, "x86_64", 224, 8, 4, 4, 3, 7, 237, 0, 0, 0, 1, true},
        Recorded{"pypy7311-two-headers.jit", 4, 64, "x86_64", 224, 2, 2, 0, 0, 2, 80, 6, 0, 0, 2},
        Recorded{"pypy801.jit.gz", 4, 64, "x86_64", 224, 13, 4, 9, 8, 13, 610, 21, 0, 0},
        Recorded{"synth-v1.jit", 1, 64, "x86_64", 6, 2, 1, 1, 1, 2, 6, 3, 0, 0},
        Recorded{"synth-v2.jit", 2, 64, "x86_64", 6, 2, 1, 1, 1, 2, 6, 3, 0, 0},
        Recorded{"synth-v3.jit", 3, 64, "x86_64", 6, 2, 1, 1, 1, 2, 6, 3, 1, 0},
        Recorded{"synth-v4-32bit.jit", 4, 32, "i686", 6, 2, 1, 1, 1, 2, 6, 3, 1, 1},
        Recorded{"synth-v4.jit", 4, 64, "x86_64", 6, 2, 1, 1, 1, 2, 6, 3, 1, 1}),
    [](const auto& recorded) {
      std::string name = recorded.param.name;
      for (char& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
      }
      return name;
    });

/// What a person would want to compare: small logs as text.
TEST(JitlogGoldenText, IsAsItWas) {
  for (const char* name : {"synth-v1.jit", "synth-v4.jit", "synth-v4-32bit.jit", "pypy7311-two-headers.jit",
                           "pypy801.jit.gz", "pypy7311-fib.jit.gz"}) {
    const auto forest = sample(name);
    ASSERT_TRUE(forest);
    const bool whole = forest->info().bytes < 10'000;
    EXPECT_EQ(test::compareWithGolden(std::string("jitlog/") + name + ".txt", test::dump(*forest, whole)),
              "");
  }
}

TEST(JitlogGoldenFacts, TheOffsetsOfLargeCodeAreUnwrapped) {
  const auto forest = sample("pypy7311-offset-wrap.jit.gz");
  ASSERT_TRUE(forest);
  // One number, two compilations: TRACE TRACE OPT ASM, TRACE OPT ASM.
  const auto stages = forest->stages(jit::TraceId{0});
  ASSERT_EQ(stages.size(), 7u);
  EXPECT_EQ(forest->stage(stages[3]).optimised, stages[2]);
  EXPECT_EQ(forest->stage(stages[6]).optimised, stages[5]);
  const jit::Stage& large = forest->stage(stages[6]);
  EXPECT_GT(large.code.size(), 65536u);
  const auto body = forest->read(stages[6]);
  ASSERT_TRUE(body.ok());
  std::uint64_t end = 0;
  for (const jit::Operation& op : body->operations) {
    ASSERT_TRUE(op.has_code);
    if (end != 0) {
      ASSERT_EQ(op.code_offset, end);
    }
    end = op.code_offset + op.code.size();
  }
  EXPECT_EQ(end, large.code.size());
}

TEST(JitlogGoldenFacts, TheCutIsSaid) {
  const auto forest = sample("pypy7311-truncated.jit.gz");
  ASSERT_TRUE(forest);
  ASSERT_EQ(forest->info().damage.size(), 1u);
  EXPECT_EQ(forest->info().damage[0].offset, 0x18691u);
  EXPECT_NE(forest->info().damage[0].what.find("cut"), std::string::npos);
}

TEST(JitlogGoldenFacts, FunctionsOfTheLogThatWasSwitchedOnTwice) {
  const auto forest = sample("pypy7311-two-headers.jit");
  ASSERT_TRUE(forest);
  EXPECT_TRUE(forest->sources().findFunctions("a").empty());
  ASSERT_EQ(forest->sources().findFunctions("b").size(), 1u);
  ASSERT_EQ(forest->sources().findFunctions("c").size(), 1u);
  EXPECT_EQ(forest->sources().tracesOf(forest->sources().findFunctions("c")[0]).size(), 1u);
}

TEST(JitlogGoldenFacts, ABridgeOfATraceFromBeforeTheLog) {
  const auto forest = sample("pypy801.jit.gz");
  ASSERT_TRUE(forest);
  EXPECT_EQ(forest->traces()[0].number, 3u);
  EXPECT_EQ(forest->traces()[0].kind, TraceKind::kBridge);
  EXPECT_FALSE(forest->traces()[0].parent);
  ASSERT_EQ(forest->links(jit::TraceId{0}).size(), 1u);
  EXPECT_FALSE(forest->links(jit::TraceId{0})[0].target);
}

TEST(JitlogGoldenFacts, TheSourceTextOfTheLog) {
  const auto forest = sample("pypy7311-native-with-source.jit.gz");
  ASSERT_TRUE(forest);
  const jit::SourceIndex& sources = forest->sources();
  ASSERT_FALSE(sources.texts().empty());
  const auto file = sources.findFile("workload.py");
  ASSERT_TRUE(file);
  const auto* text = sources.findText(*file, 9);
  ASSERT_NE(text, nullptr);
  EXPECT_EQ(text->text, "n = 3 * n + 1");
  EXPECT_EQ(text->indent, 12);
  EXPECT_EQ(sources.findText(*file, 1), nullptr);
}

TEST(JitlogGoldenFacts, EveryGuardOfTheAssembledStageIsInTheOptimisedOne) {
  for (const char* name : {"pypy7311-fib.jit.gz", "pypy801.jit.gz", "pypy7311-32bit.jit.gz"}) {
    const auto forest = sample(name);
    ASSERT_TRUE(forest);
    for (std::uint32_t i = 0; i < forest->allStages().size(); ++i) {
      const jit::Stage& stage = forest->stage(jit::StageId{i});
      if (stage.kind != jit::StageKind::kAssembled) continue;
      ASSERT_TRUE(stage.optimised);
      EXPECT_EQ(stage.guards, forest->stage(*stage.optimised).guards);
    }
  }
}

TEST(JitlogGoldenFacts, RecursionGoesBackIntoItself) {
  const auto forest = sample("pypy7311-fib.jit.gz");
  ASSERT_TRUE(forest);
  std::size_t calls = 0, found = 0;
  for (std::uint32_t i = 0; i < forest->traces().size(); ++i) {
    for (const jit::Link& link : forest->links(jit::TraceId{i})) {
      if (link.kind != jit::LinkKind::kCallAssembler) continue;
      ++calls;
      found += link.target ? 1 : 0;
    }
  }
  EXPECT_GT(calls, 0u);
  EXPECT_EQ(found, calls);
}

}  // namespace
}  // namespace pyrometer
