#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "daemon/analysis/call_tree.h"

namespace pyrometer {

/// The rectangles of a flame graph, as many as a picture of some width can show: parents before children,
/// level by level, each level from the left. Level 0 holds the functions right below the node that was zoomed
/// in on; the whole width is that node's total time. Children stand in the order of the tree, most time
/// first.
struct Flame {
  struct Rectangle {
    std::uint32_t function = 0;  ///< place in `functions`
    std::uint32_t level = 0;
    std::uint64_t begin = 0, width = 0, self = 0;  ///< ns
  };
  std::uint64_t time = 0;  ///< ns: width of the whole
  std::vector<FunctionId> functions;
  std::vector<Rectangle> rectangles;
  std::uint64_t omitted = 0;  ///< nodes that are too narrow or too deep to be in it
};

/// `node`: the one to zoom in on, 0 for all. What would be narrower than half of one of `pixels` is left out,
/// and so is what is below it; so are levels from `depth` on. With `pixels` 0 nothing is too narrow.
Flame flame(const CallTree& tree, std::uint32_t node, std::uint32_t pixels, std::uint32_t depth);

/// The node that a path of functions leads to from the root; nullopt if there is none.
std::optional<std::uint32_t> findNode(const CallTree& tree, std::span<const FunctionId> path);

}  // namespace pyrometer
