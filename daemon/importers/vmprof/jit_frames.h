#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "daemon/importers/raw_stacks.h"
#include "daemon/profile/tables.h"

namespace pyrometer::vmprof {

/// Kinds of a PyPy stack's cells. 2, 4 and 5 are defined and never written; they are accepted and have no
/// frame.
enum class Kind : std::uint32_t {
  kCode = 1,
  kBlackhole = 2,
  kJitted = 3,
  kJitting = 4,
  kGc = 5,
  kAssembler = 6,
  kNative = 7
};

/// A PyPy stack as Python sees it: what the JIT's bookkeeping shows twice is there once (vmprof file format,
/// sections PyPy kinds and What the JIT address is).
struct PypyStack {
  struct Frame {
    std::uint64_t id = 0;  ///< code id, or address with bit 0 set
    bool native = false;
    std::uint64_t block = 0;  ///< where the machine code begins that it ran in; 0: interpreted
  };
  std::vector<Frame> frames;  ///< innermost first
  VmState state = VmState::kInterpreter;
};

/// `cells`: (value, kind), innermost first. `native_mode`: the file was recorded with native frames, where
/// the first JIT group may be followed by a stale copy of itself.
void pypyFrames(std::span<const RawFrame> cells, bool native_mode, PypyStack& out);

}  // namespace pyrometer::vmprof
