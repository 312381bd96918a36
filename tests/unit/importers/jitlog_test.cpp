// Jitlogs as they come: of all versions, wrapped, cut, changed, hostile.

#include "daemon/importers/jitlog/jitlog.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <filesystem>

#include "daemon/jit/resume_place.h"
#include "tests/golden/dump.h"
#include "tests/unit/importers/log_maker.h"
#include "tests/unit/support/gzipped.h"
#include "tests/unit/support/scratch_folder.h"

namespace pyrometer {
namespace {

using jit::StageId;
using jit::TraceForest;
using jit::TraceId;
using jit::TraceKind;
using jitlog::readJitlog;
using test::gzipped;
using test::LogMaker;
using test::ScratchFolder;

/// A loop with a guard and a label, and a bridge on it.
LogMaker& loopAndBridge(LogMaker& log) {
  log.header();
  log.start(1, "loop").recorded(1).inputs("i0,i1").points().point("/a/app.py", 10, "work");
  log.op("int_add", "i2,i0,1").op("guard_true", "?,i2");
  log.optimised(1).inputs("i0,i1").op("label", "?,i0,i1,TargetToken(1)", 500);
  log.points()
      .point("/a/app.py", 10, "work")
      .op("int_add", "i2,i0,1")
      .point("/a/app.py", 11, "work", 4, "ADD");
  log.guard(600).op("jump", "?,i2,i1,TargetToken(1)", 500);
  log.assembled(1, 0x1000, 0x1100).op("int_add", "i2,i0,1").code(16, "\x90\x90").guard(600).code(18, "\x90");
  log.start(2, "bridge", 600).optimised(2).op("finish", "?,p1,<DoneWithThisFrameDescrRef object at 0x1>", 3);
  log.assembled(2, 0x2000, 0x2040).stitch(600, 0x2000);
  return log.counter(1, 'e', 3).counter(500, 'l', 70).counter(600, 'b', 9);
}

class Jitlog : public testing::Test {
 protected:
  std::shared_ptr<const TraceForest> read(std::string_view bytes, const jitlog::ReadOptions& options = {}) {
    const auto forest = readJitlog(folder_.write("a.jit", bytes), options);
    error_ = forest.ok() ? "" : forest.error().text();
    return forest.ok() ? *forest : nullptr;
  }
  std::string damageOf(std::string_view bytes) {
    const auto forest = read(bytes);
    if (!forest) return error_;
    return forest->info().damage.empty() ? "" : forest->info().damage[0].what;
  }
  /// All that can be asked, so that nothing of it can fail later.
  static void lookAtAll(const TraceForest& forest) {
    for (std::uint32_t i = 0; i < forest.allStages().size(); ++i) {
      ASSERT_TRUE(forest.read(StageId{i}).ok());
    }
    for (std::uint32_t i = 0; i < forest.traces().size(); ++i) {
      const auto parent = forest.traces()[i].parent;
      if (parent) {
        ASSERT_LT(index(*parent), i);
      }
    }
  }

