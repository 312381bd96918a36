#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/jit/ids.h"

namespace pyrometer::jit {

/// What an operation is for the shape of the forest.
enum class OpRole : std::uint8_t { kPlain, kGuard, kLabel, kJump, kFinish, kCallAssembler };
OpRole roleOf(std::string_view name);

/// An operation of a stage. Its texts are the file's bytes, in memory that the StageBody holds.
struct Operation {
  OpCode op{};
  OpRole role = OpRole::kPlain;
  std::string_view result;     ///< "i5"; empty without one
  std::string_view arguments;  ///< "i2,ConstPtr(ptr12)"; see splitArguments
  std::string_view descr;      ///< "<FieldP mod.Class.inst_x 16 pure>"; empty without one
  DescrNumber descr_number = 0;
  std::string_view fail_arguments;  ///< "i2,-,p3": what a guard hands out; - is a hole
  std::uint32_t merge_point = 0;    ///< how many merge points of the stage come before it
  /// Assembled stages: where its code lies behind CodeRange::start, and the code as it was at first.
  std::uint64_t code_offset = 0;
  std::span<const std::byte> code;
  bool has_code = false;  ///< the log says where; the code itself may be empty
};

/// The pieces of an argument list. What stands between <> or () is not cut.
std::vector<std::string_view> splitArguments(std::string_view text);

/// N of "<LoopN>": the trace that a call_assembler goes to. None for other texts, and for the temporary -1.
std::optional<std::uint64_t> loopNumber(std::string_view descr);

}  // namespace pyrometer::jit
