#pragma once

#include <cstdint>
#include <optional>

#include "daemon/jit/ids.h"

namespace pyrometer::jit {

enum class StageKind : std::uint8_t {
  kRecorded,   ///< as it was traced ("noopt")
  kOptimised,  ///< what the optimiser made of it ("opt")
  kAssembled,  ///< as the backend wrote it, with machine code ("asm")
};

/// Machine code in the program's memory: [start, end).
struct CodeRange {
  std::uint64_t start = 0, end = 0;
  bool empty() const { return start >= end; }
  std::uint64_t size() const { return empty() ? 0 : end - start; }
  bool contains(std::uint64_t address) const { return address >= start && address < end; }
};

/// A stage of a trace as the index knows it. Its operations stay in the file: TraceForest::read.
struct Stage {
  StageKind kind = StageKind::kRecorded;
  TraceId trace{};
  std::uint64_t begin = 0, end = 0;  ///< the file's bytes: from its opening mark to behind its last one
  std::uint32_t operations = 0;
  std::uint32_t guards = 0;
  std::uint32_t merge_points = 0;
  std::uint32_t first_count = 0, counts = 0;  ///< see TraceForest::operationCounts
  CodeRange code;                             ///< of an assembled stage
  /// Of an assembled stage: the optimised one before it, whose operations and merge points it has.
  std::optional<StageId> optimised;
};

/// How often a stage holds an operation.
struct OperationCount {
  OpCode op{};
  std::uint16_t count = 0;  ///< 65535: that many or more
};

}  // namespace pyrometer::jit
