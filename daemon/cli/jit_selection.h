#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "daemon/jit/trace_forest.h"

namespace pyrometer {

enum class JitSort {
  kRuns,
  kEntries,
  kId,
  kRecorded,
  kOperations,
  kRemoved,
  kGuards,
  kFailures,
  kBytes,
  kBridges,
  kFunction
};

/// Which traces `jit` lists, and in which order. kRuns: times the trace's code was run through from its start
/// or its busiest label.
struct JitSelection {
  JitSort sort = JitSort::kRuns;
  std::optional<jit::TraceKind> kind = {};  ///< none: all
  std::optional<jit::TraceEnd> end = {};    ///< none: all
  std::string function = {};                ///< a pattern (support/wildcards.h), empty: all
  std::string file = {};                    ///< a pattern, empty: all
  std::size_t limit = 0;                    ///< 0: as many as a view shows
};

std::uint64_t runsOf(const jit::Trace& trace);
/// The share of the recorded operations that the optimiser removed; none where it added some, or did not run.
double removedOf(const jit::Trace& trace);

/// All that fit, sorted: large numbers first, ids and names from the front. `limit` is left to the view.
std::vector<jit::TraceId> selectTraces(const jit::TraceForest& forest, const JitSelection& selection);

std::string_view kindText(jit::TraceKind kind);
std::string_view endText(jit::TraceEnd end);
/// "opt", as the option says it.
std::string_view stageText(jit::StageKind kind);

}  // namespace pyrometer
