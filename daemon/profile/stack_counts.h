#pragma once

#include <cstdint>
#include <vector>

#include "daemon/profile/append_only.h"
#include "daemon/profile/cow_table.h"
#include "daemon/profile/leaf_table.h"
#include "daemon/profile/tables.h"

namespace pyrometer {

/// Counters per leaf, line, span and function, kept as samples arrive. A sample only adds to its leaf's
/// pending weight; fold() carries what is pending to the others, walking each node of the tree above the
/// sampled leaves once, however many samples and however deep the recursion. It runs by itself whenever
/// kFoldAt leaves wait, so a fold before a snapshot has a bound that the number of samples does not enter.
class StackCounts {
 public:
  static constexpr std::size_t kFoldAt = 16384;

  StackCounts(const LeafTable& leaves, const AppendOnly<StackNode>& stacks, const AppendOnly<Frame>& frames)
      : leaves_(leaves), stacks_(stacks), frames_(frames) {}

  void add(LeafId leaf, std::uint64_t weight);
  void fold();

  // True after fold().
  CowTable<StackWeight>& byLeaf() { return by_leaf_; }
  CowTable<Counters>& byLine() { return by_line_; }
  CowTable<Counters>& bySpan() { return by_span_; }
  CowTable<Counters>& byFunction() { return by_function_; }
  StackWeight importing() const { return importing_; }

 private:
  /// Scratch of a node; all zero outside fold().
  struct Passing {
    StackWeight sum;            ///< of all samples that pass through it
    std::uint32_t waiting = 0;  ///< children whose sums are still to come
    bool listed = false;        ///< in the walk
  };
  void foldSelf(std::uint32_t node, StackWeight sum);
  void foldTotals();
  void foldTotal(std::uint32_t node);

  const LeafTable& leaves_;
  const AppendOnly<StackNode>& stacks_;
  const AppendOnly<Frame>& frames_;
  std::vector<StackWeight> pending_;  ///< by leaf
  std::vector<LeafId> sampled_;       ///< leaves that wait, each once
  std::vector<Passing> passing_;      ///< by node
  std::vector<std::uint32_t> walk_;   ///< nodes above the leaves that wait, each once
  CowTable<StackWeight> by_leaf_;
  CowTable<Counters> by_line_, by_span_, by_function_;
  StackWeight importing_;
};

}  // namespace pyrometer
