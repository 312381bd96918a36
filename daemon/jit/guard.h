#pragma once

#include <cstdint>
#include <optional>

#include "daemon/jit/ids.h"
#include "daemon/jit/trace.h"

namespace pyrometer::jit {

/// A guard that a bridge hangs on, seen from the trace that the guard is in.
struct GuardBridge {
  GuardPlace guard;
  TraceId bridge{};
};

/// A label of an optimised stage: jumps lead here.
struct Label {
  StageId stage{};
  std::uint32_t operation = 0;
  DescrNumber descr = 0;
  std::uint64_t count = 0;  ///< times it was passed
};

enum class LinkKind : std::uint8_t { kJump, kCallAssembler };

/// A jump or a call_assembler of an optimised stage, and the trace that it leads to, where the log has it.
struct Link {
  LinkKind kind = LinkKind::kJump;
  StageId stage{};
  std::uint32_t operation = 0;
  DescrNumber descr = 0;
  std::optional<TraceId> target;
};

/// What had been compiled anew: calls that went to one place go to another.
struct Redirect {
  DescrNumber from = 0, to = 0;
  std::uint64_t target = 0;  ///< an address, or a trace's number
  std::optional<TraceId> trace;
};

}  // namespace pyrometer::jit
