#pragma once

#include <cstdint>
#include <vector>

#include "daemon/jit/stage_body.h"
#include "daemon/jit/trace_forest.h"

namespace pyrometer::jit {

/// Assembled stages have no merge points. For each operation of one: how many merge points of the optimised
/// stage come before it (0: none does; n: it belongs to merge point n - 1). Guards and labels are found again
/// by their descr numbers; between two of them operations are matched by name, in order, and what the backend
/// made of others or added stays with its neighbour before.
std::vector<std::uint32_t> assembledPlaces(const TraceForest& forest, const StageBody& assembled,
                                           const StageBody& optimised);

}  // namespace pyrometer::jit
