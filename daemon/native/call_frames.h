#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "daemon/support/result.h"
#include "sampler/unwind_area.h"

namespace pyrometer {

/// Reads call frame information (`.eh_frame` as the Linux Standard Base has it, DWARF 5 section 6.4) into
/// rules that a handler can follow. What the rules cannot say (a CFA by a register other than the stack and
/// the frame pointer, most expressions) becomes "no rule" for those instructions. x86-64.
struct CallFrameRow {
  std::uint64_t address = 0;  ///< from here on
  unwind::Rule rule;
};

struct CallFrames {
  std::span<const std::byte>
      bytes;                  ///< from the first entry on; ends with an entry of length 0, or with them
  std::uint64_t address = 0;  ///< of the first byte
};

/// What the functions come to: empty ones are not called.
struct CallFrameSinks {
  /// Each row of each function: those of one function ascending, the last one of it "no rule" at its end;
  /// functions in the section's order.
  std::function<void(const CallFrameRow&)> on_row;
  /// Each function, or the part of one that has an entry of its own.
  std::function<void(std::uint64_t begin, std::uint64_t end)> on_function;
};

/// An Error where the section does not hold together; what came before it is good.
Result<void> readCallFrames(const CallFrames& frames, const CallFrameSinks& sinks);

}  // namespace pyrometer
