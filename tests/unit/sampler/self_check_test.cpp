#include "sampler/interpreters/self_check.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/sampler/made_objects.h"

namespace pyrometer::interpreters {
namespace {

constexpr std::uint64_t kRuntime = 0x100000, kInterpreter = 0x200000, kState = 0x300000, kFrame = 0x400000;
constexpr std::uint64_t kPthread = 0x7f0011223300;
constexpr std::int32_t kTid = 4711;

/// One thread with one function, entered from C, as CPython 3.11 has it.
class SelfCheck : public testing::Test {
 protected:
  SelfCheck()
      : objects_(findLayout(0x030b02f0, {}).layout), layout_(objects_.layout()), memory_(objects_.memory()) {
    constexpr std::uint64_t kCFrame = 0x500000;
    memory_.add(kRuntime, 4096);
    memory_.put(kRuntime, layout_.runtime.interpreters_head, kInterpreter);
    memory_.add(kInterpreter, 4096);
    memory_.put(kInterpreter, layout_.interpreter.threads_head, kState);
    memory_.add(kState, 512);
    memory_.put(kState, layout_.thread.interpreter, kInterpreter);
    memory_.put(kState, layout_.thread.thread_id, kPthread);
    memory_.put(kState, layout_.thread.native_thread_id, std::uint64_t{kTid});
    memory_.put(kState, layout_.thread.frame, kCFrame);
    memory_.add(kCFrame, 24);
    memory_.put(kCFrame, layout_.cframe.current_frame, kFrame);
    code_ = objects_.code("work", "/program.py");
    memory_.addFrame(layout_, kFrame, 0, code_, 10, 0, true);
  }
  Doubt check() {
    return checkLayout(layout_, memory_,
                       {.runtime = kRuntime, .thread_state = kState, .pthread = kPthread, .tid = kTid});
  }

  test::MadeObjects objects_;
  Layout layout_;
  test::MemoryImage& memory_;
  std::uint64_t code_ = 0;
};

TEST_F(SelfCheck, AnInterpreterAsItShouldBe) { EXPECT_EQ(check(), Doubt::kNone); }

TEST_F(SelfCheck, AThreadWithoutPythonProvesNothing) {
  memory_.put(0x500000, layout_.cframe.current_frame, std::uint64_t{0});
  EXPECT_EQ(check(), Doubt::kNoFrames);
}

TEST_F(SelfCheck, IdsThatAreElsewhere) {
  memory_.put(kState, layout_.thread.native_thread_id, std::uint64_t{kTid + 1});
  EXPECT_EQ(check(), Doubt::kThreadId);
  memory_.put(kState, layout_.thread.native_thread_id, std::uint64_t{kTid});
  memory_.put(kState, layout_.thread.thread_id, std::uint64_t{kTid});
  EXPECT_EQ(check(), Doubt::kThreadId);
}

TEST_F(SelfCheck, AnInterpreterThatIsNotListed) {
  memory_.put(kState, layout_.thread.interpreter, std::uint64_t{kInterpreter + 8});
  EXPECT_EQ(check(), Doubt::kInterpreter);
}

TEST_F(SelfCheck, FramesThatEndUntimely) {
  memory_.put(kFrame, layout_.frame.previous, std::uint64_t{0x600000});
  EXPECT_EQ(check(), Doubt::kStack);
}

TEST_F(SelfCheck, CodeThatIsNone) {
  memory_.put(code_, layout_.type, objects_.type("function"));
  EXPECT_EQ(check(), Doubt::kCode);
}

TEST_F(SelfCheck, NamesThatAreNone) {
  memory_.put(code_, layout_.code.filename, objects_.bytes("/program.py"));
  EXPECT_EQ(check(), Doubt::kNames);
}

TEST_F(SelfCheck, EveryDoubtIsPutInWords) {
  for (const Doubt doubt :
       {Doubt::kThreadId, Doubt::kInterpreter, Doubt::kStack, Doubt::kCode, Doubt::kNames})
    EXPECT_NE(std::string(doubtText(doubt)), doubtText(Doubt::kNone));
}

}  // namespace
}  // namespace pyrometer::interpreters
