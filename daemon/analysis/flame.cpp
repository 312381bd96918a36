#include "daemon/analysis/flame.h"

#include <unordered_map>
#include <utility>

namespace pyrometer {
namespace {

struct Placed {
  std::uint32_t node;
  std::uint64_t begin;
};

/// Nodes below each node, without recursion: children follow their parents.
std::vector<std::uint64_t> countsBelow(const CallTree& tree) {
  std::vector<std::uint64_t> below(tree.nodes.size(), 0);
  for (std::size_t i = tree.nodes.size(); i-- > 1;) below[tree.nodes[i].parent] += below[i] + 1;
  return below;
}

}  // namespace

Flame flame(const CallTree& tree, std::uint32_t node, std::uint32_t pixels, std::uint32_t depth) {
  Flame picture;
  if (node >= tree.nodes.size()) return picture;
  picture.time = tree.nodes[node].total_time;
  const std::vector<std::uint64_t> below = countsBelow(tree);
  const double narrowest = pixels == 0 ? 0 : static_cast<double>(picture.time) / pixels / 2;
  std::unordered_map<std::uint32_t, std::uint32_t> places;
  std::uint64_t shown = 0;
  std::vector<Placed> level = {{node, 0}};
  for (std::uint32_t number = 0; number < depth && !level.empty(); ++number) {
    std::vector<Placed> next;
    for (const Placed& parent : level) {
      std::uint64_t begin = parent.begin;
      for (std::uint32_t child = tree.nodes[parent.node].first_child; child != UINT32_MAX;
           child = tree.nodes[child].next_sibling) {
        const CallTree::Node& row = tree.nodes[child];
        // Children come widest first: what follows is narrower still.
        if (row.total_time == 0 || static_cast<double>(row.total_time) < narrowest) break;
        const auto place = places.try_emplace(index(row.function), picture.functions.size()).first->second;
        if (place == picture.functions.size()) picture.functions.push_back(row.function);
        picture.rectangles.push_back({place, number, begin, row.total_time, row.self_time});
        next.push_back({child, begin});
        begin += row.total_time;
        ++shown;
      }
    }
    level = std::move(next);
  }
  picture.omitted = below[node] - shown;
  return picture;
}

std::optional<std::uint32_t> findNode(const CallTree& tree, std::span<const FunctionId> path) {
  if (tree.nodes.empty()) return std::nullopt;
  std::uint32_t node = 0;
  for (const FunctionId function : path) {
    node = tree.nodes[node].first_child;
    while (node != UINT32_MAX && tree.nodes[node].function != function) node = tree.nodes[node].next_sibling;
    if (node == UINT32_MAX) return std::nullopt;
  }
  return node;
}

}  // namespace pyrometer
