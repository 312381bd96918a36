#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "daemon/analysis/filter.h"

namespace pyrometer {

/// Samples summed from the root (or, inverted, from the leaf), by function. Parents precede children;
/// children of a node are sorted by total time, most first. Node 0 is the root of all and has no function;
/// its total is the view's. A node's total is its self and its children's totals. Inverted, the children of
/// the root are the leaf functions, a node's children are its callers, and self counts the samples whose
/// stack begins there, or that have more than kMaxCallers frames above the leaf: callers beyond those are
/// left out, so that deep recursion stays a small tree.
struct CallTree {
  static constexpr std::uint32_t kMaxCallers = 512;
  struct Node {
    FunctionId function{};
    std::uint32_t parent = UINT32_MAX;
    std::uint32_t first_child = UINT32_MAX, next_sibling = UINT32_MAX;
    std::uint64_t self = 0, total = 0;            ///< samples
    std::uint64_t self_time = 0, total_time = 0;  ///< ns
  };
  std::vector<Node> nodes;
};

CallTree callTree(const Profile& profile, const Filter& filter = {}, bool inverted = false,
                  std::stop_token stop = {});

}  // namespace pyrometer
