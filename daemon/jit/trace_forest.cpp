#include "daemon/jit/trace_forest.h"

#include <algorithm>

#include "daemon/jit/columns.h"

namespace pyrometer::jit {
namespace {

template <class T>
std::span<const T> rowOf(const std::vector<T>& rows, const std::vector<std::uint32_t>& begin, TraceId id) {
  const std::size_t i = index(id);
  return std::span(rows).subspan(begin[i], begin[i + 1] - begin[i]);
}

}  // namespace

std::optional<TraceId> TraceForest::findTrace(std::uint64_t number) const {
  const auto found =
      std::lower_bound(numbers_.begin(), numbers_.end(), number,
                       [](const auto& entry, std::uint64_t wanted) { return entry.first < wanted; });
  if (found == numbers_.end() || found->first != number) return std::nullopt;
  return found->second;
}

std::span<const StageId> TraceForest::stages(TraceId id) const {
  const Trace& of = trace(id);
  return std::span(stages_of_traces_).subspan(of.first_stage, of.stage_count);
}

std::span<const OperationCount> TraceForest::operationCounts(StageId id) const {
  const Stage& of = stage(id);
  return std::span(counts_).subspan(of.first_count, of.counts);
}

std::string_view TraceForest::operationName(OpCode op) const {
  return index(op) < operation_names_.size() ? std::string_view(operation_names_[index(op)]) : "?";
}

OpRole TraceForest::operationRole(OpCode op) const {
  return index(op) < operation_roles_.size() ? operation_roles_[index(op)] : OpRole::kPlain;
}

std::optional<OpCode> TraceForest::findOperation(std::string_view name) const {
  const auto found = std::find(operation_names_.begin(), operation_names_.end(), name);
  if (found == operation_names_.end()) return std::nullopt;
  return OpCode{static_cast<std::uint16_t>(found - operation_names_.begin())};
}

std::span<const GuardBridge> TraceForest::bridges(TraceId id) const {
  return rowOf(bridges_, bridge_begin_, id);
}

std::optional<TraceId> TraceForest::bridgeAt(TraceId id, DescrNumber guard) const {
  // The last one: a bridge may be replaced.
  std::optional<TraceId> last;
  for (const GuardBridge& one : bridges(id)) {
    if (one.guard.descr == guard && (!last || *last < one.bridge)) last = one.bridge;
  }
  return last;
}

std::span<const Label> TraceForest::labels(TraceId id) const { return rowOf(labels_, label_begin_, id); }

std::span<const Link> TraceForest::links(TraceId id) const { return rowOf(links_, link_begin_, id); }

std::optional<TraceForest::CodeHit> TraceForest::findCode(std::uint64_t address) const {
  auto at =
      std::upper_bound(codes_.begin(), codes_.end(), address,
                       [](std::uint64_t wanted, const Code& code) { return wanted < code.range.start; });
  std::optional<CodeHit> found;
  while (at != codes_.begin()) {
    --at;
    if (at->furthest <= address) break;
    if (!at->range.contains(address)) continue;
    const bool later = !found || found->stage < at->stage;
    const bool reused = found.has_value();
    if (later) found = CodeHit{at->stage, address - at->range.start};
    found->reused = reused;
  }
  return found;
}

std::optional<TraceForest::CodeHit> TraceForest::findCodeStart(std::uint64_t start) const {
  const auto after =
      std::upper_bound(codes_.begin(), codes_.end(), start,
                       [](std::uint64_t wanted, const Code& code) { return wanted < code.range.start; });
  if (after == codes_.begin() || std::prev(after)->range.start != start) return std::nullopt;
  const auto last = std::prev(after);
  const bool reused = last != codes_.begin() && std::prev(last)->range.start == start;
  return CodeHit{last->stage, 0, reused};
}

std::size_t TraceForest::bytes() const {
  return sources_.bytes() + columnBytes(traces_) + columnBytes(numbers_) + columnBytes(stages_) +
         columnBytes(stages_of_traces_) + columnBytes(counts_) + columnBytes(bridges_) +
         columnBytes(bridge_begin_) + columnBytes(labels_) + columnBytes(label_begin_) + columnBytes(links_) +
         columnBytes(link_begin_) + columnBytes(redirects_) + columnBytes(codes_);
}

}  // namespace pyrometer::jit
