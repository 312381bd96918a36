#include "daemon/jit/forest_builder.h"

#include <algorithm>
#include <limits>

namespace pyrometer::jit {
namespace {

std::uint32_t rowId(std::size_t size) { return static_cast<std::uint32_t>(size); }

}  // namespace

OpCode ForestBuilder::internOperation(std::string_view name) {
  auto [found, fresh] = op_of_name_.try_emplace(std::string(name), OpCode{});
  if (fresh) {
    auto& names = forest_->operation_names_;
    found->second = OpCode{static_cast<std::uint16_t>(names.size())};
    names.emplace_back(name);
    forest_->operation_roles_.push_back(roleOf(name));
    op_counts_.push_back(0);
  }
  return found->second;
}

TraceId ForestBuilder::addTrace(std::uint64_t number) {
  const TraceId id{rowId(forest_->traces_.size())};
  forest_->traces_.emplace_back();
  forest_->traces_.back().number = number;
  stages_before_.push_back(rowId(forest_->stages_.size()));
  from_descr_.push_back(false);
  stitched_.push_back(false);
  trace_of_number_[number] = id;
  return id;
}

TraceId ForestBuilder::traceOf(std::uint64_t number) {
  const auto found = trace_of_number_.find(number);
  return found != trace_of_number_.end() ? found->second : addTrace(number);
}

void ForestBuilder::startTrace(std::uint64_t number, Begin begin, DescrNumber descr,
                               std::string_view driver) {
  const TraceId id = addTrace(number);
  Trace& trace = forest_->traces_.back();
  trace.driver = places_.keep(driver);
  if (begin == Begin::kLoop) {
    trace.kind = TraceKind::kLoop;
  } else {
    trace.start_descr = descr;
    from_descr_[index(id)] = true;
  }
}

void ForestBuilder::abortTrace(std::uint64_t number) {
  forest_->traces_[index(traceOf(number))].end = TraceEnd::kAborted;
}

void ForestBuilder::beginStage(StageKind kind, std::uint64_t number, std::uint64_t offset) {
  endStage();
  const TraceId trace = traceOf(number);
  std::vector<Stage>& stages = forest_->stages_;
  std::optional<StageId> optimised;
  if (kind == StageKind::kAssembled && !stages.empty() && stages.back().trace == trace &&
      stages.back().kind == StageKind::kOptimised) {
    optimised = StageId{rowId(stages.size() - 1)};
  }
  stages.emplace_back();
  stage_ = &stages.back();
  stage_->kind = kind;
  stage_->trace = trace;
  stage_->begin = stage_->end = offset;
  stage_->optimised = optimised;
}

void ForestBuilder::endStage() {
  if (stage_ == nullptr) return;
  std::sort(ops_seen_.begin(), ops_seen_.end());
  stage_->first_count = rowId(forest_->counts_.size());
  stage_->counts = rowId(ops_seen_.size());
  for (const OpCode op : ops_seen_) {
    const std::uint32_t count = std::exchange(op_counts_[index(op)], 0);
    forest_->counts_.push_back({op, static_cast<std::uint16_t>(std::min<std::uint32_t>(
                                        count, std::numeric_limits<std::uint16_t>::max()))});
  }
  ops_seen_.clear();
  stage_ = nullptr;
}

void ForestBuilder::addGuard(std::optional<DescrNumber> descr) {
  ++stage_->guards;
  // Assembled stages repeat the guards of the optimised one.
  const bool known = stage_->kind == StageKind::kAssembled && stage_->optimised.has_value();
  if (!descr || *descr == 0 || stage_->kind == StageKind::kRecorded || known) return;
  guards_.push_back({*descr, StageId{rowId(forest_->stages_.size() - 1)}, stage_->operations - 1});
}

void ForestBuilder::addLabel(DescrNumber descr) {
  const bool known = stage_->kind == StageKind::kAssembled && stage_->optimised.has_value();
  if (descr == 0 || stage_->kind == StageKind::kRecorded || known) return;
  labels_.push_back({StageId{rowId(forest_->stages_.size() - 1)}, stage_->operations - 1, descr, 0});
}

void ForestBuilder::addLink(LinkKind kind, DescrNumber descr, std::optional<std::uint64_t> loop) {
  const bool known = stage_->kind == StageKind::kAssembled && stage_->optimised.has_value();
  if (stage_->kind == StageKind::kRecorded || known) return;
  const StageId stage{rowId(forest_->stages_.size() - 1)};
  links_.push_back({{kind, stage, stage_->operations - 1, descr, std::nullopt}, loop});
}

void ForestBuilder::addCode(CodeRange range) {
  stage_->code = range;
  if (!range.empty()) trace_at_[range.start] = stage_->trace;
}

void ForestBuilder::stitch(DescrNumber guard, std::uint64_t start) {
  std::optional<TraceId> bridge = traceAtAddress(start);
  if (!bridge && !forest_->traces_.empty() && forest_->traces_.back().start_descr == guard) {
    bridge = TraceId{rowId(forest_->traces_.size() - 1)};
  }
  if (!bridge) return;
  Trace& trace = forest_->traces_[index(*bridge)];
  if (trace.kind == TraceKind::kLoop) return;
  trace.start_descr = guard;
  stitched_[index(*bridge)] = true;
}

void ForestBuilder::redirect(DescrNumber from, DescrNumber to, std::uint64_t target) {
  forest_->redirects_.push_back({from, to, target, std::nullopt});
}

void ForestBuilder::count(Counter counter, std::uint64_t number, std::uint64_t times) {
  counters_.push_back({counter, number, times});
}

std::optional<TraceId> ForestBuilder::traceAtAddress(std::uint64_t address) const {
  const auto found = trace_at_.find(address);
  return found == trace_at_.end() ? std::nullopt : std::optional(found->second);
}

std::shared_ptr<const TraceForest> ForestBuilder::build(std::shared_ptr<const StageSource> source) {
  endStage();
  orderStages();
  forest_->source_ = std::move(source);
  forest_->sources_ = places_.build(forest_->traces_.size());
  for (const auto& [number, id] : trace_of_number_) forest_->numbers_.push_back({number, id});
  std::sort(forest_->numbers_.begin(), forest_->numbers_.end());
  sumUp();
  hangBridges();
  resolveLinks();
  applyCounters();
  sortCodes();
  return std::exchange(forest_, nullptr);
}

}  // namespace pyrometer::jit
