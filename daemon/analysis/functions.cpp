#include "daemon/analysis/functions.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "daemon/analysis/stack_sums.h"

namespace pyrometer {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

FunctionId functionOf(const Profile& profile, std::size_t node) {
  return profile.frame(profile.stacks()[node].frame).function;
}

/// Sums the pairs of caller and callee that `other` names: other(node) is the function at the far end of the
/// pair that ends in this node, or nothing if the node makes no pair of interest.
///
/// A pair counts where it comes first on a stack. To know that without walking whole stacks, each node keeps
/// the nearest node at or above it where a pair came first; following these visits each distinct pair of the
/// stack once.
template <class Other>
std::vector<CallEdge> edges(const Profile& profile, const Filter& filter, std::stop_token stop, Other other) {
  const auto through = sumsThrough(profile, stackWeights(profile, filter, stop));
  std::vector<std::uint32_t> nearest(through.size(), kNone);  // by node: where the last first pair is
  std::vector<std::uint32_t> before(through.size(), kNone);   // by such a node: the one before it
  std::unordered_map<std::uint32_t, StackWeight> sums;
  for (std::size_t i = 0; i < through.size(); ++i) {
    if ((i & 0xffff) == 0 && stop.stop_requested()) return {};
    const std::uint32_t parent = profile.stacks()[i].parent;
    const std::uint32_t above = parent == StackNode::kNoParent ? kNone : nearest[parent];
    nearest[i] = above;
    if (through[i].count == 0) continue;
    const std::optional<FunctionId> function = other(i);
    if (!function) continue;
    std::uint32_t seen = above;
    while (seen != kNone && other(seen) != function) seen = before[seen];
    if (seen != kNone) continue;
    nearest[i] = static_cast<std::uint32_t>(i);
    before[i] = above;
    sums[index(*function)] += through[i];
  }
  std::vector<CallEdge> list;
  list.reserve(sums.size());
  for (const auto& [function, sum] : sums) list.push_back({FunctionId{function}, sum.count, sum.weight});
  std::sort(list.begin(), list.end(), [](const CallEdge& a, const CallEdge& b) {
    return std::pair(a.time, a.samples) != std::pair(b.time, b.samples)
               ? std::pair(a.time, a.samples) > std::pair(b.time, b.samples)
               : index(a.function) < index(b.function);
  });
  return list;
}

}  // namespace

std::vector<FunctionHeat> functionHeat(const Profile& profile, const Filter& filter, std::stop_token stop) {
  const std::vector<Counters> filtered =
      filter.empty() ? std::vector<Counters>{} : viewCounters(profile, filter, stop).functions;
  std::vector<FunctionHeat> functions;
  for (std::size_t i = 0; i < profile.functions().size(); ++i) {
    const FunctionId id{static_cast<std::uint32_t>(i)};
    const Counters counters = filter.empty() ? profile.functionCounters(id) : filtered[i];
    if (counters.total != 0) functions.push_back({id, counters});
  }
  std::sort(functions.begin(), functions.end(), [](const FunctionHeat& a, const FunctionHeat& b) {
    const auto key = [](const Counters& c) { return std::pair(c.self_time, c.total_time); };
    if (key(a.counters) != key(b.counters)) return key(a.counters) > key(b.counters);
    return index(a.function) < index(b.function);
  });
  return functions;
}

std::vector<CallEdge> callers(const Profile& profile, FunctionId function, const Filter& filter,
                              std::stop_token stop) {
  return edges(profile, filter, std::move(stop), [&](std::size_t node) -> std::optional<FunctionId> {
    const std::uint32_t parent = profile.stacks()[node].parent;
    if (parent == StackNode::kNoParent || functionOf(profile, node) != function) return std::nullopt;
    return functionOf(profile, parent);
  });
}

std::vector<CallEdge> callees(const Profile& profile, FunctionId function, const Filter& filter,
                              std::stop_token stop) {
  return edges(profile, filter, std::move(stop), [&](std::size_t node) -> std::optional<FunctionId> {
    const std::uint32_t parent = profile.stacks()[node].parent;
    if (parent == StackNode::kNoParent || functionOf(profile, parent) != function) return std::nullopt;
    return functionOf(profile, node);
  });
}

}  // namespace pyrometer
