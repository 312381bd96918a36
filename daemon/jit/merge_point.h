#pragma once

#include <cstdint>
#include <string_view>

namespace pyrometer::jit {

/// Where in the source a trace is: a bytecode instruction. Its texts lie in memory that the StageBody holds.
struct MergePoint {
  std::string_view file;
  std::string_view function;
  std::string_view opcode;           ///< "LOAD_FAST"
  std::uint32_t line = 0;            ///< from 1; 0: unknown
  std::int64_t bytecode_index = -1;  ///< -1: unknown
  std::uint32_t operation = 0;       ///< the operation that it stands before; may be the one behind the last
};

}  // namespace pyrometer::jit
