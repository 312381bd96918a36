#include <gtest/gtest.h>

#include "daemon/profile/profile.h"
#include "tests/unit/profile/made_profile.h"

/// Whom a sample counts for: self, total, native, charged and import time of lines and functions.
namespace pyrometer {
namespace {

Counters lineOf(const Profile& profile, FrameId frame) {
  return profile.lineCounters(profile.frame(frame).line);
}
Counters functionOf(const Profile& profile, FrameId frame) {
  return profile.functionCounters(profile.frame(frame).function);
}

TEST(Counters, RecursionCountsOncePerSample) {
  MadeProfile made;
  const FrameId main = made.mine("main", 20), outer = made.mine("fib", 3), inner = made.mine("fib", 2);
  made.add({main, outer, outer, outer, inner}, 5);
  const auto profile = made.builder.snapshot();

  EXPECT_EQ(lineOf(*profile, outer).total, 5u);
  EXPECT_EQ(lineOf(*profile, outer).self, 0u);
  EXPECT_EQ(lineOf(*profile, inner).self, 5u);
  EXPECT_EQ(functionOf(*profile, outer).total, 5u);
  EXPECT_EQ(functionOf(*profile, outer).self, 5u);
  EXPECT_EQ(functionOf(*profile, main).total, 5u);
  EXPECT_EQ(lineOf(*profile, outer).total_time, 5'000'000u);
}

TEST(Counters, MutualRecursionCountsOncePerSample) {
  MadeProfile made;
  const FrameId even = made.mine("even", 2), odd = made.mine("odd", 6);
  made.add({even, odd, even, odd, even}, 3);
  made.add({even, odd}, 2);
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(functionOf(*profile, even).total, 5u);
  EXPECT_EQ(functionOf(*profile, odd).total, 5u);
  EXPECT_EQ(functionOf(*profile, even).self, 3u);
  EXPECT_EQ(functionOf(*profile, odd).self, 2u);
}

TEST(Counters, NativeLeafIsSelfOfItsPythonLine) {
  MadeProfile made;
  const FrameId line = made.mine("multiply", 7), dgemm = made.native("dgemm"), kernel = made.native("kernel");
  made.add({line, dgemm, kernel}, 4, 10);
  made.add({line}, 1, 10);
  const auto profile = made.builder.snapshot();

  const Counters counters = lineOf(*profile, line);
  EXPECT_EQ(counters.self, 5u);
  EXPECT_EQ(counters.native, 4u);
  EXPECT_EQ(counters.native_time, 40u);
  EXPECT_EQ(counters.charged, 5u);
  EXPECT_EQ(functionOf(*profile, line).self, 1u) << "in the function table the leaf has the self";
  EXPECT_EQ(functionOf(*profile, line).native, 4u);
  EXPECT_EQ(functionOf(*profile, kernel).self, 4u);
  EXPECT_EQ(functionOf(*profile, dgemm).total, 4u);
  EXPECT_EQ(functionOf(*profile, dgemm).charged, 0u);
}

TEST(Counters, StackOfNativeFramesOnlyIsNoLinesSelf) {
  MadeProfile made;
  const FrameId start = made.native("start_thread");
  made.add({start}, 2);
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(functionOf(*profile, start).self, 2u);
  EXPECT_EQ(lineOf(*profile, start).self, 0u);
  EXPECT_EQ(profile->importSamples(), 0u);
}

TEST(Counters, LibraryTimeIsChargedToTheUsersLine) {
  MadeProfile made;
  const FrameId call = made.mine("load", 12), decode = made.library("decode", 340),
                scan = made.library("scan", 350);
  made.add({call, decode, scan}, 6);
  made.add({call}, 1);
  const auto profile = made.builder.snapshot();

  EXPECT_EQ(lineOf(*profile, call).self, 1u);
  EXPECT_EQ(lineOf(*profile, call).charged, 7u);
  EXPECT_EQ(functionOf(*profile, call).charged, 7u);
  EXPECT_EQ(lineOf(*profile, scan).self, 6u);
  EXPECT_EQ(lineOf(*profile, scan).charged, 0u);
  EXPECT_EQ(lineOf(*profile, decode).total, 6u);
}

TEST(Counters, CallbackFromALibraryIsChargedToTheInnermostLineOfTheUsers) {
  MadeProfile made;
  const FrameId call = made.mine("main", 5), sort = made.library("sort", 9), key = made.mine("key", 30);
  made.add({call, sort, key, sort}, 3);
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(lineOf(*profile, key).charged, 3u);
  EXPECT_EQ(lineOf(*profile, call).charged, 0u);
}

TEST(Counters, LibraryImportedIsImportTimeAndNotTheLines) {
  MadeProfile made;
  const FrameId import_line = made.mine("<module>", 1), module = made.library("<module>", 1);
  made.add({import_line, made.importing(), module}, 8, 100);
  made.add({import_line, made.importing()}, 1, 100);
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(profile->importSamples(), 9u);
  EXPECT_EQ(profile->importTime(), 900u);
  EXPECT_EQ(lineOf(*profile, import_line).charged, 0u);
  EXPECT_EQ(lineOf(*profile, import_line).total, 9u);
}

TEST(Counters, UsersModuleWhileImportedIsChargedToItsOwnLine) {
  MadeProfile made;
  const FrameId import_line = made.mine("<module>", 1);
  const FrameId table = made.frame("/home/me/app/table.py", "<module>", 4);
  made.add({import_line, made.importing(), table, made.library("compile", 2)}, 5);
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(profile->importSamples(), 0u);
  EXPECT_EQ(lineOf(*profile, table).charged, 5u);
}

TEST(Counters, SamplesThatStandForMoreTimeMakeAllCountForFewer) {
  MadeProfile made;
  const FrameId line = made.mine("main", 3);
  made.add({line}, 100, 10);
  EXPECT_EQ(made.builder.snapshot()->effectiveSamples(), 100u);
  made.add({line}, 1, 1000);  // (1000 + 1000)^2 / (100 * 100 + 1000 * 1000) = 3.96
  EXPECT_EQ(made.builder.snapshot()->effectiveSamples(), 4u);
}

TEST(Counters, GeneratedCodeIsChargedToTheLineThatRanIt) {
  MadeProfile made;
  const FrameId call = made.mine("main", 3), text = made.frame("<string>", "made", 4);
  made.add({call, text, made.library("helper", 1), text}, 5);
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(lineOf(*profile, call).charged, 5u);
  EXPECT_EQ(lineOf(*profile, text).charged, 0u);
  EXPECT_EQ(lineOf(*profile, text).self, 5u);
}

TEST(Counters, GeneratedCodeOfALibraryIsTheLibrarys) {
  MadeProfile made;
  const FrameId text = made.frame("<string>", "__new__", 1);
  made.add({made.library("run", 1), text}, 5);
  EXPECT_EQ(lineOf(*made.builder.snapshot(), text).charged, 0u);
}

TEST(Counters, AProgramWithoutAFileIsTheUsers) {
  MadeProfile made;
  const FrameId main = made.frame("<string>", "<module>", 9), text = made.frame("<string>", "work", 4);
  made.add({main, text, made.library("helper", 1)}, 5);
  EXPECT_EQ(lineOf(*made.builder.snapshot(), text).charged, 5u);
}

TEST(Counters, ImportWithoutAnyFrameOfTheUsersIsImportTimeToo) {
  MadeProfile made;
  made.add({made.library("<module>", 1), made.importing(), made.library("<module>", 2)}, 2);
  made.add({made.library("<module>", 1)}, 3);
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(profile->importSamples(), 2u);
}

TEST(Counters, UnknownCodeHasTheSelfAndItsCallerTheCharge) {
  MadeProfile made;
  const FrameId call = made.mine("main", 3),
                unknown = made.frame("", "unknown code", 0, FunctionKind::kUnknown);
  made.add({call, unknown}, 4);
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(lineOf(*profile, call).self, 0u);
  EXPECT_EQ(lineOf(*profile, unknown).self, 4u);
  EXPECT_EQ(lineOf(*profile, unknown).native, 0u);
  EXPECT_EQ(lineOf(*profile, call).charged, 4u);
}

TEST(Counters, NativeFunctionInTheUsersFolderIsNotCharged) {
  MadeProfile made;
  const FrameId call = made.mine("main", 3);
  const FrameId native = made.frame("/home/me/app/fast.bin", "loop", 0, FunctionKind::kNative);
  made.add({call, native}, 4);
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(lineOf(*profile, call).charged, 4u);
  EXPECT_EQ(lineOf(*profile, native).charged, 0u);
}

TEST(Counters, AddUpOverManyFolds) {
  MadeProfile made;
  const FrameId root = made.mine("main", 1);
  for (std::uint32_t round = 0; round < 3; ++round) {
    for (std::uint32_t line = 2; line < 40'000; ++line) made.add({root, made.mine("leaf", line)}, 1, 7);
  }
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(lineOf(*profile, root).total, profile->sampleCount());
  EXPECT_EQ(lineOf(*profile, root).total_time, profile->totalWeight());
  EXPECT_EQ(functionOf(*profile, made.mine("leaf", 2)).self, profile->sampleCount());
  EXPECT_EQ(lineOf(*profile, made.mine("leaf", 39'999)).self, 3u);
  EXPECT_EQ(profile->stackWeight(made.stack({root, made.mine("leaf", 777)})), (StackWeight{3, 21}));
  EXPECT_EQ(profile->stackWeight(made.stack({root})), StackWeight{});
}

TEST(Counters, ByState) {
  MadeProfile made;
  made.add({made.mine("main", 1)}, 3, 5);
  made.state = {VmState::kGc, ThreadState::kRunning};
  made.add({made.mine("main", 1)}, 2, 5);
  const auto profile = made.builder.snapshot();
  EXPECT_EQ(profile->stateWeight({VmState::kGc, ThreadState::kRunning}), (StackWeight{2, 10}));
  EXPECT_EQ(profile->stateWeight({VmState::kJit, ThreadState::kRunning}), StackWeight{});
}

TEST(SpanCounters, AreThoseOfALineDivided) {
  MadeProfile made;
  const Columns whole{.begin = 0, .end = 20}, part{.begin = 4, .end = 9};
  const FrameId main = made.mine("main", 30, whole), call = made.mine("work", 7, whole),
                loop = made.mine("work", 7, part), bare = made.mine("work", 7);
  made.add({main, call, made.library("decode", 5)}, 5);
  made.add({main, loop}, 30);
  made.add({main, loop, made.native("memcpy")}, 4);
  made.add({main, bare}, 1);
  const auto profile = made.builder.snapshot();
  const auto of = [&](FrameId frame) { return profile->spanCounters(*profile->frame(frame).span); };
  EXPECT_EQ(of(call).charged, 5u);
  EXPECT_EQ(of(call).self, 0u);
  EXPECT_EQ(of(call).total, 5u);
  EXPECT_EQ(of(loop).self, 34u);
  EXPECT_EQ(of(loop).native, 4u);
  EXPECT_EQ(of(loop).charged_time, 34'000'000u);
  EXPECT_EQ(of(main).total, 40u);
  EXPECT_EQ(lineOf(*profile, loop).charged, 40u);
  EXPECT_FALSE(profile->frame(bare).span);

  auto spans = profile->lineSpans(profile->frame(loop).line);
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(profile->span(spans[0]).columns, part) << "the newest first";
  EXPECT_EQ(profile->span(spans[1]).columns, whole);
}

TEST(SpanCounters, CountASampleOnceInRecursion) {
  MadeProfile made;
  const Columns left{.begin = 7, .end = 15}, right{.begin = 18, .end = 26};
  const FrameId first = made.mine("fib", 2, left), second = made.mine("fib", 2, right);
  made.add({first, second, first, second, second}, 10);
  made.add({first, first}, 3);
  const auto profile = made.builder.snapshot();
  const auto of = [&](FrameId frame) { return profile->spanCounters(*profile->frame(frame).span); };
  EXPECT_EQ(of(first).total, 13u);
  EXPECT_EQ(of(second).total, 10u);
  EXPECT_EQ(of(second).self, 10u);
  EXPECT_EQ(lineOf(*profile, first).total, 13u);
  EXPECT_EQ(functionOf(*profile, first).total, 13u);
}

}  // namespace
}  // namespace pyrometer
