#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "daemon/cli/folded_tree.h"
#include "daemon/cli/origins.h"
#include "daemon/profile/thread_title.h"

namespace pyrometer {
namespace {

class Grouped {
 public:
  Grouped(const Profile& profile, bool all) : profile_(profile), all_(all), weights_(originWeights(profile)) {
    tree_.nodes.emplace_back();
    setTotals(tree_.nodes[0], {profile.sampleCount(), profile.totalWeight()});
  }

  void addProcesses(bool with_threads) {
    std::vector<std::pair<StackWeight, std::uint32_t>> processes;
    for (std::uint32_t i = 0; i < weights_.by_process.size(); ++i) {
      if (weights_.by_process[i].count != 0) processes.push_back({weights_.by_process[i], i});
    }
    addGroups(0, std::move(processes), "processes", [&](std::uint32_t i, std::uint32_t node) {
      const ProcessId id{i};
      tree_.nodes[node].name = "process " + processName(profile_, id);
      if (!with_threads) return addCalls(node, {.processes = {id}});
      std::vector<std::pair<StackWeight, std::uint32_t>> threads;
      for (std::uint32_t t = 0; t < weights_.by_thread.size(); ++t) {
        if (profile_.threads()[t].process == id && weights_.by_thread[t].count != 0)
          threads.push_back({weights_.by_thread[t], t});
      }
      addGroups(node, std::move(threads), "threads", [&](std::uint32_t t, std::uint32_t below) {
        tree_.nodes[below].name = threadTitle(profile_, profile_.threads()[t]);
        addCalls(below, {.threads = {ThreadId{t}}});
      });
    });
  }

  FoldedTree take() { return std::move(tree_); }

 private:
  static void setTotals(FoldedTree::Node& node, StackWeight weight) {
    node.total = weight.count;
    node.total_time = weight.weight;
  }

  std::uint32_t addNode(std::uint32_t parent, StackWeight weight) {
    const auto node = static_cast<std::uint32_t>(tree_.nodes.size());
    tree_.nodes.emplace_back();
    tree_.nodes[node].parent = parent;
    tree_.nodes[node].group = true;
    setTotals(tree_.nodes[node], weight);
    tree_.nodes[parent].children.push_back(node);
    return node;
  }

  template <class Fill>
  void addGroups(std::uint32_t parent, std::vector<std::pair<StackWeight, std::uint32_t>> groups,
                 const char* what, Fill fill) {
    std::stable_sort(groups.begin(), groups.end(),
                     [](const auto& a, const auto& b) { return a.first.weight > b.first.weight; });
    const std::size_t shown = std::min(groups.size(), kMostGroups);
    for (std::size_t i = 0; i < shown; ++i) fill(groups[i].second, addNode(parent, groups[i].first));
    if (shown == groups.size()) return;
    StackWeight rest;
    for (std::size_t i = shown; i < groups.size(); ++i) rest += groups[i].first;
    const std::uint32_t node = addNode(parent, rest);
    tree_.nodes[node].name = fmt::format("{} more {}", groups.size() - shown, what);
    tree_.nodes[node].self = rest.count;
    tree_.nodes[node].self_time = rest.weight;
  }

  void addCalls(std::uint32_t group, const Filter& filter) {
    FoldedTree calls = foldedTree(profile_, callTree(profile_, filter), all_);
    const auto shift = static_cast<std::uint32_t>(tree_.nodes.size()) - 1;
    for (std::size_t i = 1; i < calls.nodes.size(); ++i) {
      FoldedTree::Node& node = calls.nodes[i];
      node.parent = node.parent == 0 ? group : node.parent + shift;
      for (std::uint32_t& child : node.children) child += shift;
      tree_.nodes.push_back(std::move(node));
    }
    if (calls.nodes.empty()) return;
    for (const std::uint32_t child : calls.nodes[0].children)
      tree_.nodes[group].children.push_back(child + shift);
    tree_.nodes[group].self = calls.nodes[0].self;
    tree_.nodes[group].self_time = calls.nodes[0].self_time;
  }

  const Profile& profile_;
  const bool all_;
  const OriginWeights weights_;
  FoldedTree tree_;
};

}  // namespace

FoldedTree groupedTree(const Profile& profile, Grouping by, bool all) {
  if (by == Grouping::kNone) return foldedTree(profile, callTree(profile), all);
  Grouped grouped(profile, all);
  grouped.addProcesses(by == Grouping::kThread);
  return grouped.take();
}

}  // namespace pyrometer
