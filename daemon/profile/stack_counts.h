#pragma once

#include <cstdint>
#include <vector>

#include "daemon/profile/append_only.h"
#include "daemon/profile/cow_table.h"
#include "daemon/profile/tables.h"

namespace pyrometer {

/// Counters per stack, line and function, kept as samples arrive. A sample only adds to its stack's pending
/// weight; fold() carries what is pending to lines and functions, walking each node of the tree above the
/// sampled stacks once, however many samples and however deep the recursion. It runs by itself whenever
/// kFoldAt stacks wait, so a fold before a snapshot has a bound that the number of samples does not enter.
class StackCounts {
 public:
  static constexpr std::size_t kFoldAt = 4096;

  StackCounts(const AppendOnly<StackNode>& stacks, const AppendOnly<Frame>& frames,
              const AppendOnly<Function>& functions)
      : stacks_(stacks), frames_(frames), functions_(functions) {}

  void add(StackId stack, std::uint64_t weight);
  void fold();

  // True after fold().
  CowTable<StackWeight>& byStack() { return by_stack_; }
  CowTable<Counters>& byLine() { return by_line_; }
  CowTable<Counters>& byFunction() { return by_function_; }
  StackWeight importing() const { return importing_; }

 private:
  /// Scratch of a node; all zero outside fold() except for the stacks that wait.
  struct Pending {
    StackWeight sum;            ///< of the node's own samples, then of all that pass through it
    std::uint32_t waiting = 0;  ///< children whose sums are still to come
    bool listed = false;        ///< in `sampled_`, then in the walk
  };
  void foldSelf(std::uint32_t node);
  void foldTotals();
  void foldTotal(std::uint32_t node);

  const AppendOnly<StackNode>& stacks_;
  const AppendOnly<Frame>& frames_;
  const AppendOnly<Function>& functions_;
  std::vector<Pending> pending_;
  std::vector<std::uint32_t> sampled_;  ///< stacks that wait, each once
  std::vector<std::uint32_t> walk_;     ///< nodes above them, each once
  CowTable<StackWeight> by_stack_;
  CowTable<Counters> by_line_, by_function_;
  StackWeight importing_;
};

}  // namespace pyrometer
