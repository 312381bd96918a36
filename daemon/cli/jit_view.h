#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/cli/jit_selection.h"
#include "daemon/cli/terminal.h"
#include "daemon/jit/trace_forest.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// The traces of a log as a table.
std::string jitListView(const jit::TraceForest& forest, const JitSelection& selection,
                        const Terminal& terminal);

/// One stage of a trace, with the source between its operations: of the kind asked for, else optimised, else
/// recorded. In pieces compiled one after the other each is shown.
Result<std::string> jitTraceView(const jit::TraceForest& forest, jit::TraceId trace,
                                 std::optional<jit::StageKind> stage, const Terminal& terminal);

/// What the log is, and how much is in it.
std::string jitInfoView(const jit::TraceForest& forest, const Terminal& terminal);
/// What of the log could not be read, and what the reader should know.
std::string jitNotesText(const jit::TraceForest& forest, const Terminal& terminal);

std::string jitListJson(const jit::TraceForest& forest, const JitSelection& selection);
Result<std::string> jitTraceJson(const jit::TraceForest& forest, jit::TraceId trace,
                                 std::optional<jit::StageKind> stage);
std::string jitInfoJson(const jit::TraceForest& forest);

/// The stages that a view of the trace shows; an Error that names those it has where it lacks the one asked
/// for.
Result<std::vector<jit::StageId>> stagesToShow(const jit::TraceForest& forest, jit::TraceId trace,
                                               std::optional<jit::StageKind> stage);

}  // namespace pyrometer