  ScratchFolder folder_;
  std::string error_;
};

TEST_F(Jitlog, ABridgeBeginsAtTheInstructionOfTheGuardWhoseResumeDataItHas) {
  constexpr char kCopied[] = "?,i1,<ResumeGuardCopiedDescr object at 0x1>";
  LogMaker log;
  log.header().start(1, "loop").optimised(1).points();
  log.guard(599).point("/a/app.py", 10, "work").guard(600).point("/a/app.py", 11, "work", 4, "ADD");
  log.op("guard_true", kCopied, 601).op("jump", "?,i1", 1).assembled(1, 0x1000, 0x1100).guard(601);
  log.start(2, "bridge", 601).optimised(2).guard(700).points().point("/a/app.py", 12, "work");
  log.op("finish", "?,p1", 3).assembled(2, 0x2000, 0x2040).stitch(601, 0x2000);
  log.start(3, "bridge", 700).optimised(3).op("finish", "?,p1", 3).assembled(3, 0x3000, 0x3040);
  log.start(4, "bridge", 599).optimised(4).op("finish", "?,p1", 3).assembled(4, 0x4000, 0x4040);
  log.start(5, "bridge", 12345).optimised(5).op("finish", "?,p1", 3).assembled(5, 0x5000, 0x5040);
  const auto forest = read(log.bytes());
  ASSERT_TRUE(forest);
  for (const std::uint64_t number : {2, 3}) {
    const auto place = jit::resumePlace(*forest, *forest->findTrace(number));
    ASSERT_TRUE(place.ok() && *place) << number;
    EXPECT_EQ((*place)->point().line, 10u) << "where the guard before the copied one is";
    EXPECT_EQ((*place)->operation, 1u);
    EXPECT_EQ(forest->trace((*place)->trace).number, 1u);
  }
  for (const std::uint64_t number : {1, 4, 5}) {
    const auto place = jit::resumePlace(*forest, *forest->findTrace(number));
    EXPECT_TRUE(place.ok() && !*place) << number;
  }
}

TEST_F(Jitlog, RoomThatWasMadeAheadIsNoDamage) {
  LogMaker log;
  const std::string bytes = loopAndBridge(log).bytes();
  EXPECT_EQ(damageOf(bytes + std::string(3'000'000, '\0')), "");
  EXPECT_NE(damageOf(bytes + std::string(3'000'000, '\0') + "x"), "");
}

TEST_F(Jitlog, AllVersionsAndWidthsSayTheSame) {
  for (const int version : {1, 2, 3, 4}) {
    for (const bool narrow : {false, true}) {
      LogMaker log(version, narrow);
      const auto forest = read(loopAndBridge(log).bytes());
      ASSERT_TRUE(forest) << error_;
      EXPECT_TRUE(forest->info().damage.empty());
      ASSERT_EQ(forest->traces().size(), 2u);
      const jit::Trace& loop = forest->traces()[0];
      EXPECT_EQ(loop.kind, TraceKind::kLoop);
      EXPECT_EQ(loop.entries, 3u);
      EXPECT_EQ(loop.iterations, 70u);
      EXPECT_EQ(loop.failures, 9u);
      EXPECT_EQ(forest->traces()[1].parent, TraceId{0});
      EXPECT_EQ(forest->traces()[1].driver, version == 1 ? "" : "pypyjit");
      const auto body = forest->read(forest->stages(TraceId{0})[1]);
      ASSERT_TRUE(body.ok());
      ASSERT_EQ(body->operations.size(), 4u);
      EXPECT_EQ(body->inputs, "i0,i1");
      EXPECT_EQ(body->operations[1].result, "i2");
      EXPECT_EQ(body->operations[1].arguments, "i0,1");
      EXPECT_EQ(body->operations[2].result, "");
      EXPECT_EQ(body->operations[2].descr, "<ResumeGuardDescr object at 0x1>");
      EXPECT_EQ(body->operations[2].fail_arguments, version == 1 ? "" : "i1,-,p2");
      EXPECT_EQ(body->operations[2].merge_point, 2u);
      EXPECT_EQ(body->merge_points[1].opcode, "ADD");
      EXPECT_EQ(body->merge_points[1].bytecode_index, 4);
    }
  }
}

TEST_F(Jitlog, EveryCutGivesWhatIsBeforeIt) {
  for (const char* name :
       {"synth-v1.jit", "synth-v2.jit", "synth-v3.jit", "synth-v4-32bit.jit", "synth-v4.jit"}) {
    const std::string whole = test::contentOf(test::goldenPath(std::string("jitlog/") + name));
    std::size_t traces = 0, operations = 0, uncut = 0;
    for (std::size_t size = 1; size <= whole.size(); ++size) {
      const auto forest = read(std::string_view(whole).substr(0, size));
      ASSERT_TRUE(forest) << name << " cut at " << size << ": " << error_;
      uncut += forest->info().damage.empty() ? 1 : 0;
      ASSERT_LE(forest->info().damage.size(), 1u);
      ASSERT_GE(forest->traces().size(), traces);
      traces = forest->traces().size();
      std::size_t now = 0;
      for (const jit::Stage& stage : forest->allStages()) now += stage.operations;
      ASSERT_GE(now, operations);
      operations = now;
      lookAtAll(*forest);
    }
    EXPECT_EQ(traces, 2u);
    EXPECT_GT(uncut, 40u);  // where a mark ends
    EXPECT_LT(uncut, 100u);
  }
}

TEST_F(Jitlog, CutsOfARecordedOne) {
  const std::string whole = test::contentOf(test::goldenPath("jitlog/pypy7311-two-headers.jit"));
  std::size_t merge_points = 0;
  for (std::size_t size = 1; size <= whole.size(); size += 131) {
    const auto forest = read(std::string_view(whole).substr(0, size));
    ASSERT_TRUE(forest) << error_;
    std::size_t now = 0;
    for (const jit::Stage& stage : forest->allStages()) now += stage.merge_points;
    ASSERT_GE(now, merge_points);
    merge_points = now;
    lookAtAll(*forest);
  }
  EXPECT_GT(merge_points, 70u);
}

TEST_F(Jitlog, AMarkLargerThanTheWindowIsRead) {
  LogMaker log;
  log.header().start(1, "loop").optimised(1);
  for (int i = 0; i < 3; ++i) log.op("int_add", "i1," + std::string(3 << 20, 'x'));
  log.op("finish", "?,p1");
  const auto forest = read(log.bytes());
  ASSERT_TRUE(forest);
  EXPECT_TRUE(forest->info().damage.empty());
  const auto body = forest->read(StageId{0});
  ASSERT_TRUE(body.ok());
  ASSERT_EQ(body->operations.size(), 4u);
  EXPECT_EQ(body->operations[2].arguments.size(), std::size_t{3} << 20);
}

TEST_F(Jitlog, ATextOfFourGigabytesIsNoText) {
  LogMaker log;
  loopAndBridge(log);
  const std::size_t whole = log.size();
  log.mark(LogMaker::Mark::kInputArgs, std::string(4, '\xff'));
  EXPECT_NE(damageOf(log.bytes()).find("cut"), std::string::npos);
  // With the bytes to back it up, as far as anybody would believe.
  const std::string path = folder_.write("large.jit", log.bytes());
  std::filesystem::resize_file(path, std::uintmax_t{1} << 32);
  const auto forest = readJitlog(path);
  ASSERT_TRUE(forest.ok());
  ASSERT_EQ((*forest)->info().damage.size(), 1u);
  EXPECT_EQ((*forest)->info().damage[0].offset, whole);
  EXPECT_NE((*forest)->info().damage[0].what.find("larger than any"), std::string::npos);
  EXPECT_EQ((*forest)->traces().size(), 2u);
}

TEST_F(Jitlog, CountsOfAnySizeDoNotBeginAnew) {
  LogMaker log;
  loopAndBridge(log);
  for (int i = 0; i < 3; ++i) log.counter(1, 'e', std::uint64_t{1} << 63).counter(600, 'b', UINT64_MAX);
  const auto forest = read(log.bytes());
  ASSERT_TRUE(forest);
  EXPECT_EQ(forest->traces()[0].entries, UINT64_MAX);
  EXPECT_EQ(forest->traces()[0].failures, UINT64_MAX);
}

TEST_F(Jitlog, ManyMergePointFieldsCostWhatTheyTake) {
  LogMaker log;
  log.header().start(1, "loop").recorded(1);
  log.mark(LogMaker::Mark::kInitMergePoint, LogMaker::number(0xffff, 2) + "\1s");
  EXPECT_NE(damageOf(log.bytes()).find("cut"), std::string::npos);
}

TEST_F(Jitlog, NonsenseEndsTheReadingAndIsSaid) {
  const auto after = [this](auto&& add) {
    LogMaker log;
    loopAndBridge(log).recorded(1);
    const std::size_t whole = log.size();
    add(log);
    log.start(3, "loop");
    const auto forest = read(log.bytes());
    EXPECT_TRUE(forest) << error_;
    EXPECT_EQ(forest->traces().size(), 2u);
    EXPECT_EQ(forest->info().damage.size(), 1u);
    EXPECT_EQ(forest->info().damage[0].offset, whole);
    return forest->info().damage[0].what;
  };
  using Mark = LogMaker::Mark;
  EXPECT_NE(after([](LogMaker& log) { log.raw("\x42"); }).find("0x42"), std::string::npos);
  after([](LogMaker& log) { log.point("a.py", 1, "f"); });  // the stage told no fields
  after([](LogMaker& log) { log.mark(Mark::kCommonPrefix, std::string(1, '\5') + LogMaker::text("a")); });
  after([](LogMaker& log) { log.counter(1, 'x', 5); });
  after([](LogMaker& log) { log.mark(Mark::kInitMergePoint, LogMaker::number(1, 2) + "\x01z"); });
}

TEST_F(Jitlog, AMergePointWithAPrefixThatWasNeverSetIsDamage) {
  LogMaker log;
  log.header().recorded(1).points();
  log.mark(LogMaker::Mark::kMergePoint, std::string(1, '\xef') + std::string(40, '\0'));
  EXPECT_NE(damageOf(log.bytes()).find("makes no sense"), std::string::npos);
}

TEST_F(Jitlog, PrefixesAreOfTheirStage) {
  using Mark = LogMaker::Mark;
  LogMaker log;
  log.header().recorded(1).points().point("/a/app.py", 7, "work", 2, "LOAD_FAST");
  log.mark(Mark::kCommonPrefix, std::string(1, '\0') + LogMaker::text("/a/app.py"));
  log.mark(Mark::kCommonPrefix, std::string(1, '\2') + LogMaker::text("wo"));
  log.mark(Mark::kCommonPrefix, std::string(1, '\4') + LogMaker::text("LOAD_"));
  const std::string zero(1, '\0');
  log.mark(Mark::kMergePoint, "\xef" + zero + LogMaker::number(8, 8) + zero + LogMaker::text("man") + zero +
                                  LogMaker::number(6, 8) + zero + LogMaker::text("CONST"));
  const auto forest = read(log.bytes());
  ASSERT_TRUE(forest);
  EXPECT_TRUE(forest->info().damage.empty());
  const auto body = forest->read(StageId{0});
  ASSERT_TRUE(body.ok());
  ASSERT_EQ(body->merge_points.size(), 2u);
  EXPECT_EQ(body->merge_points[0].function, "work");
  EXPECT_EQ(body->merge_points[1].file, "/a/app.py");
  EXPECT_EQ(body->merge_points[1].function, "woman");
  EXPECT_EQ(body->merge_points[1].opcode, "LOAD_CONST");
  EXPECT_EQ(body->merge_points[1].line, 8u);
  // The next stage knows nothing of them.
  log.recorded(1).points().mark(Mark::kMergePoint, "\xef");
  EXPECT_NE(damageOf(log.bytes()), "");
}

TEST_F(Jitlog, MarksBeforeAnyStageAreLeftOut) {
  LogMaker log;
  log.header().op("int_add", "i1,i2,i3").inputs("i0").start(1, "loop").recorded(1).op("int_add", "i1,i2,i3");
  const auto forest = read(log.bytes());
  ASSERT_TRUE(forest);
  ASSERT_EQ(forest->allStages().size(), 1u);
  EXPECT_EQ(forest->stage(StageId{0}).operations, 1u);
  ASSERT_EQ(forest->info().damage.size(), 1u);
  EXPECT_NE(forest->info().damage[0].what.find("2 marks"), std::string::npos);
}

/// A recording that was cut at the limit of a trace, compiled as it is: without a START_TRACE of its own.
TEST_F(Jitlog, ASegmentIsOfTheTraceThatWasStartedLast) {
  LogMaker log;
  log.header().start(1, "loop");
  for (const std::uint64_t code : {0x1000, 0x3000}) {
    log.recorded(1).inputs("i0").points().point("/a/app.py", 10, "work").op("int_add", "i2,i0,1");
    log.optimised(1).inputs("i0").op("int_add", "i2,i0,1");
    log.assembled(1, code, code + 0x100).op("int_add", "i2,i0,1").code(16, "\x90");
  }
  const auto forest = read(log.bytes());
  ASSERT_TRUE(forest) << error_;
  EXPECT_TRUE(forest->info().damage.empty());
  ASSERT_EQ(forest->traces().size(), 1u);
  EXPECT_EQ(forest->stages(TraceId{0}).size(), 6u);
  for (const std::uint64_t address : {0x1080, 0x3080}) {
    const auto hit = forest->findCode(address);
    ASSERT_TRUE(hit);
    ASSERT_TRUE(forest->stage(hit->stage).optimised);
    EXPECT_EQ(index(*forest->stage(hit->stage).optimised) + 1, index(hit->stage))
        << "the one right before it";
  }
  lookAtAll(*forest);
}

TEST_F(Jitlog, ALogThatEndsWithItsTableHasNoTraces) {
  LogMaker log;
  const auto forest = read(log.header().bytes());
  ASSERT_TRUE(forest) << error_;
  EXPECT_TRUE(forest->traces().empty());
  EXPECT_TRUE(forest->info().damage.empty());
}

TEST_F(Jitlog, OperationsWithoutANameHaveTheirNumber) {
  LogMaker log;
  log.header().recorded(1).op("nobody knows this", "i1,i2");
  const auto forest = read(log.bytes());
  ASSERT_TRUE(forest);
  const auto body = forest->read(StageId{0});
  ASSERT_TRUE(body.ok());
  EXPECT_EQ(forest->operationName(body->operations[0].op), "operation 999");
}

TEST_F(Jitlog, ANewerVersionIsReadAndSaid) {
  LogMaker log(9);
  const auto forest = read(loopAndBridge(log).bytes());
  ASSERT_TRUE(forest);
  EXPECT_EQ(forest->traces().size(), 2u);
  ASSERT_EQ(forest->info().notes.size(), 1u);
  EXPECT_NE(forest->info().notes[0].find("version 9"), std::string::npos);
}

TEST_F(Jitlog, ASecondHeaderIsPassedOverAnotherLogIsNot) {
  LogMaker log;
  loopAndBridge(log).header().start(3, "loop");
  auto forest = read(log.bytes());
  ASSERT_TRUE(forest);
  EXPECT_EQ(forest->traces().size(), 3u);
  EXPECT_EQ(forest->info().headers, 2u);
  EXPECT_TRUE(forest->info().damage.empty());
  LogMaker other(4, true);
  const std::size_t whole = log.size();
  forest = read(log.raw(loopAndBridge(other).bytes()).bytes());
  ASSERT_TRUE(forest);
  EXPECT_EQ(forest->traces().size(), 3u);
  ASSERT_EQ(forest->info().damage.size(), 1u);
  EXPECT_EQ(forest->info().damage[0].offset, whole);
}

TEST_F(Jitlog, WhatIsNoneIsDeclined) {
  EXPECT_FALSE(read(""));
  EXPECT_NE(error_.find("is empty"), std::string::npos);
  EXPECT_FALSE(read("hello"));
  EXPECT_NE(error_.find("is no log of PyPy's JIT"), std::string::npos);
  EXPECT_FALSE(read(std::string("\x1e\0\0\0\0\0\0\0\0\0", 10)));  // version 0
  EXPECT_FALSE(readJitlog(folder_.path()).ok());
  EXPECT_FALSE(readJitlog(folder_ / "nothing").ok());
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  const auto pipe = readJitlog(folder_ / "pipe");
  ASSERT_FALSE(pipe.ok());
  EXPECT_NE(pipe.error().text().find("no regular file"), std::string::npos);
}

TEST_F(Jitlog, GzipIsUnwrappedAndCutAnywhere) {
  LogMaker log;
  const std::string wrapped = gzipped(loopAndBridge(log).bytes());
  const auto forest = read(wrapped);
  ASSERT_TRUE(forest) << error_;
  EXPECT_EQ(forest->traces().size(), 2u);
  EXPECT_TRUE(forest->info().damage.empty());
  lookAtAll(*forest);
  std::size_t opened = 0;
  for (std::size_t size = 3; size < wrapped.size(); ++size) {
    const auto cut = read(std::string_view(wrapped).substr(0, size));
    if (!cut) continue;
    ++opened;
    EXPECT_FALSE(cut->info().damage.empty());
    lookAtAll(*cut);
  }
  EXPECT_GT(opened, wrapped.size() / 2);
}

TEST_F(Jitlog, ABombIsNotInflated) {
  EXPECT_FALSE(read(gzipped(std::string(std::size_t{70} << 20, '\x1e'))));
  EXPECT_NE(error_.find("hundredth"), std::string::npos) << error_;
}

std::string zipped(const ScratchFolder& folder,
                   const std::vector<std::pair<std::string, std::string>>& files) {
  const std::string path = folder / "made.zip";
  std::filesystem::remove(path);
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE, nullptr);
  for (const auto& [name, bytes] : files) {
    zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
    EXPECT_GE(zip_file_add(archive, name.c_str(), source, 0), 0);
  }
  EXPECT_EQ(zip_close(archive), 0);
  return path;
}

TEST_F(Jitlog, AZipHoldsOneLog) {
  LogMaker log;
  const std::string bytes = loopAndBridge(log).bytes();
  const auto one = readJitlog(zipped(folder_, {{"app.jit", bytes}}));
  ASSERT_TRUE(one.ok()) << one.error().text();
  EXPECT_EQ((*one)->traces().size(), 2u);
  const auto two = readJitlog(zipped(folder_, {{"app.jit", bytes}, {"other.jit", bytes}}));
  ASSERT_FALSE(two.ok());
  EXPECT_NE(two.error().text().find("2 files: app.jit, other.jit"), std::string::npos) << two.error().text();
  // Cut: the directory at its end is gone, the log is there.
  const std::string path = zipped(folder_, {{"app.jit", bytes}});
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 30);
  const auto cut = readJitlog(path);
  ASSERT_TRUE(cut.ok()) << cut.error().text();
  EXPECT_EQ((*cut)->traces().size(), 2u);
  EXPECT_FALSE((*cut)->info().damage.empty());
}

