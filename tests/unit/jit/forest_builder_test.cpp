#include "daemon/jit/forest_builder.h"

#include <gtest/gtest.h>

namespace pyrometer::jit {
namespace {

using Begin = ForestBuilder::Begin;
using Counter = ForestBuilder::Counter;

class ForestTest : public testing::Test {
 protected:
  void op(const char* name) { builder_.addOperation(builder_.internOperation(name)); }
  void guard(DescrNumber descr) {
    op("guard_true");
    builder_.addGuard(descr);
  }
  void label(DescrNumber descr) {
    op("label");
    builder_.addLabel(descr);
  }
  void jump(DescrNumber descr) {
    op("jump");
    builder_.addLink(LinkKind::kJump, descr, std::nullopt);
  }
  void optimised(std::uint64_t number) { builder_.beginStage(StageKind::kOptimised, number, 0); }
  void assembled(std::uint64_t number, std::uint64_t start, std::uint64_t end) {
    builder_.beginStage(StageKind::kAssembled, number, 0);
    builder_.addCode({start, end});
  }
  /// A loop with one guard, compiled.
  void loop(std::uint64_t number, DescrNumber guard_descr, std::uint64_t start) {
    builder_.startTrace(number, Begin::kLoop, 0, "");
    optimised(number);
    guard(guard_descr);
    assembled(number, start, start + 0x100);
  }
  void bridge(std::uint64_t number, DescrNumber from, std::uint64_t start, bool stitched = true) {
    builder_.startTrace(number, Begin::kFromDescr, from, "pypyjit");
    optimised(number);
    assembled(number, start, start + 0x100);
    if (stitched) builder_.stitch(from, start);
  }
  const TraceForest& built() {
    if (!forest_) forest_ = builder_.build(nullptr);
    return *forest_;
  }
  const Trace& trace(std::uint32_t row) { return built().trace(TraceId{row}); }

