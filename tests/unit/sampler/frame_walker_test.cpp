#include "sampler/interpreters/frame_walker.h"

#include <gtest/gtest.h>

#include <vector>

#include "sampler/interpreters/stack_buffer.h"
#include "tests/unit/sampler/memory_image.h"
#include "tests/unit/sampler/runtime_tables.h"

namespace pyrometer::interpreters {
namespace {

using test::layoutOf;
using test::MemoryImage;

constexpr std::uint64_t kState = 0x10000, kCFrame = 0x20000, kOuterCFrame = 0x21000;
constexpr std::uint64_t kFrames = 0x100000, kCode = 0x900000;

struct Walk {
  std::vector<RawFrame> frames;
  bool torn = false, misplaced = false;
};

class Walking : public testing::Test {
 protected:
  Walk walk(const Layout& layout, std::uint64_t trampoline = 0) {
    const Leaf leaf = findLeaf(layout, memory_, kState);
    FrameWalker walker(layout, memory_, leaf, trampoline);
    Walk result;
    RawFrame frame;
    while (walker.next(frame)) result.frames.push_back(frame);
    result.torn = walker.torn();
    result.misplaced = walker.misplaced();
    return result;
  }
  static std::uint64_t frame(int index) { return kFrames + 0x100 * static_cast<std::uint64_t>(index); }
  static std::uint64_t code(int index) { return kCode + 0x200 * static_cast<std::uint64_t>(index); }

