#include "daemon/importers/samplestream/samplestream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "daemon/profile/thread_title.h"
#include "tests/golden/dump.h"
#include "tests/unit/importers/imported_stream.h"

namespace pyrometer {
namespace {

using namespace test;
using stream::Block;

TEST(SampleStream, StacksAreDifferencesToTheLastOne) {
  StreamMaker maker = oneThread();
  maker.inside(
      0, threeCodes() +
             sample({.wall = kStart + 200, .cpu = 50, .fresh = {python(1, at(1)), python(0, at(2))}}) +
             sample({.wall = 100, .cpu = 100, .keep = 1, .fresh = {python(2, at(1)), python(1, at(2))}}) +
             sample({.wall = 100, .cpu = 100, .keep = 3}) + sample({.wall = 100, .cpu = 90, .keep = 1}));
  maker.batchEnd(kStart + 1000);
  const Imported profile = import(maker.bytes());
  EXPECT_EQ(profile.stacks(), (Strings{"<module>:3;C.work:11", "<module>:3;C.work:12;helper:21",
                                       "<module>:3;C.work:12;helper:21", "<module>:3"}));
  EXPECT_EQ(profile.weights(), (Numbers{50, 100, 100, 90}));
  EXPECT_EQ(profile.times(), (Times{200, 300, 400, 500}));
  EXPECT_EQ(profile->info().interpreter, "CPython 3.11.2");
  EXPECT_EQ(profile->info().duration_ns, 1000);
  EXPECT_EQ(profile->string(profile->thread(profile->sample(0).thread).name), "MainThread");
  EXPECT_EQ(profile->thread(profile->sample(0).thread).tid, 43);
  EXPECT_TRUE(profile->info().damage.empty());
}

TEST(SampleStream, AnyCuttingIntoPiecesGivesTheSame) {
  StreamMaker maker = oneThread();
  maker.inside(0,
               threeCodes() +
                   sample({.wall = kStart + 200, .cpu = 50, .fresh = {python(1, at(1)), python(0, at(2))}}));
  maker.inside(0, sample({.wall = 100, .cpu = 100, .keep = 1, .fresh = {python(2, at(1))}}));
  maker.batchEnd(kStart + 1000);
  const Imported whole = import(maker.bytes());
  for (std::size_t piece = 1; piece < 40; ++piece) {
    const Imported pieces = import(maker.bytes(), Mode::kCpu, piece);
    EXPECT_EQ(pieces.stacks(), whole.stacks()) << "pieces of " << piece;
    EXPECT_EQ(pieces.weights(), whole.weights());
  }
}

TEST(SampleStream, SamplesWaitForTheirBatchAndComeInOrderOfTime) {
  StreamMaker maker = oneThread();
  maker.thread(1, 0, 44, kStart + 150);
  ProfileBuilder builder;
  const auto reader = openSampleStream(builder);
  maker.inside(0, threeCodes() + sample({.wall = kStart + 200, .cpu = 10, .fresh = {python(0, at(0))}}) +
                      sample({.wall = 200, .cpu = 10, .keep = 1}));
  maker.inside(1, sample({.wall = kStart + 300, .cpu = 20, .fresh = {python(1, at(0))}}));
  ASSERT_TRUE(reader->feed(maker.span()).ok());
  EXPECT_EQ(builder.sampleCount(), 0u);
  StreamMaker end;
  end.batchEnd(kStart + 350);
  ASSERT_TRUE(reader->feed(end.span().subspan(sizeof stream::kStreamMagic)).ok());
  EXPECT_EQ(builder.sampleCount(), 2u);
  ASSERT_TRUE(reader->finish().ok());
  const Imported profile{builder.snapshot()};
  EXPECT_EQ(profile.stacks(), (Strings{"<module>:1", "C.work:10", "<module>:1"}));
  EXPECT_EQ(profile.times(), (Times{200, 300, 400}));
}

TEST(SampleStream, CodeDescribedByAnotherThreadInTheSameBatchIsKnown) {
  StreamMaker maker = oneThread();
  maker.thread(1, 0, 44, kStart);
  maker.inside(0, sample({.wall = kStart + 200, .cpu = 10, .fresh = {python(1, at(1))}}));
  maker.inside(1, threeCodes());
  maker.batchEnd(kStart + 1000);
  const Imported profile = import(maker.bytes());
  EXPECT_EQ(profile.stacks(), Strings{"C.work:11"});
  EXPECT_EQ(profile->info().unknown_code_samples, 0u);
}

TEST(SampleStream, CodeThatIsDescribedLaterIsKnownFromThenOn) {
  StreamMaker maker = oneThread();
  maker.inside(0, sample({.wall = kStart + 200, .cpu = 10, .fresh = {python(1, at(1))}}));
  maker.batchEnd(kStart + 300);
  maker.inside(0, threeCodes() + sample({.wall = 200, .cpu = 10, .keep = 1}));
  maker.batchEnd(kStart + 500);
  const Imported profile = import(maker.bytes());
  EXPECT_EQ(profile.stacks(), (Strings{"(unknown code)", "C.work:11"}));
  EXPECT_EQ(profile->info().unknown_code_samples, 1u);
}

TEST(SampleStream, CodeThatCouldNotBeReadIsUnknown) {
  StreamMaker maker = oneThread();
  maker.inside(0, code({.reference = 1, .flags = stream::kNotReadable}) +
                      sample({.wall = kStart + 200, .cpu = 10, .fresh = {python(1, at(1))}}));
  const Imported profile = import(maker.bytes());
  EXPECT_EQ(profile.stacks(), Strings{"(unknown code)"});
  EXPECT_EQ(profile->info().unknown_code_samples, 1u);
}

TEST(SampleStream, FramesNotBegunAreOnTheFirstLine) {
  StreamMaker maker = oneThread();
  maker.inside(
      0, threeCodes() + sample({.wall = kStart + 200, .cpu = 10, .fresh = {python(1, 0), python(0, at(1))}}));
  EXPECT_EQ(import(maker.bytes()).stacks(), Strings{"<module>:2;C.work:10"});
}

TEST(SampleStream, WhatAModuleBeginsWithIsOnItsFirstLine) {
  StreamMaker maker = oneThread();
  maker.inside(0, code({.reference = 0,
                        .first_line = 1,
                        .name = "<module>",
                        .qualified_name = "<module>",
                        .file = "<string>",
                        .table = locations(1, {0, 4})}) +
                      sample({.wall = kStart + 200, .cpu = 10, .fresh = {python(0, at(0))}}) +
                      sample({.wall = 10, .cpu = 10, .fresh = {python(0, at(1))}}));
  EXPECT_EQ(import(maker.bytes()).stacks(), (Strings{"<module>:1", "<module>:4"}));
}

TEST(SampleStream, PrefixOfALineTableIsEnoughIfThePlaceIsInIt) {
  const std::string table = locations(10, {10, 11, 12, 13});
  const std::string begin = table.substr(0, 4);  // two instructions
  StreamMaker maker = oneThread();
  maker.inside(0, code({.reference = 1,
                        .first_line = 10,
                        .name = "work",
                        .qualified_name = "work",
                        .file = "app.py",
                        .table = begin,
                        .table_size = table.size()}) +
                      sample({.wall = kStart + 200, .cpu = 10, .fresh = {python(1, at(1))}}) +
                      sample({.wall = 10, .cpu = 10, .fresh = {python(1, at(3))}}));
  StreamMaker late = maker;
  // The second sample waits for the rest of the table,
  maker.batchEnd(kStart + 300);
  maker.inside(0, lineTable(1, 4, table.substr(4)) + sample({.wall = 200, .cpu = 10, .keep = 1}));
  const Imported profile = import(maker.bytes());
  EXPECT_EQ(profile.stacks(), (Strings{"work:11", "work:13", "work:13"}));
  // but not for ever.
  late.batchEnd(kStart + 1'010'000'300);
  late.inside(0, lineTable(1, 4, table.substr(4)) + sample({.wall = 1'020'000'000, .cpu = 10, .keep = 1}));
  const Imported unknown = import(late.bytes());
  EXPECT_EQ(unknown.stacks(), (Strings{"work:11", "work", "work:13"}));
}

TEST(SampleStream, NativeFramesAreNamedByTheirModule) {
  StreamMaker maker = oneThread();
  maker.block(Block::kModule, varint(0) + varint(0) + varint(0x7f0000) + varint(0x7f9000) + varint(0x1000) +
                                  text("/usr/lib/libm.so.6") + text("abcd"));
  maker.inside(0, threeCodes() + sample({.wall = kStart + 200,
                                         .cpu = 10,
                                         .fresh = {native(0x7f0123), native(0x500), python(0, at(0))}}));
  const Imported profile = import(maker.bytes());
  EXPECT_EQ(profile.stacks(), Strings{"<module>:1;(machine code of no file);libm.so.6+0x1123"});
  EXPECT_EQ(profile->sample(0).state.vm, VmState::kNative);
  const auto leaf = profile->frame(profile->stack(profile->sample(0).stack).frame).function;
  EXPECT_EQ(profile->function(leaf).kind, FunctionKind::kNative);
}

std::string symbol(const char* module, std::uint64_t offset, const char* function, std::uint64_t begin,
                   const char* file = "", std::uint64_t line = 0) {
  return text(module) + varint(offset) + text(function) + varint(begin + 1) + text(file) + varint(line);
}

TEST(SampleStream, NativeFramesHaveTheNamesThatTheStreamGives) {
  StreamMaker maker = oneThread();
  maker.block(Block::kModule, varint(0) + varint(0) + varint(0x1000) + varint(0x2000) + varint(0x100) +
                                  text("/usr/lib/fast.so") + text("abcd"));
  maker.block(Block::kSymbol, symbol("abcd", 0x110, "transform", 0x108, "/src/fast.c", 12));
  maker.block(Block::kSymbol, symbol("abcd", 0x120, "", 0x118));
  maker.block(Block::kSymbol, symbol("other", 0x130, "not_this", 0x128));
  maker.inside(0,
               threeCodes() +
                   sample({.wall = kStart + 200,
                           .cpu = 10,
                           .fresh = {native(0x1010), native(0x1020), native(0x1030), python(0, at(0))}}) +
                   sample({.wall = 200, .cpu = 10, .fresh = {native(0x1010), native(0), python(0, at(0))}}));
  const Imported profile = import(maker.bytes());
  EXPECT_EQ(profile.stacks(), (Strings{"<module>:1;fast.so+0x130;fast.so+0x118;transform:12",
                                       "<module>:1;(native callers not known);transform:12"}));
  const auto leaf = profile->frame(profile->stack(profile->sample(0).stack).frame).function;
  const File& file = profile->file(profile->function(leaf).file);
  EXPECT_EQ(profile->string(file.path), "/src/fast.c");
  EXPECT_EQ(file.owner, Owner::kNative);
}

TEST(SampleStream, MachineryOfTheInterpreterIsLeftOut) {
  StreamMaker maker = oneThread();
  maker.block(Block::kModule, varint(0) + varint(0) + varint(0x1000) + varint(0x2000) + varint(0) +
                                  text("/usr/bin/python3.11") + text("py"));
  maker.block(Block::kModule, varint(1) + varint(0) + varint(0x3000) + varint(0x4000) + varint(0) +
                                  text("/lib/libc.so.6") + text("c"));
  maker.block(Block::kSymbol, symbol("py", 0x10, "PyObject_Vectorcall", 0x8));
  maker.block(Block::kSymbol, symbol("py", 0x20, "list_sort_impl", 0x18));
  maker.block(Block::kSymbol, symbol("py", 0x30, "pymain_nameless_part", 0x28));
  maker.block(Block::kSymbol, symbol("c", 0x10, "__libc_start_main_impl", 0x8));
  maker.block(Block::kSymbol, symbol("c", 0x20, "PyObject_Vectorcall", 0x18));
  const auto start = std::vector{native(0x1030), native(0x3010)};
  const auto onTop = [&](std::vector<StreamFrame> frames) {
    frames.insert(frames.end(), start.begin(), start.end());
    return frames;
  };
  maker.inside(
      0,
      threeCodes() +
          sample({.wall = kStart + 200,
                  .cpu = 10,
                  .fresh = onTop({native(0x1010), native(0x1020), native(0x1010), python(0, at(0))})}) +
          // The same name in another file is another function.
          sample({.wall = 200, .cpu = 10, .fresh = onTop({native(0x3020), python(0, at(0))})}) +
          // Machinery at the leaf is its caller's own time; nothing but machinery is a thread without Python.
          sample({.wall = 200, .cpu = 10, .fresh = onTop({native(0x1010), python(0, at(0))})}) +
          sample({.wall = 200, .cpu = 10, .flags = stream::kNoPython, .fresh = onTop({})}));
  const Imported profile = import(maker.bytes());
  EXPECT_EQ(profile.stacks(), (Strings{"<module>:1;list_sort_impl", "<module>:1;PyObject_Vectorcall",
                                       "<module>:1", "(no Python code)"}));
  EXPECT_EQ(profile->sample(0).state.vm, VmState::kNative);
  EXPECT_EQ(profile->sample(2).state.vm, VmState::kInterpreter);
}

TEST(SampleStream, ElidedFramesAreOneFunctionInTheMiddle) {
  std::vector<StreamFrame> deep(stream::kMaxFrames, python(1, at(0)));
  deep.back() = python(0, at(0));
  StreamMaker maker = oneThread();
  maker.inside(
      0,
      threeCodes() +
          sample({.wall = kStart + 200, .cpu = 10, .flags = stream::kElided, .elided = 5000, .fresh = deep}) +
          sample({.wall = 10, .cpu = 10, .keep = stream::kMaxFrames}) +
          sample({.wall = 10, .cpu = 10, .flags = stream::kElided, .elided = 7, .keep = stream::kMaxFrames}) +
          sample({.wall = 10, .cpu = 10, .keep = 2}));
  const Imported profile = import(maker.bytes());
  ASSERT_EQ(profile->sampleCount(), 4u);
  const auto depth = [&](std::size_t row) { return profile->stack(profile->sample(row).stack).depth; };
  EXPECT_EQ(depth(0), stream::kMaxFrames + 1);
  EXPECT_EQ(depth(1), stream::kMaxFrames);
  EXPECT_EQ(profile->sample(0).stack, profile->sample(2).stack);
  EXPECT_EQ(profile.stack(3), "<module>:1;C.work:10");
  std::optional<StackId> node = profile->sample(0).stack;
  for (std::uint32_t i = 0; i < stream::kLeafFrames; ++i) node = profile->stack(*node).parentId();
  const Function& function = profile->function(profile->frame(profile->stack(*node).frame).function);
  EXPECT_EQ(function.kind, FunctionKind::kElided);
  EXPECT_EQ(profile->string(function.name), "(frames left out)");
}

TEST(SampleStream, ATornStackSaysSoAtItsRoot) {
  StreamMaker maker = oneThread();
  maker.inside(
      0, threeCodes() +
             sample({.wall = kStart + 200, .cpu = 10, .flags = stream::kTorn, .fresh = {python(1, at(0))}}) +
             sample({.wall = 10, .cpu = 10, .keep = 1}));
  EXPECT_EQ(import(maker.bytes()).stacks(), (Strings{"(callers not readable);C.work:10", "C.work:10"}));
}

TEST(SampleStream, AThreadWithoutPythonFramesIsASample) {
  StreamMaker maker = oneThread();
  maker.inside(0, sample({.wall = kStart + 200, .cpu = 10, .flags = stream::kNoPython}));
  const Imported profile = import(maker.bytes());
  EXPECT_EQ(profile.stacks(), Strings{"(no Python code)"});
  EXPECT_EQ(profile->sample(0).state.vm, VmState::kNative);
}

TEST(SampleStream, AThreadAsleepWhoseMemoryMayNotBeReadKeepsItsLastStack) {
  StreamMaker maker = oneThread();
  const auto asleep = [](std::uint64_t count, std::uint64_t first, std::uint64_t last) {
    return varint(0) + varint(count) + varint(first) + varint(last);
  };
  maker.block(stream::Block::kAsleep, asleep(1, kStart + 50, kStart + 50));  // of no stack
  maker.inside(0, threeCodes() + sample({.wall = kStart + 100, .cpu = 10, .fresh = {python(1, at(0))}}));
  maker.block(stream::Block::kAsleep, asleep(3, kStart + 200, kStart + 400));
  maker.inside(0, sample({.wall = 350, .cpu = 10, .fresh = {python(2, at(0))}}));
  maker.batchEnd(kStart + 1000);
  const Imported profile = import(maker.bytes(), Mode::kWall);
  ASSERT_EQ(profile->sampleCount(), 5u);
  for (std::size_t row = 1; row <= 3; ++row) {
    EXPECT_EQ(profile->sample(row).stack, profile->sample(0).stack);
    EXPECT_EQ(profile->sample(row).state.thread, ThreadState::kOffCpu);
    EXPECT_EQ(profile->sample(row).weight, 100u);
  }
  EXPECT_NE(profile->sample(4).stack, profile->sample(0).stack);
  EXPECT_EQ(profile->sample(4).weight, 50u) << "the sleep is not its own";
}

TEST(SampleStream, AnInterpreterThatShutsDownIsNamed) {
  StreamMaker maker = oneThread();
  maker.inside(0, sample({.wall = kStart + 200, .cpu = 10, .flags = stream::kNoPython | stream::kShutdown}));
  EXPECT_EQ(import(maker.bytes()).stacks(), Strings{"(interpreter shutting down)"});
}

TEST(SampleStream, StatesComeFromFlags) {
  StreamMaker maker = oneThread();
  const auto with = [](unsigned flags) {
    return sample({.wall = kStart, .cpu = 10, .flags = flags, .fresh = {python(0, at(0))}});
  };
  maker.inside(0, threeCodes() + with(stream::kStateRunning) + with(stream::kStateWaitsForGil) +
                      with(stream::kStateOffCpu) + with(stream::kGcRunning) + with(stream::kJitCode));
  const Imported profile = import(maker.bytes());
  ASSERT_EQ(profile->sampleCount(), 5u);
  EXPECT_EQ(profile->sample(0).state.thread, ThreadState::kRunning);
  EXPECT_EQ(profile->sample(0).state.vm, VmState::kInterpreter);
  EXPECT_EQ(profile->sample(1).state.thread, ThreadState::kWaitingForGil);
  EXPECT_EQ(profile->sample(2).state.thread, ThreadState::kOffCpu);
  EXPECT_EQ(profile->sample(3).state.thread, ThreadState::kUnknown);
  EXPECT_EQ(profile->sample(3).state.vm, VmState::kGc);
  EXPECT_EQ(profile->sample(4).state.vm, VmState::kJit);
}

TEST(SampleStream, WallWeightsCountFromTheThreadsLastSampleOfEitherSource) {
  StreamMaker maker = oneThread();  // the thread begins at 100
  maker.outside(
      0,
      code({.reference = 5, .name = "f", .qualified_name = "f", .file = "a.py", .table = locations(1, {1})}) +
          sample({.wall = kStart + 350, .fresh = {python(5, at(0))}}) + repeat(3, 300));
  maker.inside(0, threeCodes() + sample({.wall = kStart + 200, .cpu = 10, .fresh = {python(0, at(0))}}) +
                      sample({.wall = 200, .cpu = 10, .keep = 1}));
  const Imported profile = import(maker.bytes(), Mode::kWall);
  EXPECT_EQ(profile.times(), (Times{200, 350, 400, 450, 550, 650}));
  EXPECT_EQ(profile.weights(), (Numbers{100, 150, 50, 50, 100, 100}));
  EXPECT_EQ(profile.stacks(), (Strings{"<module>:1", "f:1", "<module>:1", "f:1", "f:1", "f:1"}));
}

TEST(SampleStream, LooksFromOutsideWeighWallTimeInCpuMode) {
  StreamMaker maker = oneThread();
  const auto look = [](std::uint64_t wall, unsigned state) {
    return sample({.wall = wall, .flags = state, .fresh = {python(0, at(0))}});
  };
  maker.outside(0, threeCodes() + look(kStart + 200, stream::kStateRunning) +
                       look(50, stream::kStateRunning) + look(50, stream::kStateOffCpu) + repeat(1, 1000) +
                       look(30, stream::kStateRunning));
  const Imported profile = import(maker.bytes());
  EXPECT_EQ(profile.weights(), (Numbers{100, 50, 30}));
}

TEST(SampleStream, AMarkIsNoSampleAndTheNextOneCountsFromIt) {
  for (const Mode mode : {Mode::kCpu, Mode::kWall}) {
    StreamMaker maker = oneThread();
    maker.outside(0, threeCodes() + sample({.wall = kStart + 200, .cpu = 5000, .flags = stream::kMark}) +
                         sample({.wall = 70, .cpu = 40, .fresh = {python(0, at(0))}}));
    const Imported profile = import(maker.bytes(), mode);
    EXPECT_EQ(profile.weights(), (Numbers{mode == Mode::kCpu ? 40U : 70U}));
    EXPECT_EQ(profile.times(), (Times{270}));
  }
}

TEST(SampleStream, TimeGivenToALookFromOutsideIsNotGivenTwice) {
  StreamMaker maker = oneThread();
  maker.inside(0, threeCodes() + sample({.wall = kStart + 200, .cpu = 90, .fresh = {python(0, at(0))}}) +
                      sample({.wall = 1000, .cpu = 800, .keep = 1}));
  maker.outside(0, threeCodes() + sample({.wall = kStart + 700, .fresh = {python(0, at(0))}}));
  EXPECT_EQ(import(maker.bytes()).weights(), (Numbers{90, 500, 300}));
}

TEST(SampleStream, AfterExecTheCpuClockOfTheThreadGoesOn) {
  StreamMaker maker = oneThread();
  maker.inside(0, threeCodes() + sample({.wall = kStart + 200, .cpu = 5000, .fresh = {python(0, at(0))}}));
  maker.process(1, 42, kStart + 300, 1);
  maker.thread(1, 1, 43, kStart + 300);
  maker.inside(1, threeCodes() + sample({.wall = kStart + 400, .cpu = 5100, .fresh = {python(0, at(0))}}));
  EXPECT_EQ(import(maker.bytes()).weights(), (Numbers{5000, 100}));
}

TEST(SampleStream, CodeReferencesBelongToTheProcessAndTheSource) {
  StreamMaker maker = oneThread();
  maker.process(1, 50, kStart);
  maker.thread(1, 1, 50, kStart);
  const auto named = [](const char* name) {
    return code(
        {.reference = 0, .name = name, .qualified_name = name, .file = "a.py", .table = locations(1, {1})});
  };
  const std::string seen = sample({.wall = kStart + 200, .cpu = 1, .fresh = {python(0, at(0))}});
  maker.inside(0, named("in") + seen);
  maker.outside(0, named("out") + seen);
  maker.inside(1, named("other") + seen);
  EXPECT_EQ(import(maker.bytes()).stacks(), (Strings{"in:1", "out:1", "other:1"}));
}

TEST(SampleStream, MemoryDropsNotesAndNames) {
  StreamMaker maker = oneThread();
  maker.block(Block::kMemory, varint(0) + varint(kStart + 500) + varint(12'345'678));
  maker.block(Block::kDrop, varint(1) + byte(static_cast<unsigned>(DropReason::kRingFull)) + varint(7));
  maker.block(Block::kDrop, varint(0) + byte(static_cast<unsigned>(DropReason::kUnanswered)) + varint(2));
  maker.block(Block::kNote, text("something did not work"));
  maker.block(Block::kNote, text("something did not work"));
  maker.block(Block::kThreadName, varint(0) + text("worker"));
  maker.block(Block::kProcessEnd, varint(0) + varint(kStart + 900) + varint(256));
  const Imported profile = import(maker.bytes());
  ASSERT_EQ(profile->memory().size(), 1u);
  EXPECT_EQ(profile->memory()[0].time, 500);
  EXPECT_EQ(profile->memory()[0].rss, 12'345'678u);
  EXPECT_EQ(profile->info().drops[static_cast<int>(DropReason::kRingFull)], 7u);
  EXPECT_EQ(profile->info().drops[static_cast<int>(DropReason::kUnanswered)], 2u);
  EXPECT_EQ(profile->info().notes, Strings{"something did not work"});
  EXPECT_EQ(profile->string(profile->threads()[0].name), "worker");
  EXPECT_TRUE(profile->info().finished);
  EXPECT_EQ(profile->info().exit_status, 256);
  EXPECT_EQ(profile->info().duration_ns, 900);
}

TEST(SampleStream, TasksAreRowsOfTheirThread) {
  const auto label = [](stream::Record kind, std::string_view name) {
    return byte(static_cast<unsigned>(kind)) + latin1(name);
  };
  const auto next = [] { return sample({.wall = 10, .cpu = 10, .keep = 1}); };
  StreamMaker maker = oneThread();
  maker.inside(0, threeCodes() + sample({.wall = kStart + 200, .cpu = 10, .fresh = {python(0, 1)}}) +
                      label(stream::Record::kTask, "fetch") + next() + next() +
                      label(stream::Record::kTask, "store") + next() +
                      label(stream::Record::kThreadName, "renamed") + label(stream::Record::kTask, "fetch") +
                      next() + label(stream::Record::kTask, "") + next());
  const Imported profile = import(maker.bytes());
  const auto titles = [&] {
    Strings all;
    for (std::size_t i = 0; i < profile->sampleCount(); ++i)
      all.push_back(threadTitle(*profile.profile, profile->thread(profile->sample(i).thread)));
    return all;
  };
  EXPECT_EQ(titles(), (Strings{"renamed", "renamed · task fetch", "renamed · task fetch",
                               "renamed · task store", "renamed · task fetch", "renamed"}));
  EXPECT_EQ(threadCount(*profile.profile), 1u);
  EXPECT_EQ(profile->threads().size(), 3u);
}

TEST(SampleStream, AThreadWithTooManyTasksPutsTheRestTogether) {
  StreamMaker maker = oneThread();
  std::string records = threeCodes() + sample({.wall = kStart + 200, .cpu = 10, .fresh = {python(0, 1)}});
  for (std::size_t i = 0; i < 5000; ++i) {
    records += byte(static_cast<unsigned>(stream::Record::kTask)) + latin1("task " + std::to_string(i)) +
               sample({.wall = 10, .cpu = 10, .keep = 1});
  }
  maker.inside(0, records);
  const Imported profile = import(maker.bytes());
  EXPECT_EQ(profile->sampleCount(), 5001u);
  EXPECT_EQ(profile->threads().size(), 1u + 4096u + 1u);
  EXPECT_EQ(profile->string(profile->thread(profile->sample(5000).thread).task), "other tasks");
}

TEST(SampleStream, NamesOfAllWidths) {
  StreamMaker maker = oneThread();
  const std::string ucs2{"\x3b\x04\x80\xdc", 4};                  // л and a lone surrogate
  const std::string ucs4{"\x00\xf6\x01\x00\x61\x00\x00\x00", 8};  // U+1F600 and a
  maker.inside(0, byte(static_cast<unsigned>(stream::Record::kCode)) + varint(0) + varint(0) + varint(3) +
                      byte(stream::kNameCut) + latin1("x") + byte(2) + varint(2) + ucs2 + byte(4) +
                      varint(2) + ucs4 + varint(0) + varint(0) +
                      sample({.wall = kStart + 200, .cpu = 10, .fresh = {python(0, 0)}}));
  const Imported profile = import(maker.bytes());
  EXPECT_EQ(profile.stacks(), Strings{"\xd0\xbb\\udc80...:3"});
  EXPECT_EQ(profile->string(profile->file(profile->functions()[0].file).path),
            "\xf0\x9f\x98\x80"
            "a");
}

TEST(SampleStream, IsAsTheGoldenTextSays) {
  StreamMaker maker = oneThread();
  maker.thread(1, 0, 44, kStart + 150, "worker");
  maker.inside(
      0,
      threeCodes() +
          sample(
              {.wall = kStart + 1'000'000, .cpu = 900'000, .fresh = {python(1, at(1)), python(0, at(2))}}) +
          sample(
              {.wall = 1'000'000, .cpu = 950'000, .keep = 1, .fresh = {native(0x7f01), python(2, at(0))}}));
  maker.outside(
      1,
      threeCodes() +
          sample({.wall = kStart + 1'500'000, .flags = stream::kStateOffCpu, .fresh = {python(2, at(1))}}) +
          repeat(4, 4'000'000));
  maker.block(Block::kMemory, varint(0) + varint(kStart + 500) + varint(12'345'678));
  maker.batchEnd(kStart + 2'000'000);
  maker.block(Block::kDrop, varint(2) + byte(static_cast<unsigned>(DropReason::kRingFull)) + varint(7));
  maker.block(Block::kProcessEnd, varint(0) + varint(kStart + 9'000'000) + varint(0));
  for (const Mode mode : {Mode::kCpu, Mode::kWall}) {
    const std::string name =
        std::string("samplestream/small-") + (mode == Mode::kCpu ? "cpu" : "wall") + ".txt";
    EXPECT_EQ(test::compareWithGolden(name, test::dump(*import(maker.bytes(), mode).profile)), "");
  }
}

}  // namespace
}  // namespace pyrometer
