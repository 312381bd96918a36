#include "sampler/interpreters/outside_stack.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace pyrometer::interpreters {
namespace {

constexpr std::uint32_t k39 = 0x030902f0, k310 = 0x030a0df0;

/// Frame objects of 3.9 and 3.10, and a thread state that points at one of them: in this process, which is
/// read as another one is.
class HeapFrames : public ::testing::TestWithParam<std::uint32_t> {
 protected:
  void call(std::size_t frame, std::size_t code, std::size_t caller) {
    put(frame, layout_.frame.code, address(&codes_[code]));
    put(frame, layout_.frame.previous, caller == kNone ? 0 : address(&frames_[caller]));
    set(frame, 0, std::uint64_t{1});
    setState(frame, GetParam() == k39 ? 1 : 0);
    if (caller != kNone) refer(caller);
  }
  /// It keeps its code and its caller, which may be called by others, or not at all.
  void end(std::size_t frame, std::size_t next_free) {
    set(frame, 0, std::uint64_t{0});
    setState(frame, GetParam() == k39 ? 0 : 1);
    if (next_free != kNone) put(frame, layout_.frame.previous, address(&frames_[next_free]));
  }
  void run(std::size_t frame) {
    const std::uint64_t at = address(&frames_[frame]);
    std::memcpy(thread_state_.data() + layout_.thread.frame, &at, sizeof at);
  }
  OutsideStack::Picture take() { return stack_.take(address(thread_state_.data()), getpid(), 0, memo_); }

  static constexpr std::size_t kNone = 99, kFrames = 8, kFrameBytes = 400;
  using Frame = std::array<std::uint8_t, kFrameBytes>;
  using Object = std::array<std::uint64_t, 64>;

  template <class T>
  static std::uint64_t address(T* object) {
    return reinterpret_cast<std::uint64_t>(object);
  }
  void put(std::size_t frame, std::size_t at, std::uint64_t value) { set(frame, at, value); }
  void setState(std::size_t frame, std::int8_t value) { set(frame, layout_.frame.execution, value); }
  void refer(std::size_t frame) {
    std::uint64_t references = 0;
    std::memcpy(&references, frames_[frame].data(), sizeof references);
    set(frame, 0, references + 1);
  }
  template <class T>
  void set(std::size_t frame, std::size_t at, T value) {
    std::memcpy(frames_[frame].data() + at, &value, sizeof value);
  }

  Layout layout_ = findLayout(GetParam(), {}).layout;
  alignas(16) std::array<Frame, kFrames> frames_{};
  alignas(16) std::array<Object, kFrames> codes_{};
  alignas(16) std::array<std::uint8_t, 512> thread_state_{};
  ProcessMemory memory_{getpid()};
  OutsideStack stack_{memory_, layout_};
  OutsideStack::Memo memo_;
};

TEST_P(HeapFrames, AreWholeFromTheLeafToTheRoot) {
  call(0, 0, kNone);
  call(1, 1, 0);
  call(2, 2, 1);
  run(2);
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(take(), OutsideStack::Picture::kWhole);
    EXPECT_EQ(stack_.depth(), 3u);
  }
  run(0);
  EXPECT_EQ(take(), OutsideStack::Picture::kWhole);
  EXPECT_EQ(stack_.depth(), 1u);
}

TEST_P(HeapFrames, AreNotWholeOverFramesThatAreFree) {
  call(0, 0, kNone);
  for (const std::size_t frame : {3, 2, 1}) end(frame, frame == 3 ? kNone : frame + 1);
  for (const std::size_t frame : {3, 2, 1}) put(frame, layout_.frame.code, address(&codes_[1]));
  run(1);
  EXPECT_EQ(take(), OutsideStack::Picture::kLeafAlone);
  EXPECT_EQ(stack_.depth(), 1u);
}

TEST_P(HeapFrames, AreNotWholeUnderACallerThatHasEnded) {
  call(0, 0, kNone);
  call(1, 1, 0);
  call(2, 2, 1);
  end(1, kNone);
  run(2);
  EXPECT_EQ(take(), OutsideStack::Picture::kLeafAlone);
}

TEST_P(HeapFrames, AreNotWholeWithoutTheCallerOfAGenerator) {
  call(0, 0, kNone);
  call(1, 1, kNone);
  end(1, kNone);  // it has yielded for the last time
  set(1, 0, std::uint64_t{1});
  run(1);
  EXPECT_EQ(take(), OutsideStack::Picture::kLeafAlone);
}

INSTANTIATE_TEST_SUITE_P(Of, HeapFrames, ::testing::Values(k39, k310));

}  // namespace
}  // namespace pyrometer::interpreters
