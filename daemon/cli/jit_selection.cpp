#include "daemon/cli/jit_selection.h"

#include <algorithm>

#include "daemon/support/wildcards.h"

namespace pyrometer {
namespace {

using jit::Trace;
using jit::TraceForest;
using jit::TraceId;

/// Whether the trace holds code of a function, or of a file, that fits: its merge points say so.
class PlaceFilter {
 public:
  PlaceFilter(const TraceForest& forest, const JitSelection& selection) : sources_(forest.sources()) {
    all_ = selection.function.empty() && selection.file.empty();
    if (all_) return;
    std::vector<bool> files;
    for (const std::string_view file : sources_.files()) {
      files.push_back(selection.file.empty() || matchesName(selection.file, file));
    }
    for (const auto& function : sources_.functions()) {
      fits_.push_back(files[index(function.file)] &&
                      (selection.function.empty() || matchesName(selection.function, function.name)));
    }
  }

  bool fits(TraceId trace) const {
    const auto places = sources_.placesOf(trace);
    return all_ || std::any_of(places.begin(), places.end(), [this](jit::PlaceId place) {
             return fits_[index(sources_.place(place).function)];
           });
  }

 private:
  const jit::SourceIndex& sources_;
  bool all_ = true;
  std::vector<bool> fits_;  ///< by function
};

std::string_view functionOf(const TraceForest& forest, TraceId id) {
  const auto& place = forest.trace(id).first_place;
  const jit::SourceIndex& sources = forest.sources();
  return place ? sources.function(sources.place(*place).function).name : std::string_view();
}

/// What is sorted by, falling.
double figureOf(const Trace& trace, JitSort sort) {
  switch (sort) {
    case JitSort::kRuns:
      return static_cast<double>(runsOf(trace));
    case JitSort::kEntries:
      return static_cast<double>(trace.entries);
    case JitSort::kRecorded:
      return static_cast<double>(trace.recorded_operations);
    case JitSort::kOperations:
      return static_cast<double>(trace.optimised_operations);
    case JitSort::kRemoved:
      return removedOf(trace);
    case JitSort::kGuards:
      return static_cast<double>(trace.guards);
    case JitSort::kFailures:
      return static_cast<double>(trace.failures);
    case JitSort::kBytes:
      return static_cast<double>(trace.code_bytes);
    case JitSort::kBridges:
      return trace.bridges;
    case JitSort::kId:
    case JitSort::kFunction:
      return 0;
  }
  return 0;
}

}  // namespace

std::uint64_t runsOf(const Trace& trace) { return std::max(trace.entries, trace.iterations); }

double removedOf(const Trace& trace) {
  if (trace.optimised_operations == 0 || trace.optimised_operations >= trace.recorded_operations) return 0;
  return 1 - static_cast<double>(trace.optimised_operations) / static_cast<double>(trace.recorded_operations);
}

std::vector<TraceId> selectTraces(const TraceForest& forest, const JitSelection& selection) {
  const PlaceFilter places(forest, selection);
  std::vector<TraceId> found;
  for (std::uint32_t i = 0; i < forest.traces().size(); ++i) {
    const Trace& trace = forest.traces()[i];
    if (selection.kind && trace.kind != *selection.kind) continue;
    if (selection.end && trace.end != *selection.end) continue;
    if (places.fits(TraceId{i})) found.push_back(TraceId{i});
  }
  // Where figures are the same, the order of the log stays.
  std::stable_sort(found.begin(), found.end(), [&](TraceId a, TraceId b) {
    if (selection.sort == JitSort::kFunction) return functionOf(forest, a) < functionOf(forest, b);
    return figureOf(forest.trace(a), selection.sort) > figureOf(forest.trace(b), selection.sort);
  });
  return found;
}

std::string_view kindText(jit::TraceKind kind) {
  switch (kind) {
    case jit::TraceKind::kLoop:
      return "loop";
    case jit::TraceKind::kBridge:
      return "bridge";
    case jit::TraceKind::kEntry:
      return "entry";
    case jit::TraceKind::kUnknown:
      break;
  }
  return "unknown";
}

std::string_view endText(jit::TraceEnd end) {
  switch (end) {
    case jit::TraceEnd::kCompiled:
      return "compiled";
    case jit::TraceEnd::kAborted:
      return "aborted";
    case jit::TraceEnd::kUnfinished:
      break;
  }
  return "unfinished";
}

std::string_view stageText(jit::StageKind kind) {
  switch (kind) {
    case jit::StageKind::kRecorded:
      return "noopt";
    case jit::StageKind::kOptimised:
      return "opt";
    case jit::StageKind::kAssembled:
      break;
  }
  return "asm";
}

}  // namespace pyrometer
