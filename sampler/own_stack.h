#pragma once

#include <cstdint>

#include "sampler/shared_ring.h"

namespace pyrometer::sampler {

enum class Taken {
  kSample,
  kSampleWithoutPython,  ///< written, but the thread runs no Python
  kTorn,                 ///< nothing of the stack could be read: nothing written
  kNoRoom,               ///< the segment is full
};

/// Walks this thread's Python frames and writes them into its segment, with the code objects seen for the
/// first time. `stack_pointer` is that of the interrupted code. Async-signal-safe; about 1 KiB of stack.
Taken takeSample(ring::Segment& segment, std::uint64_t stack_pointer);

}  // namespace pyrometer::sampler
