#pragma once

#include <cstdint>
#include <vector>

#include "sampler/interpreters/frame_walker.h"
#include "sampler/interpreters/layouts.h"
#include "sampler/interpreters/process_memory.h"
#include "sampler/interpreters/stack_buffer.h"

namespace pyrometer::interpreters {

/// Takes one picture of a thread's frames from outside. The thread may run meanwhile, and waiting for a
/// moment at which nothing moved would favour functions that call little. So the moment is fixed first: one
/// system call fetches the tops of the thread's stacks, the pointer to the leaf, and the tops again. A stack
/// is whole if its callers (not the leaf) are the same in both images. If they are not, the leaf is still
/// what ran: it is given alone, and its callers are for others to find.
class OutsideStack {
 public:
  OutsideStack(ProcessMemory& memory, const Layout& layout);

  enum class Picture {
    kWhole,
    kLeafAlone,  ///< the thread ran on while its callers were read: frames() is the leaf
    kTorn,       ///< the chain breaks off: frames() are right as far as they go
    kMoved,      ///< not even the leaf can be told; frames() is empty
    kOther,      ///< this is not the thread state of `tid` any more
    kUnreadable,
  };
  /// What a walk of this thread needed beside the chunks, to be fetched ahead the next time. Kept by the
  /// caller.
  struct Memo {
    std::vector<std::uint64_t> elsewhere;  ///< frames on the heap or the C stack
    bool c_stack = true;                   ///< 3.11, 3.12: the C stack around the C frame can be read
    std::uint64_t pthread = 0;             ///< 3.9, 3.10: what the thread state must hold, from Owner
  };
  Picture take(std::uint64_t thread_state, std::int32_t tid, std::uint64_t trampoline, Memo& memo);

  const RawFrame* frames() const { return frames_.data(); }
  std::uint32_t depth() const { return stack_.depth(); }
  std::uint32_t elided() const { return stack_.elided(); }
  /// After kLeafAlone: the leaf was called by Python code, as far as can be told.
  bool calledByPython() const { return called_by_python_; }
  /// All frames, the leaf too, are the same in both images.
  bool settled() const { return stood(0); }

  /// The thread that a thread state says it belongs to. While a thread is being started, its state still
  /// bears the ids of the one that starts it.
  struct Owner {
    std::int32_t tid = 0;  ///< the kernel's; 0 if it cannot be read
    std::uint64_t pthread = 0;
  };
  Owner ownerOf(std::uint64_t thread_state);

 private:
  /// Answers from what was fetched; fetches older chunks when the walk comes to them.
  class WalkMemory;

  /// The top of a stack, read before the pointer to the leaf and after it. The later image is a fetched range
  /// of the memory (or part of one), so that walks see it.
  struct Window {
    std::uint64_t address = 0;
    std::vector<std::uint8_t> earlier;
    std::uint8_t* later = nullptr;
    void lay(std::uint64_t at, std::size_t size, std::uint8_t* to);
    void clear() { earlier.clear(); }
    /// Walks see the other image from now on.
    void swap();
    /// The earlier image's bytes; null if it does not reach there.
    const std::uint8_t* other(std::uint64_t at, std::size_t size) const;
  };

  Picture fetch(std::uint64_t thread_state, std::int32_t tid, Memo& memo);
  /// The same for 3.9 and 3.10, whose frames are objects that have no place in common.
  Picture fetchHeapFrames(std::uint64_t thread_state, std::uint8_t* state, Memo& memo);
  /// There: the leaf is still the leaf, and the callers are as they were walked. A frame that is no more
  /// keeps its caller, whose memory may be another function's by then, so nothing less will do.
  bool standsStill(std::uint64_t thread_state);
  /// Fills frames(); true if they lead from the leaf to the root.
  bool walk(WalkMemory& memory, const Leaf& leaf, std::uint64_t trampoline);
  bool decodeAlone(WalkMemory& memory, const Leaf& leaf, std::uint64_t trampoline, RawFrame& frame);
  /// The root lies where a thread's first frame is: a chain of frames that are no more ends anywhere.
  bool endsAtBottom() const;
  enum Change : unsigned { kNothing = 0, kCode = 1, kCaller = 2 };
  /// What differs of the frame between the two images.
  unsigned changeOf(const RawFrame& frame) const;
  /// Frames from `first` on, counted from the leaf, are the same in both images.
  bool stood(std::uint32_t first) const;

  ProcessMemory& memory_;
  const Layout& layout_;
  std::size_t state_bytes_;
  std::vector<RawFrame> frames_;
  StackBuffer<RawFrame> stack_;
  std::uint64_t older_chunk_ = 0;   ///< the next one that a walk may come to
  std::uint64_t bottom_chunk_ = 0;  ///< the oldest one that a walk came to
  bool called_by_python_ = false;
  bool alone_is_root_ = false;  ///< 3.9, 3.10: the leaf alone is the whole stack
  Window data_stack_;
  Window c_stack_;
};

}  // namespace pyrometer::interpreters