TEST_F(Jitlog, AFileThatChangedIsAnErrorAndNotALie) {
  LogMaker log;
  const std::string bytes = loopAndBridge(log).bytes();
  auto forest = read(bytes);
  ASSERT_TRUE(forest);
  ASSERT_TRUE(forest->read(StageId{0}).ok());
  std::filesystem::resize_file(folder_ / "a.jit", bytes.size() / 2);
  const auto shorter = forest->read(StageId{0});
  ASSERT_FALSE(shorter.ok());
  EXPECT_NE(shorter.error().text().find("changed"), std::string::npos);

  forest = read(bytes);
  ASSERT_TRUE(forest);
  // The same size, an hour later.
  const auto written = std::filesystem::last_write_time(folder_ / "a.jit");
  folder_.write("a.jit", std::string(bytes.size(), '\x17'));
  std::filesystem::last_write_time(folder_ / "a.jit", written + std::chrono::hours(1));
  EXPECT_FALSE(forest->read(StageId{0}).ok());
}

TEST_F(Jitlog, AFileThatShrinksWhileItIsReadIsAnError) {
  LogMaker log;
  log.header();
  while (log.size() < std::size_t{5} << 20) log.recorded(1).op("int_add", std::string(100000, 'x'));
  const jitlog::ReadOptions options = {
      .progress = [&](ReadProgress) { std::filesystem::resize_file(folder_ / "a.jit", 1000); }};
  EXPECT_FALSE(read(log.bytes(), options));
  EXPECT_NE(error_.find("shorter"), std::string::npos) << error_;
}

