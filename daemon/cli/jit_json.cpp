#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "daemon/cli/jit_source.h"
#include "daemon/cli/jit_view.h"
#include "daemon/jit/assembled_places.h"
#include "daemon/jit/disassembler.h"
#include "daemon/jit/resume_place.h"

namespace pyrometer {
namespace {

using Json = nlohmann::ordered_json;
using jit::StageId;
using jit::StageKind;
using jit::Trace;
using jit::TraceForest;
using jit::TraceId;

std::string written(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json logJson(const TraceForest& forest) {
  const jit::LogInfo& info = forest.info();
  Json damage = Json::array();
  for (const Damage& one : info.damage) damage.push_back({{"offset", one.offset}, {"what", one.what}});
  return {
      {"path", info.path},       {"version", info.version},    {"machine", info.machine},
      {"bits", info.word_bits},  {"bytes", info.bytes},        {"traces", forest.traces().size()},
      {"headers", info.headers}, {"counters", info.counters},  {"countersOfOthers", info.counters_of_others},
      {"notes", info.notes},     {"damage", std::move(damage)}};
}

Json traceJson(const TraceForest& forest, TraceId id) {
  const Trace& trace = forest.trace(id);
  Json json = {{"id", trace.number},
               {"kind", kindText(trace.kind)},
               {"end", endText(trace.end)},
               {"driver", trace.driver}};
  if (trace.first_place) {
    const auto& place = forest.sources().place(*trace.first_place);
    json["function"] = forest.sources().function(place.function).name;
    json["file"] = forest.sources().file(place.file);
    json["line"] = place.line;
  }
  json["entries"] = trace.entries;
  json["turns"] = trace.iterations;
  json["failures"] = trace.failures;
  json["recorded"] = trace.recorded_operations;
  json["optimised"] = trace.optimised_operations;
  json["assembled"] = trace.assembled_operations;
  json["removed"] = removedOf(trace);
  json["guards"] = trace.guards;
  json["bytes"] = trace.code_bytes;
  json["codeReused"] = trace.code_reused;
  if (trace.parent) {
    json["parent"] = {{"id", forest.trace(*trace.parent).number}, {"operation", trace.guard->operation}};
  }
  Json bridges = Json::array(), stages = Json::array(), code = Json::array();
  for (const jit::GuardBridge& one : forest.bridges(id)) {
    const Trace& bridge = forest.trace(one.bridge);
    bridges.push_back(
        {{"id", bridge.number}, {"operation", one.guard.operation}, {"entries", bridge.entries}});
  }
  for (const StageId stage : forest.stages(id)) {
    const jit::Stage& of = forest.stage(stage);
    stages.push_back(stageText(of.kind));
    if (!of.code.empty()) code.push_back({{"start", of.code.start}, {"end", of.code.end}});
  }
  json["bridges"] = std::move(bridges);
  json["stages"] = std::move(stages);
  json["code"] = std::move(code);
  return json;
}

Json codeJson(const jit::Operation& op, const jit::Stage& stage, jit::Disassembler& disassembler) {
  Json instructions = Json::array();
  for (const auto& one : disassembler.disassemble(op.code, stage.code.start + op.code_offset)) {
    std::string hex;
    for (const std::byte byte : one.bytes) hex += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    instructions.push_back({{"address", one.address}, {"bytes", hex}, {"text", one.text}});
  }
  return {{"offset", op.code_offset}, {"size", op.code.size()}, {"instructions", std::move(instructions)}};
}

Json pointJson(const jit::MergePoint& point, JitSource& source) {
  Json one = {{"file", point.file},
              {"function", point.function},
              {"line", point.line},
              {"bytecode", point.bytecode_index},
              {"opcode", point.opcode}};
  if (const auto text = source.line(point.file, point.line); !text.empty()) one["source"] = text;
  return one;
}

/// Operations name their merge point by its row in `mergePoints`; null: it comes before the first. Of a
/// bridge these belong to where it `begins`: the instruction of the guard that it goes on from.
Result<Json> stageJson(const TraceForest& forest, StageId id, JitSource& source) {
  const jit::Stage& stage = forest.stage(id);
  auto body = forest.read(id);
  if (!body) return body.error();
  const std::vector<jit::MergePoint>* points = &body->merge_points;
  jit::StageBody optimised;
  if (stage.optimised) {
    auto read = forest.read(*stage.optimised);
    if (!read) return read.error();
    optimised = std::move(*read);
    const auto places = jit::assembledPlaces(forest, *body, optimised);
    for (std::size_t i = 0; i < places.size(); ++i) body->operations[i].merge_point = places[i];
    points = &optimised.merge_points;
  }
  std::unordered_map<jit::DescrNumber, TraceId> bridges, targets;
  std::unordered_map<jit::DescrNumber, std::uint64_t> labels;
  for (const auto& one : forest.bridges(stage.trace)) bridges[one.guard.descr] = one.bridge;
  for (const auto& link : forest.links(stage.trace)) {
    if (link.target) targets[link.descr] = *link.target;
  }
  for (const auto& label : forest.labels(stage.trace)) labels[label.descr] = label.count;
  const bool linked = stage.kind != StageKind::kRecorded;
  jit::Disassembler disassembler(forest.info().machine, forest.info().word_bits);
  Json operations = Json::array(), merge_points = Json::array();
  for (const jit::Operation& op : body->operations) {
    Json one = {{"name", forest.operationName(op.op)},
                {"result", op.result},
                {"arguments", jit::splitArguments(op.arguments)}};
    if (!op.descr.empty()) one["descr"] = op.descr;
    if (op.descr_number != 0) one["descrNumber"] = op.descr_number;
    if (!op.fail_arguments.empty()) one["failArguments"] = jit::splitArguments(op.fail_arguments);
    one["mergePoint"] = op.merge_point == 0 ? Json() : Json(op.merge_point - 1);
    if (const auto found = bridges.find(op.descr_number);
        linked && op.role == jit::OpRole::kGuard && found != bridges.end()) {
      const Trace& bridge = forest.trace(found->second);
      one["bridge"] = bridge.number;
      one["failures"] = bridge.entries;
    }
    if (const auto found = labels.find(op.descr_number);
        linked && op.role == jit::OpRole::kLabel && found != labels.end()) {
      one["passed"] = found->second;
    }
    const bool leads = op.role == jit::OpRole::kJump || op.role == jit::OpRole::kCallAssembler;
    if (const auto found = targets.find(op.descr_number); linked && leads && found != targets.end()) {
      one["target"] = forest.trace(found->second).number;
    }
    if (op.has_code) one["code"] = codeJson(op, stage, disassembler);
    operations.push_back(std::move(one));
  }
  for (const jit::MergePoint& point : *points) merge_points.push_back(pointJson(point, source));
  Json json = {{"stage", stageText(stage.kind)},
               {"inputs", jit::splitArguments(body->inputs)},
               {"operations", std::move(operations)},
               {"mergePoints", std::move(merge_points)}};
  if (const auto begin = jit::resumePlace(forest, stage.trace); !begin) {
    return begin.error();
  } else if (*begin) {
    json["begins"] = pointJson((*begin)->point(), source);
    json["begins"]["id"] = forest.trace((*begin)->trace).number;
    json["begins"]["operation"] = (*begin)->operation;
  }
  return json;
}

}  // namespace

std::string jitListJson(const TraceForest& forest, const JitSelection& selection) {
  std::vector<TraceId> rows = selectTraces(forest, selection);
  const std::size_t all = rows.size();
  if (selection.limit != 0) rows.resize(std::min(all, selection.limit));
  Json traces = Json::array();
  for (const TraceId id : rows) traces.push_back(traceJson(forest, id));
  return written({{"view", "jit"}, {"log", logJson(forest)}, {"found", all}, {"traces", std::move(traces)}});
}

Result<std::string> jitTraceJson(const TraceForest& forest, TraceId trace, std::optional<StageKind> stage) {
  const auto stages = stagesToShow(forest, trace, stage);
  if (!stages) return stages.error();
  Json shown = Json::array();
  JitSource source(forest);
  for (const StageId id : *stages) {
    auto json = stageJson(forest, id, source);
    if (!json) return json.error();
    shown.push_back(std::move(*json));
  }
  return written({{"view", "jit show"},
                  {"log", logJson(forest)},
                  {"trace", traceJson(forest, trace)},
                  {"shown", std::move(shown)}});
}

std::string jitInfoJson(const TraceForest& forest) {
  Json kinds = Json::object();
  std::uint64_t bytes = 0;
  for (const Trace& trace : forest.traces()) {
    Json& count = kinds[std::string(kindText(trace.kind))];
    count = count.is_null() ? 1 : count.get<std::uint64_t>() + 1;
    bytes += trace.code_bytes;
  }
  return written({{"view", "info"},
                  {"format", "jitlog"},
                  {"log", logJson(forest)},
                  {"kinds", std::move(kinds)},
                  {"codeBytes", bytes},
                  {"functions", forest.sources().functions().size()},
                  {"files", forest.sources().files().size()},
                  {"sourceLines", forest.sources().texts().size()}});
}

}  // namespace pyrometer
