#pragma once

#include <cstdint>

#include "sampler/shared_ring.h"

namespace pyrometer::sampler {

enum class Taken {
  kSample,
  kSampleWithoutPython,  ///< written, but the thread runs no Python
  kTorn,                 ///< nothing of the stack could be read: nothing written
  kNoRoom,               ///< the segment is full
  kUnwanted,             ///< not taken: the program has paused sampling
  kOtherProcess,         ///< not taken: a child of vfork, in its parent's memory
};

/// Where the signal found the thread.
struct Interrupted {
  std::uint64_t place = 0;  ///< the instruction that comes next
  std::uint64_t stack_pointer = 0, frame_pointer = 0;
  std::uint64_t futex = 0;  ///< address of the futex that it waited at; 0: it did not
};

/// Walks this thread's Python frames, and the native ones between them where they are wanted, and writes them
/// into its segment, with the code objects seen for the first time. Async-signal-safe; about 1 KiB of stack,
/// 2 with native frames.
Taken takeSample(ring::Segment& segment, const Interrupted& at);

}  // namespace pyrometer::sampler
