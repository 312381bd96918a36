#include "daemon/cli/folded_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "daemon/cli/places.h"

namespace pyrometer {
namespace {

constexpr std::uint32_t kLongestCircle = 8;

/// Functions that are shown as one have one key.
class Keys {
 public:
  Keys(const Profile& profile, bool all) : profile_(profile), names_(profile), all_(all) {}

  Owner ownerOf(FunctionId function) const { return profile_.file(profile_.function(function).file).owner; }

  /// `importing`: on the way of an import, where all is importing but the user's own code.
  std::uint32_t of(FunctionId function, bool importing) {
    const Owner owner = ownerOf(function);
    const FunctionKind kind = profile_.function(function).kind;
    // What stands for frames that are left out, or not known, is nobody's library.
    const bool stands_in = kind == FunctionKind::kElided || kind == FunctionKind::kUnknown;
    if (all_ || owner == Owner::kUser || stands_in) return index(function);
    if (importing) return group(std::string(kImporting));
    const auto [known, fresh] = key_of_function_.try_emplace(index(function));
    if (fresh) known->second = group(packageOf(profile_, function));
    return known->second;
  }

  void describe(std::uint32_t key, FoldedTree::Node& node) const {
    const std::size_t functions = profile_.functions().size();
    if (key >= functions) {
      node.name = group_names_[key - functions];
      node.folded = true;
      return;
    }
    const Function& function = profile_.function(FunctionId{key});
    const std::string_view name = profile_.string(function.name);
    node.name = name.empty() ? "unknown code" : name;
    node.place = names_.place(function.file, function.first_line);
  }

 private:
  std::uint32_t group(std::string name) {
    const auto next = static_cast<std::uint32_t>(profile_.functions().size() + group_names_.size());
    const auto [known, fresh] = groups_.try_emplace(std::move(name), next);
    if (fresh) group_names_.push_back(known->first);
    return known->second;
  }

  static constexpr std::string_view kImporting = "importing modules";
  const Profile& profile_;
  const PlaceNames names_;
  const bool all_;
  std::unordered_map<std::uint32_t, std::uint32_t> key_of_function_;
  std::map<std::string, std::uint32_t> groups_;
  std::vector<std::string> group_names_;
};

struct Repeated {
  std::uint32_t node = 0;  ///< 0: nothing is repeated
  std::uint32_t circle = 0;
};

}  // namespace

FoldedTree foldedTree(const Profile& profile, const CallTree& tree, bool all) {
  Keys keys(profile, all);
  FoldedTree folded;
  if (tree.nodes.empty()) return folded;
  std::vector<std::uint32_t> key(1, UINT32_MAX);
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> child_with_key;
  std::vector<std::uint32_t> shown_as(tree.nodes.size(), 0);
  std::vector<bool> importing(tree.nodes.size(), false);
  std::vector<std::uint32_t> rounds(tree.nodes.size(), 1);  // how often the shown node is on this path
  folded.nodes.emplace_back();

  /// The ancestor that a call of `k` from `at` repeats, if the path is then the same circle twice.
  const auto repeated = [&](std::uint32_t at, std::uint32_t k) -> Repeated {
    std::uint32_t path[2 * kLongestCircle] = {};  // shown nodes from `at` towards the root
    std::uint32_t length = 0;
    for (std::uint32_t n = at; n != 0 && length < 2 * kLongestCircle - 1; n = folded.nodes[n].parent)
      path[length++] = n;
    for (std::uint32_t circle = 1; circle <= kLongestCircle && 2 * circle - 1 <= length; ++circle) {
      if (key[path[circle - 1]] != k) continue;
      bool same = true;
      for (std::uint32_t i = 0; same && i + 1 < circle; ++i) same = key[path[i]] == key[path[i + circle]];
      if (same) return {path[circle - 1], circle};
    }
    return {};
  };

  for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
    const CallTree::Node& node = tree.nodes[i];
    if (i != 0) {
      const std::uint32_t at = shown_as[node.parent];
      const Owner owner = keys.ownerOf(node.function);
      importing[i] = owner == Owner::kImport || (owner != Owner::kUser && importing[node.parent]);
      const std::uint32_t k = keys.of(node.function, importing[i]);
      const Repeated again = repeated(at, k);
      std::uint32_t shown = again.node;
      if (shown != 0) {
        std::uint32_t before = node.parent;  // the call a circle ago
        for (std::uint32_t step = 1; step < again.circle && before != 0; ++step)
          before = tree.nodes[before].parent;
        rounds[i] = (shown_as[before] == shown ? rounds[before] : 1) + 1;
      } else {
        const auto [known, fresh] =
            child_with_key.try_emplace({at, k}, static_cast<std::uint32_t>(folded.nodes.size()));
        shown = known->second;
        if (fresh) {
          folded.nodes.emplace_back();
          key.push_back(k);
          folded.nodes.back().parent = at;
          keys.describe(k, folded.nodes.back());
          folded.nodes[at].children.push_back(shown);
        }
      }
      shown_as[i] = shown;
      if (!folded.nodes[shown].folded) {
        folded.nodes[shown].deepest = std::max<std::uint64_t>(folded.nodes[shown].deepest, rounds[i]);
      }
    }
    folded.nodes[shown_as[i]].self += node.self;
    folded.nodes[shown_as[i]].self_time += node.self_time;
  }
  for (FoldedTree::Node& node : folded.nodes) node.total = node.self, node.total_time = node.self_time;
  for (std::size_t i = folded.nodes.size(); i-- > 1;) {
    FoldedTree::Node& parent = folded.nodes[folded.nodes[i].parent];
    parent.total += folded.nodes[i].total;
    parent.total_time += folded.nodes[i].total_time;
  }
  for (FoldedTree::Node& node : folded.nodes) {
    std::stable_sort(node.children.begin(), node.children.end(), [&](std::uint32_t a, std::uint32_t b) {
      return folded.nodes[a].total_time > folded.nodes[b].total_time;
    });
  }
  return folded;
}

}  // namespace pyrometer