  MemoryImage memory_;
};

TEST_F(Walking, GoesFromTheLeafToTheRootAndLeavesOutShims) {
  const Layout layout = layoutOf(13);
  memory_.put(kState, layout.thread.frame, frame(3));
  memory_.addFrame(layout, frame(3), frame(2), code(3), 10, 0);
  memory_.addFrame(layout, frame(2), frame(1), code(9), 0, 3);  // shim
  memory_.addFrame(layout, frame(1), frame(0), code(1), 4, 1);  // generator
  memory_.addFrame(layout, frame(0), 0, 0, 0, 3);               // shim
  const Walk walked = walk(layout);
  ASSERT_EQ(walked.frames.size(), 2u);
  EXPECT_FALSE(walked.torn);
  EXPECT_EQ(walked.frames[0].code, code(3));
  EXPECT_EQ(walked.frames[0].offset, 10);
  EXPECT_EQ(walked.frames[0].owner, kOwnedByThread);
  EXPECT_EQ(walked.frames[1].code, code(1));
  EXPECT_EQ(walked.frames[1].owner, kOwnedByGenerator);
}

TEST_F(Walking, LeavesOutTheTrampolineOnceItIsKnown) {
  const Layout layout = layoutOf(13);
  memory_.put(kState, layout.thread.frame, frame(2));
  memory_.addFrame(layout, frame(2), frame(1), code(2), 2, 0);
  memory_.addFrame(layout, frame(1), frame(0), code(7), 0, 0);
  memory_.addFrame(layout, frame(0), 0, 0, 0, 3);
  EXPECT_EQ(walk(layout).frames.size(), 2u);
  EXPECT_EQ(walk(layout, code(7)).frames.size(), 1u);
  EXPECT_TRUE(isTrampoline(0x10, 0x10, -1));
  EXPECT_FALSE(isTrampoline(0x10, 0x10, 1));
  EXPECT_FALSE(isTrampoline(0x10, 0x20, -1));
}

TEST_F(Walking, TakesTheTagsOffACodePointer) {
  const Layout layout = layoutOf(14);
  memory_.put(kState, layout.thread.frame, frame(1));
  memory_.addFrame(layout, frame(1), frame(0), code(1) | 1, 6, 0);
  memory_.addFrame(layout, frame(0), 0, 1, 0, 3);
  const Walk walked = walk(layout);
  ASSERT_EQ(walked.frames.size(), 1u);
  EXPECT_EQ(walked.frames[0].code, code(1));
  EXPECT_EQ(walked.frames[0].offset, 6);
}

TEST_F(Walking, APoppedFrameTearsTheChain) {
  const Layout layout = layoutOf(14);
  memory_.put(kState, layout.thread.frame, frame(1));
  memory_.addFrame(layout, frame(1), frame(0), 1, 6, 0);  // the null reference
  memory_.addFrame(layout, frame(0), 0, 1, 0, 3);
  const Walk walked = walk(layout);
  EXPECT_TRUE(walked.torn);
  EXPECT_TRUE(walked.frames.empty());
}

TEST_F(Walking, MustEndAtTheBaseFrameWhereThereIsOne) {
  const Layout layout = layoutOf(15);
  memory_.put(kState, layout.thread.frame, frame(1));
  memory_.put(kState, layout.thread.base_frame, frame(0));
  memory_.addFrame(layout, frame(1), frame(0), code(1), 2, 0);
  EXPECT_FALSE(walk(layout).torn);
  EXPECT_EQ(walk(layout).frames.size(), 1u);
  memory_.addFrame(layout, frame(1), 0, code(1), 2, 0);
  EXPECT_TRUE(walk(layout).torn);
  EXPECT_EQ(walk(layout).frames.size(), 1u);
}

TEST_F(Walking, BrokenChainsKeepWhatIsRight) {
  const Layout layout = layoutOf(13);
  memory_.put(kState, layout.thread.frame, frame(2));
  memory_.addFrame(layout, frame(2), frame(1), code(2), 2, 0);
  struct Case {
    const char* what;
    std::uint64_t previous;
  };
  for (const Case& broken :
       {Case{"nowhere", 0xdead0000}, Case{"not aligned", frame(0) + 4}, Case{"itself", frame(1)},
        Case{"in the null page", 8}, Case{"end in the middle", 0}}) {
    memory_.addFrame(layout, frame(1), broken.previous, code(1), 2, 0);
    const Walk walked = walk(layout);
    EXPECT_TRUE(walked.torn) << broken.what;
    EXPECT_GE(walked.frames.size(), 1u) << broken.what;
    EXPECT_LE(walked.frames.size(), 2u) << broken.what;
  }
}

TEST_F(Walking, ACircleEnds) {
  const Layout layout = layoutOf(13);
  memory_.put(kState, layout.thread.frame, frame(1));
  memory_.addFrame(layout, frame(1), frame(0), code(1), 2, 0);
  memory_.addFrame(layout, frame(0), frame(1), code(0), 2, 0);
  const Walk walked = walk(layout);
  EXPECT_TRUE(walked.torn);
  EXPECT_LE(walked.frames.size(), std::size_t{kLongestChain});
}

TEST_F(Walking, ThreadWithoutFramesIsNotTorn) {
  const Layout layout = layoutOf(13);
  memory_.put(kState, layout.thread.frame, std::uint64_t{0});
  EXPECT_FALSE(walk(layout).torn);
  EXPECT_TRUE(walk(layout).frames.empty());
  MemoryImage nothing;
  EXPECT_FALSE(findLeaf(layout, nothing, kState).readable);
}

TEST_F(Walking, SeesThatACFrameIsNotFilledInYet) {
  for (const std::uint32_t minor : {11u, 12u}) {
    const Layout layout = layoutOf(minor);
    const bool shims = minor == 12;
    memory_ = {};
    memory_.put(kState, layout.thread.frame, kCFrame);
    memory_.put(kCFrame, layout.cframe.current_frame, frame(3));
    memory_.put(kCFrame, layout.cframe.previous, kOuterCFrame);
    memory_.put(kOuterCFrame, layout.cframe.current_frame, frame(1));
    memory_.put(kOuterCFrame, layout.cframe.previous, std::uint64_t{0});
    memory_.addFrame(layout, frame(3), shims ? frame(2) : frame(1), code(3), 2, 0, true);
    memory_.addFrame(layout, frame(2), frame(1), code(9), 0, 3);
    memory_.addFrame(layout, frame(1), shims ? frame(0) : 0, code(1), 2, 0, true);
    memory_.addFrame(layout, frame(0), 0, code(9), 0, 3);
    const Walk whole = walk(layout);
    EXPECT_FALSE(whole.torn) << minor;
    EXPECT_EQ(whole.frames.size(), 2u) << minor;

    // Rubbish of an earlier call in the same place on the C stack: a frame that is linked to something else,
    // to nothing, or is none.
    memory_.put(shims ? frame(2) : frame(3), layout.frame.previous, frame(5));
    EXPECT_TRUE(walk(layout).misplaced) << minor;
    memory_.addFrame(layout, frame(3), 0, code(3), 2, 0, false);
    EXPECT_TRUE(walk(layout).misplaced) << minor;
    memory_.put(kCFrame, layout.cframe.current_frame, std::uint64_t{0x123});
    EXPECT_TRUE(walk(layout).misplaced) << minor;
    EXPECT_EQ(findLeaf(layout, memory_, kState).below_entry, frame(1));
  }
}

TEST_F(Walking, PositionOfAFrameThatHasNotBegun) {
  const Layout layout = layoutOf(11);
  memory_.put(kState, layout.thread.frame, kCFrame);
  memory_.put(kCFrame, layout.cframe.current_frame, frame(0));
  memory_.put(kCFrame, layout.cframe.previous, std::uint64_t{0});
  memory_.addFrame(layout, frame(0), 0, code(0), -2, 0, true);
  const Walk walked = walk(layout);
  ASSERT_EQ(walked.frames.size(), 1u);
  EXPECT_LT(walked.frames[0].offset, 0);
}

TEST_F(Walking, HeapFramesOfOldVersions) {
  for (const std::uint32_t minor : {9u, 10u}) {
    const Layout layout = layoutOf(minor);
    memory_ = {};
    memory_.put(kState, layout.thread.frame, frame(1));
    memory_.add(frame(1), layout.frame.size);
    memory_.put(frame(1), layout.frame.previous, frame(0));
    memory_.put(frame(1), layout.frame.code, code(1));
    memory_.put(frame(1), layout.frame.position, std::int32_t{12});
    memory_.add(frame(0), layout.frame.size);
    memory_.put(frame(0), layout.frame.code, code(0));
    memory_.put(frame(0), layout.frame.position, std::int32_t{-1});
    const Walk walked = walk(layout);
    ASSERT_EQ(walked.frames.size(), 2u);
    EXPECT_FALSE(walked.torn);
    EXPECT_EQ(walked.frames[0].offset, minor == 9 ? 12 : 24);
    EXPECT_LT(walked.frames[1].offset, 0);
  }
}

TEST_F(Walking, AChainThatEndsInAGeneratorIsTornInOldVersionsToo) {
  for (const std::uint32_t minor : {9u, 10u}) {
    const Layout layout = layoutOf(minor);
    memory_ = {};
    memory_.put(kState, layout.thread.frame, frame(0));
    memory_.add(frame(0), layout.frame.size);
    memory_.put(frame(0), layout.frame.code, code(0));
    EXPECT_FALSE(walk(layout).torn) << minor;
    memory_.put(frame(0), layout.frame.generator, std::uint64_t{0x7f0000});
    EXPECT_TRUE(walk(layout).torn) << minor;
  }
}

TEST_F(Walking, CopiesOfTheBytecodeInFreeThreadedBuilds) {
  const Layout layout = layoutOf(14, true);
  constexpr std::uint64_t kCopies = 0x700000, kBytecode = 0x710000;
  memory_.put(kState, layout.thread.frame, frame(1));
  memory_.addFrame(layout, frame(1), frame(0), code(1), 0, 0);
  memory_.put(frame(1), layout.frame.tlbc_index, std::uint32_t{1});
  memory_.put(frame(1), layout.frame.position, kBytecode + 24);
  memory_.addFrame(layout, frame(0), 0, 0, 0, 3);
  memory_.put(code(1), layout.code.tlbc, kCopies);
  memory_.put(kCopies, 0, std::uint64_t{2});
  memory_.put(kCopies, 16, kBytecode);
  const Walk walked = walk(layout);
  ASSERT_EQ(walked.frames.size(), 1u);
  EXPECT_EQ(walked.frames[0].offset, 24);
}

TEST(StackBufferTest, KeepsBothSidesOfFiveThousandFrames) {
  std::vector<std::uint32_t> slots(stream::kMaxFrames);
  StackBuffer<std::uint32_t> stack(slots.data());
  for (const std::uint32_t total : {5000u, 1025u, 1024u, 3u, 0u}) {
    stack.clear();
    for (std::uint32_t i = 0; i < total; ++i) stack.add(i);
    stack.finish();
    ASSERT_EQ(stack.depth(), std::min(total, stream::kMaxFrames));
    EXPECT_EQ(stack.elided(), total - stack.depth());
    for (std::uint32_t i = 0; i < stack.depth(); ++i) {
      ASSERT_EQ(slots[i], i < stream::kLeafFrames ? i : i + stack.elided()) << total;
    }
  }
}

}  // namespace
}  // namespace pyrometer::interpreters
