#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "daemon/importers/samplestream/samplestream.h"
#include "daemon/profile/profile_builder.h"
#include "tests/unit/importers/stream_maker.h"

// Samples of PyPy: cells of its stacks instead of frames (LineTableFormat::kPypy).

namespace pyrometer {
namespace {

using namespace test;

constexpr unsigned kRunning = stream::kStateRunning;
constexpr std::uint64_t kBlock = 0x7f0000001000, kOuterBlock = 0x7f0000002000;
constexpr std::uint64_t kLibrary = 0x7f1000000001, kInterpreter = 0x7f2000000001 | stream::kInInterpreter;

StreamFrame interpreted(std::uint64_t code) { return python(code, 0); }
StreamFrame compiled(std::uint64_t code) { return python(code, 1); }
StreamFrame place(std::uint64_t offset) { return python(0, offset + 1); }

std::string name(std::uint64_t reference, std::string_view words) {
  return byte(static_cast<unsigned>(stream::Record::kPypyCode)) + varint(reference) + text(words);
}

/// One sample of these cells, leaf first, with its state, as "JIT: <module>;main;work*": * is compiled.
std::string read(const std::vector<StreamFrame>& cells, unsigned flags = kRunning,
                 std::string_view more = "") {
  StreamMaker maker;
  maker.process(0, 42, 1'000'000, 0, stream::LineTableFormat::kPypy);
  maker.thread(0, 0, 43, 1'000'100, "MainThread");
  maker.inside(0, name(1, "py:<module>:1:/home/u/app.py") + name(2, "py:main:10:/home/u/app.py") +
                      name(3, "py:work:20:/home/u/app.py") + std::string(more) +
                      sample({.wall = 2'000'000, .cpu = 1000, .flags = flags, .fresh = cells}));
  maker.batchEnd(3'000'000);
  ProfileBuilder builder;
  const auto reader = openSampleStream(builder);
  EXPECT_TRUE(reader->feed(maker.span()));
  EXPECT_TRUE(reader->finish());
  const auto profile = builder.snapshot();
  if (profile->sampleCount() != 1) return "no sample";
  std::string out;
  for (std::optional<StackId> at = profile->sample(0).stack; at; at = profile->stack(*at).parentId()) {
    const Frame& frame = profile->frame(profile->stack(*at).frame);
    std::string one(profile->string(profile->function(frame.function).name));
    if (frame.blockId()) one += "*";
    out = one + (out.empty() ? "" : ";" + out);
  }
  constexpr const char* kStates[] = {"unknown", "interpreter", "warm-up", "JIT", "GC", "native"};
  return kStates[static_cast<int>(profile->sample(0).state.vm)] + std::string(": ") + out;
}

TEST(PypyStream, InterpretedFramesWithPyPysOwnFunctionsInFront) {
  EXPECT_EQ(read({native(kInterpreter), interpreted(3), interpreted(2), interpreted(1)}),
            "interpreter: <module>;main;work");
}

TEST(PypyStream, ACompiledFrameIsThereOnce) {
  EXPECT_EQ(read({place(24), native(kBlock), compiled(3), compiled(2), interpreted(2), interpreted(1)}),
            "JIT: <module>;main*;work*");
}

TEST(PypyStream, AHelperOfPyPyBelowCompiledCodeIsPartOfIt) {
  EXPECT_EQ(
      read({place(24), native(kInterpreter), native(kBlock), compiled(3), interpreted(3), interpreted(1)}),
      "JIT: <module>;work*");
}

TEST(PypyStream, ALibraryBelowCompiledCodeIsNative) {
  EXPECT_EQ(read({place(24), place(99), native(kLibrary), native(kInterpreter), native(kBlock), compiled(3),
                  interpreted(3), interpreted(1)}),
            "native: <module>;work*;(machine code of no file)");
}

TEST(PypyStream, CompiledCodeThatCallsCompiledCode) {
  EXPECT_EQ(
      read({native(kBlock), compiled(3), native(kOuterBlock), compiled(2), interpreted(2), interpreted(1)}),
      "JIT: <module>;main*;work*");
}

TEST(PypyStream, CodeWithoutAName) {
  EXPECT_EQ(read({interpreted(9), interpreted(1)}), "interpreter: <module>;(unknown code)");
}

TEST(PypyStream, CallersThatAreMissing) {
  EXPECT_EQ(read({interpreted(3)}, kRunning | stream::kTorn), "interpreter: (callers not readable);work");
}

TEST(PypyStream, NoPython) {
  EXPECT_EQ(read({}, kRunning | stream::kNoPython), "native: (no Python code)");
  EXPECT_EQ(read({native(kBlock)}), "JIT: (no Python code)");
}

TEST(PypyStream, ANameThatIsNone) {
  EXPECT_EQ(read({interpreted(4), interpreted(1)}, kRunning, name(4, "rubbish")),
            "interpreter: <module>;rubbish");
}

}  // namespace
}  // namespace pyrometer