  ForestBuilder builder_;
  std::shared_ptr<const TraceForest> forest_;
};

TEST_F(ForestTest, ABridgeHangsOnItsGuard) {
  loop(1, 100, 0x1000);
  bridge(2, 100, 0x2000);
  builder_.count(Counter::kEntry, 1, 5);
  builder_.count(Counter::kBridge, 100, 40);
  builder_.count(Counter::kBridge, 100, 2);
  EXPECT_EQ(trace(1).kind, TraceKind::kBridge);
  EXPECT_EQ(trace(1).parent, TraceId{0});
  EXPECT_EQ(trace(1).entries, 42u);
  EXPECT_EQ(trace(0).entries, 5u);
  EXPECT_EQ(trace(0).failures, 42u);
  ASSERT_EQ(built().bridges(TraceId{0}).size(), 1u);
  EXPECT_EQ(built().bridgeAt(TraceId{0}, 100), TraceId{1});
  EXPECT_EQ(built().bridgeAt(TraceId{0}, 101), std::nullopt);
}

TEST_F(ForestTest, WithoutAStitchItIsAnEntry) {
  bridge(1, 77, 0x1000, false);
  bridge(2, 77, 0x2000);
  EXPECT_EQ(trace(0).kind, TraceKind::kEntry);
  EXPECT_EQ(trace(1).kind, TraceKind::kBridge);  // of a guard from before the log
  EXPECT_FALSE(trace(1).parent);
}

TEST_F(ForestTest, ATraceIsNotItsOwnParent) {
  builder_.startTrace(1, Begin::kFromDescr, 100, "");
  optimised(1);
  guard(100);
  assembled(1, 0x1000, 0x1100);
  builder_.stitch(100, 0x1000);
  EXPECT_EQ(trace(0).kind, TraceKind::kBridge);
  EXPECT_FALSE(trace(0).parent);
  EXPECT_EQ(trace(0).bridges, 0u);
}

TEST_F(ForestTest, ADescrNumberUsedTwiceMeansTheLastOneBefore) {
  loop(1, 100, 0x1000);
  bridge(2, 100, 0x2000);
  loop(3, 100, 0x3000);
  bridge(4, 100, 0x4000);
  builder_.count(Counter::kBridge, 100, 9);
  EXPECT_EQ(trace(1).parent, TraceId{0});
  EXPECT_EQ(trace(3).parent, TraceId{2});
  EXPECT_EQ(trace(3).entries, 9u);
  EXPECT_EQ(trace(1).entries, 0u);
}

TEST_F(ForestTest, JumpsLeadToLabels) {
  builder_.startTrace(1, Begin::kLoop, 0, "");
  optimised(1);
  label(500);
  label(501);
  jump(501);
  assembled(1, 0x1000, 0x1100);
  builder_.startTrace(2, Begin::kFromDescr, 9, "");
  optimised(2);
  jump(500);
  jump(999);
  builder_.count(Counter::kLabel, 501, 1000);
  builder_.count(Counter::kLabel, 500, 3);
  builder_.count(Counter::kLabel, 4, 3);
  ASSERT_EQ(built().links(TraceId{0}).size(), 1u);
  EXPECT_EQ(built().links(TraceId{0})[0].target, TraceId{0});
  ASSERT_EQ(built().links(TraceId{1}).size(), 2u);
  EXPECT_EQ(built().links(TraceId{1})[0].target, TraceId{0});
  EXPECT_EQ(built().links(TraceId{1})[1].target, std::nullopt);
  EXPECT_EQ(trace(0).iterations, 1000u);
  EXPECT_EQ(built().info().counters, 3u);
  EXPECT_EQ(built().info().counters_of_others, 1u);
}

TEST_F(ForestTest, CallAssemblerGoesToTheLoopOrWhereItWasRedirected) {
  loop(1, 100, 0x1000);
  builder_.startTrace(2, Begin::kLoop, 0, "");
  optimised(2);
  op("call_assembler_r");
  builder_.addLink(LinkKind::kCallAssembler, 600, 1);
  op("call_assembler_r");
  builder_.addLink(LinkKind::kCallAssembler, 601, std::nullopt);
  op("call_assembler_r");
  builder_.addLink(LinkKind::kCallAssembler, 602, std::nullopt);
  builder_.redirect(601, 700, 0x1000);  // by address
  builder_.redirect(602, 701, 2);       // by number
  const auto links = built().links(TraceId{1});
  ASSERT_EQ(links.size(), 3u);
  EXPECT_EQ(links[0].target, TraceId{0});
  EXPECT_EQ(links[1].target, TraceId{0});
  EXPECT_EQ(links[2].target, TraceId{1});
  EXPECT_EQ(built().redirects()[0].trace, TraceId{0});
}

TEST_F(ForestTest, CountsStayAtTheLargestNumber) {
  loop(1, 100, 0x1000);
  builder_.count(Counter::kEntry, 1, UINT64_MAX);
  builder_.count(Counter::kEntry, 1, UINT64_MAX);
  EXPECT_EQ(trace(0).entries, UINT64_MAX);
}

TEST_F(ForestTest, AddressesUsedAgainBelongToTheLast) {
  loop(1, 100, 0x1000);
  loop(2, 101, 0x1000);
  loop(3, 102, 0x5000);
  builder_.startTrace(4, Begin::kLoop, 0, "");
  assembled(4, 0x0f00, 0x1080);
  const auto at = built().findCode(0x1010);
  ASSERT_TRUE(at);
  EXPECT_EQ(built().stage(at->stage).trace, TraceId{3});
  EXPECT_EQ(at->offset, 0x110u);
  EXPECT_TRUE(at->reused);
  const auto start = built().findCodeStart(0x1000);
  ASSERT_TRUE(start);
  EXPECT_EQ(built().stage(start->stage).trace, TraceId{1});
  EXPECT_TRUE(start->reused);
  EXPECT_FALSE(built().findCodeStart(0x1001));
  const auto alone = built().findCode(0x50ff);
  ASSERT_TRUE(alone);
  EXPECT_FALSE(alone->reused);
  EXPECT_FALSE(built().findCode(0x5100));
  EXPECT_FALSE(built().findCode(0));
  EXPECT_TRUE(trace(0).code_reused);
  EXPECT_TRUE(trace(1).code_reused);
  EXPECT_FALSE(trace(2).code_reused);
}

TEST_F(ForestTest, AttemptsThatCameToNothing) {
  builder_.startTrace(1, Begin::kLoop, 0, "");
  builder_.startTrace(2, Begin::kFromDescr, 3, "");
  builder_.abortTrace(2);
  builder_.abortTrace(99);
  builder_.beginStage(StageKind::kRecorded, 55, 0);  // never started
  op("int_add");
  EXPECT_EQ(trace(0).end, TraceEnd::kUnfinished);
  EXPECT_EQ(trace(1).end, TraceEnd::kAborted);
  EXPECT_EQ(trace(1).kind, TraceKind::kUnknown);
  EXPECT_EQ(trace(2).number, 99u);
  EXPECT_EQ(trace(3).kind, TraceKind::kUnknown);
  EXPECT_EQ(trace(3).recorded_operations, 1u);
  EXPECT_EQ(built().findTrace(55), TraceId{3});
  EXPECT_FALSE(built().findTrace(56));
}

TEST_F(ForestTest, StagesOfPiecesStayApart) {
  builder_.startTrace(7, Begin::kLoop, 0, "");
  for (int piece = 0; piece < 2; ++piece) {
    builder_.beginStage(StageKind::kRecorded, 7, 0);
    op("int_add");
    op("int_add");
    optimised(7);
    op("int_add");
    assembled(7, 0x1000 + piece * 0x1000, 0x1800 + piece * 0x1000);
  }
  const auto stages = built().stages(TraceId{0});
  ASSERT_EQ(stages.size(), 6u);
  EXPECT_EQ(built().stage(stages[2]).optimised, stages[1]);
  EXPECT_EQ(built().stage(stages[5]).optimised, stages[4]);
  EXPECT_EQ(trace(0).recorded_operations, 4u);
  EXPECT_EQ(trace(0).optimised_operations, 2u);
  EXPECT_EQ(trace(0).code_bytes, 0x1000u);
  const auto counts = built().operationCounts(stages[0]);
  ASSERT_EQ(counts.size(), 1u);
  EXPECT_EQ(counts[0].count, 2);
  EXPECT_EQ(built().operationName(counts[0].op), "int_add");
}

}  // namespace
}  // namespace pyrometer::jit
