// The second half of ForestBuilder: when the log is over, what leads where.

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

#include "daemon/jit/forest_builder.h"

namespace pyrometer::jit {
namespace {

/// A file may claim any counts; their sum stays at the largest number instead of beginning anew.
void addTo(std::uint64_t& sum, std::uint64_t more) {
  sum = more > std::numeric_limits<std::uint64_t>::max() - sum ? std::numeric_limits<std::uint64_t>::max()
                                                               : sum + more;
}

/// Where the rows of each trace begin, of rows that are sorted by trace.
template <class Row, class TraceOf>
std::vector<std::uint32_t> rowBegins(const std::vector<Row>& rows, std::size_t traces, const TraceOf& of) {
  std::vector<std::uint32_t> begin(traces + 1, 0);
  for (const Row& row : rows) ++begin[index(of(row)) + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  return begin;
}

}  // namespace

void ForestBuilder::orderStages() {
  const std::vector<Stage>& stages = forest_->stages_;
  std::vector<StageId>& of_traces = forest_->stages_of_traces_;
  of_traces.reserve(stages.size());
  for (std::uint32_t i = 0; i < stages.size(); ++i) of_traces.push_back(StageId{i});
  std::stable_sort(of_traces.begin(), of_traces.end(),
                   [&](StageId a, StageId b) { return stages[index(a)].trace < stages[index(b)].trace; });
  for (std::uint32_t i = 0; i < of_traces.size(); ++i) {
    Trace& trace = forest_->traces_[index(stages[index(of_traces[i])].trace)];
    if (trace.stage_count++ == 0) trace.first_stage = i;
  }
}

void ForestBuilder::sumUp() {
  for (const Stage& stage : forest_->stages_) {
    Trace& trace = forest_->traces_[index(stage.trace)];
    switch (stage.kind) {
      case StageKind::kRecorded:
        trace.recorded_operations += stage.operations;
        break;
      case StageKind::kOptimised:
        trace.optimised_operations += stage.operations;
        trace.guards += stage.guards;
        break;
      case StageKind::kAssembled:
        trace.assembled_operations += stage.operations;
        addTo(trace.code_bytes, stage.code.size());
        if (!stage.code.empty()) trace.end = TraceEnd::kCompiled;
        break;
    }
  }
  for (std::uint32_t i = 0; i < forest_->traces_.size(); ++i) {
    const auto places = forest_->sources_.placesOf(TraceId{i});
    if (!places.empty()) forest_->traces_[i].first_place = places.front();
  }
}

const ForestBuilder::Guard* ForestBuilder::findGuard(DescrNumber descr, std::uint32_t before_stage) const {
  const auto after = std::lower_bound(
      guards_.begin(), guards_.end(), std::pair(descr, StageId{before_stage}),
      [](const Guard& guard, const auto& key) { return std::pair(guard.descr, guard.stage) < key; });
  return after != guards_.begin() && std::prev(after)->descr == descr ? &*std::prev(after) : nullptr;
}

void ForestBuilder::hangBridges() {
  std::sort(guards_.begin(), guards_.end(), [](const Guard& a, const Guard& b) {
    return std::tie(a.descr, a.stage, a.operation) < std::tie(b.descr, b.stage, b.operation);
  });
  std::vector<Trace>& traces = forest_->traces_;
  std::vector<GuardBridge>& bridges = forest_->bridges_;
  for (std::uint32_t i = 0; i < traces.size(); ++i) {
    Trace& trace = traces[i];
    if (!from_descr_[i] && !stitched_[i]) continue;
    // Only guards that were logged before the bridge: so a parent always comes before its bridges, whatever
    // the file claims.
    const Guard* guard = trace.start_descr == 0 ? nullptr : findGuard(trace.start_descr, stages_before_[i]);
    if (guard == nullptr && !stitched_[i]) {
      // Not compiled it may have been either.
      if (trace.end == TraceEnd::kCompiled) trace.kind = TraceKind::kEntry;
      continue;
    }
    trace.kind = TraceKind::kBridge;
    if (guard == nullptr) continue;
    trace.guard = GuardPlace{guard->stage, guard->operation, guard->descr};
    trace.parent = forest_->stages_[index(guard->stage)].trace;
    // One that came to nothing hangs nowhere, it only wanted to.
    if (trace.end != TraceEnd::kCompiled) continue;
    ++traces[index(*trace.parent)].bridges;
    bridges.push_back({*trace.guard, TraceId{i}});
  }
  const auto parent = [&](const GuardBridge& one) { return *traces[index(one.bridge)].parent; };
  std::sort(bridges.begin(), bridges.end(), [&](const GuardBridge& a, const GuardBridge& b) {
    return std::tuple(parent(a), a.guard.stage, a.guard.operation, a.bridge) <
           std::tuple(parent(b), b.guard.stage, b.guard.operation, b.bridge);
  });
  forest_->bridge_begin_ = rowBegins(bridges, traces.size(), parent);
}

/// The last label of that number that was logged before the asking stage or in it; else the first one after.
std::optional<TraceId> ForestBuilder::labelled(DescrNumber descr, StageId asking) const {
  auto after = std::upper_bound(
      labels_.begin(), labels_.end(), std::pair(descr, asking),
      [](const auto& key, const Label& label) { return key < std::pair(label.descr, label.stage); });
  if (after != labels_.begin() && std::prev(after)->descr == descr) --after;
  if (after == labels_.end() || after->descr != descr) return std::nullopt;
  return forest_->stages_[index(after->stage)].trace;
}

void ForestBuilder::resolveLinks() {
  std::sort(labels_.begin(), labels_.end(), [](const Label& a, const Label& b) {
    return std::tie(a.descr, a.stage, a.operation) < std::tie(b.descr, b.stage, b.operation);
  });
  std::unordered_map<DescrNumber, std::optional<TraceId>> redirected;
  for (Redirect& redirect : forest_->redirects_) {
    redirect.trace = traceAtAddress(redirect.target);
    if (!redirect.trace) redirect.trace = forest_->findTrace(redirect.target);
    redirected[redirect.from] = redirect.trace;
  }
  for (OpenLink& open : links_) {
    Link& link = open.link;
    if (link.kind == LinkKind::kJump) {
      link.target = labelled(link.descr, link.stage);
    } else if (const auto found = redirected.find(link.descr); found != redirected.end()) {
      link.target = found->second;
    } else if (open.loop) {
      link.target = forest_->findTrace(*open.loop);
    }
    forest_->links_.push_back(link);
  }
  const auto of = [this](const auto& row) { return forest_->stages_[index(row.stage)].trace; };
  const auto by_trace = [&](const auto& a, const auto& b) {
    return std::tuple(of(a), a.stage, a.operation) < std::tuple(of(b), b.stage, b.operation);
  };
  std::sort(forest_->links_.begin(), forest_->links_.end(), by_trace);
  forest_->link_begin_ = rowBegins(forest_->links_, forest_->traces_.size(), of);
}

void ForestBuilder::applyCounters() {
  std::vector<Trace>& traces = forest_->traces_;
  std::unordered_map<DescrNumber, std::uint32_t> bridge_of;
  for (std::uint32_t i = 0; i < traces.size(); ++i) {
    if (traces[i].kind == TraceKind::kBridge && traces[i].start_descr != 0)
      bridge_of[traces[i].start_descr] = i;
  }
  LogInfo& log = info();
  for (const Count& count : counters_) {
    std::uint64_t* to = nullptr;
    if (count.counter == Counter::kEntry) {
      if (const auto found = forest_->findTrace(count.number)) to = &traces[index(*found)].entries;
    } else if (count.counter == Counter::kBridge) {
      if (const auto found = bridge_of.find(count.number); found != bridge_of.end())
        to = &traces[found->second].entries;
    } else {
      const auto after =
          std::upper_bound(labels_.begin(), labels_.end(), count.number,
                           [](DescrNumber wanted, const Label& label) { return wanted < label.descr; });
      if (after != labels_.begin() && std::prev(after)->descr == count.number) to = &std::prev(after)->count;
    }
    ++log.counters;
    if (to == nullptr) {
      ++log.counters_of_others;
    } else {
      addTo(*to, count.times);
    }
  }
  for (const Trace& trace : traces) {
    if (trace.parent) addTo(traces[index(*trace.parent)].failures, trace.entries);
  }
  const auto of = [this](const Label& label) { return forest_->stages_[index(label.stage)].trace; };
  std::sort(labels_.begin(), labels_.end(), [&](const Label& a, const Label& b) {
    return std::tuple(of(a), a.stage, a.operation) < std::tuple(of(b), b.stage, b.operation);
  });
  for (const Label& label : labels_) {
    std::uint64_t& most = traces[index(of(label))].iterations;
    most = std::max(most, label.count);
  }
  forest_->label_begin_ = rowBegins(labels_, traces.size(), of);
  forest_->labels_ = std::move(labels_);
}

void ForestBuilder::sortCodes() {
  auto& codes = forest_->codes_;
  for (std::uint32_t i = 0; i < forest_->stages_.size(); ++i) {
    const Stage& stage = forest_->stages_[i];
    if (!stage.code.empty()) codes.push_back({stage.code, 0, StageId{i}});
  }
  std::sort(codes.begin(), codes.end(), [](const auto& a, const auto& b) {
    return std::tie(a.range.start, a.stage) < std::tie(b.range.start, b.stage);
  });
  std::uint64_t furthest = 0;
  TraceId holder{};
  for (auto& code : codes) {
    const TraceId trace = forest_->stages_[index(code.stage)].trace;
    if (code.range.start < furthest) {
      forest_->traces_[index(trace)].code_reused = forest_->traces_[index(holder)].code_reused = true;
    }
    if (code.range.end > furthest) {
      furthest = code.range.end;
      holder = trace;
    }
    code.furthest = furthest;
  }
}

}  // namespace pyrometer::jit
