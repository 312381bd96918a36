#include "daemon/analysis/call_tree.h"

#include <algorithm>
#include <utility>

#include "daemon/analysis/stack_sums.h"
#include "daemon/profile/id_map.h"

namespace pyrometer {
namespace {

class TreeMaker {
 public:
  TreeMaker() { tree_.nodes.emplace_back(); }

  std::uint32_t child(std::uint32_t parent, FunctionId function) {
    const auto fresh = static_cast<std::uint32_t>(tree_.nodes.size());
    const auto [node, added] = children_.findOrAdd(IdMap::key(parent, index(function)), fresh);
    if (added) tree_.nodes.push_back({.function = function, .parent = parent});
    return node;
  }

  void addSelf(std::uint32_t node, StackWeight weight) {
    tree_.nodes[node].self += weight.count;
    tree_.nodes[node].self_time += weight.weight;
  }

  CallTree finish() {
    sumTotals();
    linkChildren();
    return std::move(tree_);
  }

 private:
  void sumTotals() {
    auto& nodes = tree_.nodes;
    for (std::size_t i = nodes.size(); i-- > 0;) {
      nodes[i].total += nodes[i].self;
      nodes[i].total_time += nodes[i].self_time;
      if (nodes[i].parent == UINT32_MAX) continue;
      nodes[nodes[i].parent].total += nodes[i].total;
      nodes[nodes[i].parent].total_time += nodes[i].total_time;
    }
  }

  void linkChildren() {
    auto& nodes = tree_.nodes;
    std::vector<std::uint32_t> order;
    order.reserve(nodes.size());
    for (std::uint32_t i = 1; i < nodes.size(); ++i) order.push_back(i);
    std::sort(order.begin(), order.end(), [&nodes](std::uint32_t a, std::uint32_t b) {
      const auto key = [&nodes](std::uint32_t n) { return std::pair(nodes[n].total_time, nodes[n].total); };
      return key(a) != key(b) ? key(a) < key(b) : a > b;
    });
    for (const std::uint32_t node : order) {  // least first, each put before its siblings
      CallTree::Node& parent = nodes[nodes[node].parent];
      nodes[node].next_sibling = parent.first_child;
      parent.first_child = node;
    }
  }

  CallTree tree_;
  IdMap children_;
};

void addFromRoot(const Profile& profile, std::vector<StackWeight> own, std::stop_token stop,
                 TreeMaker& tree) {
  const auto through = sumsThrough(profile, own);
  std::vector<std::uint32_t> place(own.size(), 0);  // by stack: its node of the call tree
  for (std::size_t i = 0; i < own.size(); ++i) {
    if ((i & 0xffff) == 0 && stop.stop_requested()) return;
    if (through[i].count == 0) continue;
    const StackNode& stack = profile.stacks()[i];
    const std::uint32_t parent = stack.parent == StackNode::kNoParent ? 0 : place[stack.parent];
    place[i] = tree.child(parent, profile.frame(stack.frame).function);
    tree.addSelf(place[i], own[i]);
  }
}

void addFromLeaf(const Profile& profile, const std::vector<StackWeight>& own, std::stop_token stop,
                 TreeMaker& tree) {
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (own[i].count == 0) continue;
    if (stop.stop_requested()) return;
    std::uint32_t place = 0;
    auto stack = static_cast<std::uint32_t>(i);
    for (std::uint32_t steps = 0; stack != StackNode::kNoParent && steps <= CallTree::kMaxCallers; ++steps) {
      place = tree.child(place, profile.frame(profile.stacks()[stack].frame).function);
      stack = profile.stacks()[stack].parent;
    }
    tree.addSelf(place, own[i]);
  }
}

}  // namespace

CallTree callTree(const Profile& profile, const Filter& filter, bool inverted, std::stop_token stop) {
  TreeMaker tree;
  const auto own = stackWeights(profile, filter, stop);
  if (inverted) {
    addFromLeaf(profile, own, std::move(stop), tree);
  } else {
    addFromRoot(profile, own, std::move(stop), tree);
  }
  return tree.finish();
}

}  // namespace pyrometer
