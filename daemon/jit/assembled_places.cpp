#include "daemon/jit/assembled_places.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace pyrometer::jit {
namespace {

constexpr std::size_t kLookAhead = 100;

bool isAnchor(const Operation& op) {
  return (op.role == OpRole::kGuard || op.role == OpRole::kLabel) && op.descr_number != 0;
}

/// What the backend writes for an operation: loads and stores lose the name of what they load.
std::string_view loweredName(std::string_view name) {
  if (name.starts_with("getfield_") || name.starts_with("getarrayitem_") ||
      name.starts_with("getinteriorfield_") || name.starts_with("arraylen_") || name == "strlen" ||
      name == "unicodelen" || name == "strgetitem") {
    return "gc_load";
  }
  if (name.starts_with("setfield_") || name.starts_with("setarrayitem_") ||
      name.starts_with("setinteriorfield_")) {
    return "gc_store";
  }
  if (name.starts_with("gc_load")) return "gc_load";
  if (name.starts_with("gc_store")) return "gc_store";
  if (name.starts_with("new") || name.starts_with("call_malloc_nursery")) return "new";
  return name;
}

}  // namespace

std::vector<std::uint32_t> assembledPlaces(const TraceForest& forest, const StageBody& assembled,
                                           const StageBody& optimised) {
  const std::vector<Operation>& wanted = assembled.operations;
  const std::vector<Operation>& known = optimised.operations;
  std::unordered_map<DescrNumber, std::size_t> anchors;
  for (std::size_t i = known.size(); i-- > 0;) {
    if (isAnchor(known[i])) anchors[known[i].descr_number] = i;
  }
  const auto name = [&](const Operation& op) { return loweredName(forest.operationName(op.op)); };

  std::vector<std::uint32_t> places(wanted.size(), 0);
  std::size_t from = 0;  // in the optimised stage: behind the last anchor
  std::uint32_t place = 0;
  for (std::size_t begin = 0; begin < wanted.size();) {
    std::size_t end = begin, to = known.size();
    for (; end < wanted.size(); ++end) {
      if (!isAnchor(wanted[end])) continue;
      const auto found = anchors.find(wanted[end].descr_number);
      if (found == anchors.end() || found->second < from) continue;
      to = found->second;
      break;
    }
    for (std::size_t i = begin, next = from; i < end; ++i) {
      // Between two anchors there are a few operations, in traces as they are.
      const std::size_t last = std::min(to, next + kLookAhead);
      std::size_t match = next;
      while (match < last && name(known[match]) != name(wanted[i])) ++match;
      if (match < last) {
        place = known[match].merge_point;
        next = match + 1;
      }
      places[i] = place;
    }
    if (end < wanted.size()) {
      place = known[to].merge_point;
      places[end] = place;
      from = to + 1;
    }
    begin = end + 1;
  }
  return places;
}

}  // namespace pyrometer::jit
