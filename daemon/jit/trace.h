#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/jit/ids.h"

namespace pyrometer::jit {

enum class TraceKind : std::uint8_t {
  kLoop,
  kBridge,   ///< hangs on a guard: it was stitched to one, or the log has the guard that it starts from
  kEntry,    ///< begins where a function does; the log calls it a bridge too
  kUnknown,  ///< stages without a beginning: the log was switched on, or damaged, in between
};

enum class TraceEnd : std::uint8_t {
  kCompiled,    ///< has machine code
  kAborted,     ///< the log says that it was given up
  kUnfinished,  ///< neither: compiling failed without a word, or the log stops here
};

/// Where a bridge hangs: an operation of the optimised stage (of the assembled one where there is no other).
struct GuardPlace {
  StageId stage{};
  std::uint32_t operation = 0;
  DescrNumber descr = 0;
};

/// A sequence of operations that PyPy recorded, from loop to loop or from a guard on, with what became of it.
/// A number may stand for several compilations (PyPy logs the pieces of a recording that was too long under
/// one number): the stages tell them apart.
struct Trace {
  std::uint64_t number = 0;  ///< the log's own, what people call the trace by
  TraceKind kind = TraceKind::kUnknown;
  TraceEnd end = TraceEnd::kUnfinished;
  bool code_reused = false;       ///< other traces of the log lay, or lie, at the same addresses
  std::string_view driver;        ///< "pypyjit" and so on; empty for every loop
  DescrNumber start_descr = 0;    ///< of a bridge: its guard's; of an entry trace: nobody's
  std::optional<TraceId> parent;  ///< of a bridge, where the log has it
  std::optional<GuardPlace> guard;

  std::uint32_t first_stage = 0, stage_count = 0;  ///< see TraceForest::stages
  std::uint32_t places = 0;                        ///< distinct places in its merge points
  std::optional<PlaceId> first_place;              ///< of its first merge point: what it is called after

  std::uint64_t entries = 0;     ///< times it was entered, by the log's counters
  std::uint64_t iterations = 0;  ///< times it came by its busiest label
  std::uint64_t failures = 0;    ///< times one of its guards was left by a bridge

  /// Sums over its stages. A loop is recorded once and logged twice, for its preamble and for its body, which
  /// is also what the optimiser makes of it: so both count.
  std::uint64_t recorded_operations = 0, optimised_operations = 0, assembled_operations = 0;
  std::uint64_t guards = 0;  ///< in optimised stages
  std::uint64_t code_bytes = 0;
  std::uint32_t bridges = 0;  ///< that hang on its guards
};

}  // namespace pyrometer::jit
