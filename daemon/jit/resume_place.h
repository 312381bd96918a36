#pragma once

#include <cstdint>
#include <optional>

#include "daemon/jit/stage_body.h"
#include "daemon/jit/trace_forest.h"

namespace pyrometer::jit {

/// Where in the source a bridge begins: what its operations before its first merge point belong to.
struct ResumePlace {
  TraceId trace{};              ///< whose guard's instruction is run again
  std::uint32_t operation = 0;  ///< that guard, in `body`
  StageBody body;

  const MergePoint& point() const { return *body.placeOf(body.operations[operation]); }
};

/// A bridge goes back to the instruction that its guard belongs to. A guard that shares another one's
/// resume data ("ResumeGuardCopied") goes back to that one's, which is the nearest before it that has its
/// own; a guard that itself stands before a bridge's first merge point, to where that bridge begins. Nothing
/// for what is no bridge, and where the log does not tell. Reads a stage of each trace on the way.
Result<std::optional<ResumePlace>> resumePlace(const TraceForest& forest, TraceId bridge);

}  // namespace pyrometer::jit
