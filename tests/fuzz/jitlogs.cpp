#include "tests/fuzz/jitlogs.h"

#include <algorithm>
#include <optional>

#include "daemon/importers/jitlog/jitlog.h"
#include "daemon/jit/assembled_places.h"
#include "daemon/jit/disassembler.h"
#include "tests/fuzz/seeds.h"

namespace pyrometer::fuzz {
namespace {

using jit::StageId;
using jit::TraceForest;
using jit::TraceId;

void lookAtStage(const TraceForest& forest, StageId id) {
  const jit::Stage& stage = forest.stage(id);
  insist(index(stage.trace) < forest.traces().size(), "a stage without a trace");
  const auto body = forest.read(id);
  insist(body.ok(), "a stage that was indexed cannot be read");
  insist(body->operations.size() == stage.operations, "operations differ between index and stage");
  std::optional<jit::Disassembler> disassembler;
  std::size_t disassembled = 0;
  for (const jit::Operation& op : body->operations) {
    insist(op.merge_point <= body->merge_points.size(), "a place that is not there");
    static_cast<void>(jit::splitArguments(op.arguments).size());
    if (!op.code.empty() && disassembled++ < 20) {
      if (!disassembler) disassembler.emplace(forest.info().machine, forest.info().word_bits);
      static_cast<void>(disassembler->disassemble(op.code, stage.code.start).size());
    }
  }
  for (const jit::MergePoint& point : body->merge_points) {
    insist(point.operation <= body->operations.size(), "a merge point behind the end");
  }
  if (!stage.optimised) return;
  insist(*stage.optimised < id, "optimised after it was assembled");
  const auto optimised = forest.read(*stage.optimised);
  insist(optimised.ok(), "a stage that was indexed cannot be read");
  for (const std::uint32_t place : jit::assembledPlaces(forest, *body, *optimised)) {
    insist(place <= optimised->merge_points.size(), "a place that is not there");
  }
}

void lookAtTrace(const TraceForest& forest, TraceId id) {
  const jit::Trace& trace = forest.trace(id);
  insist(!trace.parent || *trace.parent < id, "a bridge before its guard");
  insist(forest.bridges(id).size() == trace.bridges, "bridges are lost");
  for (const jit::GuardBridge& one : forest.bridges(id)) {
    insist(forest.trace(one.bridge).parent == id, "a bridge that hangs elsewhere");
    insist(forest.stage(one.guard.stage).trace == id, "a guard that is elsewhere");
  }
  for (const jit::Link& link : forest.links(id)) {
    insist(!link.target || index(*link.target) < forest.traces().size(), "a link to nowhere");
  }
  for (const jit::Label& label : forest.labels(id)) {
    insist(forest.stage(label.stage).trace == id, "a label that is elsewhere");
  }
  for (const jit::PlaceId place : forest.sources().placesOf(id)) {
    const auto traces = forest.sources().tracesAt(place);
    insist(std::find(traces.begin(), traces.end(), id) != traces.end(),
           "a place that does not know its trace");
  }
  for (const StageId stage : forest.stages(id)) {
    const jit::CodeRange& code = forest.stage(stage).code;
    if (code.empty()) continue;
    insist(forest.findCodeStart(code.start).has_value(), "code that is not found by its start");
    insist(forest.findCode(code.end - 1).has_value(), "code that is not found by an address in it");
  }
}

}  // namespace

void lookAt(const TraceForest& forest) {
  for (std::uint32_t i = 0; i < forest.allStages().size(); ++i) lookAtStage(forest, StageId{i});
  for (std::uint32_t i = 0; i < forest.traces().size(); ++i) lookAtTrace(forest, TraceId{i});
}

void runJitlog(std::span<const std::byte> bytes) {
  asFile(bytes, [](const std::string& path) {
    const auto read = jitlog::readJitlog(path);
    if (read) lookAt(**read);
  });
}

std::vector<std::string> jitlogs() {
  return {golden("jitlog/synth-v4.jit"), golden("jitlog/synth-v1.jit"), golden("jitlog/synth-v4-32bit.jit"),
          golden("jitlog/synth-v3.jit"), golden("jitlog/pypy7311-two-headers.jit").substr(0, 20'000)};
}

}  // namespace pyrometer::fuzz