TEST_F(Jitlog, AReadingIsToldAndCanBeCancelled) {
  LogMaker log;
  const std::string bytes = loopAndBridge(log).bytes();
  std::uint64_t read_to = 0;
  ASSERT_TRUE(read(bytes, {.progress = [&](ReadProgress now) { read_to = now.read; }}));
  EXPECT_EQ(read_to, bytes.size());
  std::stop_source stop;
  stop.request_stop();
  for (const std::string& wrapped : {bytes, gzipped(bytes)}) {
    EXPECT_FALSE(read(wrapped, {.stop = stop.get_token()}));
    EXPECT_NE(error_.find("cancelled"), std::string::npos);
  }
}

TEST_F(Jitlog, DescrTextsMayHaveCommas) {
  LogMaker log;
  log.header().optimised(1).op("call_assembler_r", "p5,i1,<Calli 8 r(i,i) EF=4>", 9);
  log.op("label", "?,i0,<FieldP a.B<x,y>.inst_c 8>", 4).op("label", "?", 4);
  const auto forest = read(log.bytes());
  ASSERT_TRUE(forest);
  const auto body = forest->read(StageId{0});
  ASSERT_TRUE(body.ok());
  EXPECT_EQ(body->operations[0].arguments, "i1");
  EXPECT_EQ(body->operations[0].descr, "<Calli 8 r(i,i) EF=4>");
  EXPECT_EQ(body->operations[1].descr, "<FieldP a.B<x,y>.inst_c 8>");
  EXPECT_EQ(body->operations[2].descr, "");
  EXPECT_EQ(body->operations[2].arguments, "");
}

}  // namespace
}  // namespace pyrometer
