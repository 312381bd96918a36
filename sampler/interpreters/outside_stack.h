#pragma once

#include <cstdint>
#include <vector>

#include "sampler/interpreters/frame_walker.h"
#include "sampler/interpreters/layouts.h"
#include "sampler/interpreters/process_memory.h"
#include "sampler/interpreters/stack_buffer.h"

namespace pyrometer::interpreters {

/// Takes one picture of a thread's frames from outside. The thread may run meanwhile. Waiting for a moment at
/// which nothing moved would favour functions that call little, so what is asked for is less: all that a walk
/// needs is fetched in one system call, the data stack before and after the pointer to the leaf, and the
/// callers (not the leaf) must be the same in both. A leaf that is gone by then was there when the pointer
/// was read, or its successor has the same caller.
class OutsideStack {
 public:
  OutsideStack(ProcessMemory& memory, const Layout& layout);

  enum class Picture {
    kWhole,
    kTorn,   ///< frames() are right as far as they go
    kMoved,  ///< the thread ran on while it was read
    kOther,  ///< this is not the thread state of `tid` any more
    kUnreadable,
  };
  /// What a walk of this thread needed beside the chunks, to be fetched ahead the next time. Kept by the
  /// caller.
  struct Memo {
    std::vector<std::uint64_t> elsewhere;  ///< frames on the heap or the C stack
    std::vector<std::uint64_t> cframes;    ///< 3.11, 3.12: where the thread state pointed
  };
  Picture take(std::uint64_t thread_state, std::int32_t tid, std::uint64_t trampoline, Memo& memo);

  const RawFrame* frames() const { return frames_.data(); }
  std::uint32_t depth() const { return stack_.depth(); }
  std::uint32_t elided() const { return stack_.elided(); }

  /// The kernel's id of the thread that a thread state belongs to; 0 if it cannot be read.
  std::int32_t threadOf(std::uint64_t thread_state);

 private:
  /// Answers from what was fetched; fetches older chunks when the walk comes to them.
  class WalkMemory;

  Picture fetch(std::uint64_t thread_state, std::int32_t tid, Memo& memo);
  bool callersStood() const;

  ProcessMemory& memory_;
  const Layout& layout_;
  std::size_t state_bytes_;
  std::vector<RawFrame> frames_;
  StackBuffer<RawFrame> stack_;
  std::uint64_t older_chunk_ = 0;  ///< the next one that a walk may come to
  /// The newest chunk's end as it was before the leaf's address was read.
  std::uint64_t earlier_at_ = 0;
  std::vector<std::uint8_t> earlier_;
};

}  // namespace pyrometer::interpreters
