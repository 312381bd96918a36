#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/analysis/call_tree.h"
#include "daemon/cli/view.h"

namespace pyrometer {

/// A call tree as it is shown: recursion folded onto itself, and (unless `all`) frames of one library folded
/// to one node, what an import runs to another. A path that repeats itself (a a, or a b a b, up to eight
/// long) is led back to where the repetition began, so a recursion of any depth is as deep as its circle.
/// Every sample is in exactly one node's self; totals are sums over the tree, so they stay exact.
struct FoldedTree {
  struct Node {
    std::string name;
    std::string place;    ///< "app.py:12"; empty for folded libraries
    bool folded = false;  ///< a library, or importing
    bool group = false;   ///< a process or a thread: what is below it are its calls
    std::uint32_t parent = UINT32_MAX;
    std::uint64_t self = 0, total = 0;
    std::uint64_t self_time = 0, total_time = 0;
    std::uint64_t deepest = 1;            ///< how often it stood on itself at most
    std::vector<std::uint32_t> children;  ///< most time first
  };
  std::vector<Node> nodes;  ///< parents before children; node 0 is the root of all and has no name
};

FoldedTree foldedTree(const Profile& profile, const CallTree& tree, bool all);

/// The same below a node for each process, or for each process and in it for each thread, most time first.
/// Those beyond kMostGroups are one node.
inline constexpr std::size_t kMostGroups = 40;
FoldedTree groupedTree(const Profile& profile, Grouping by, bool all);

}  // namespace pyrometer
