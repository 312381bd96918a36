#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/profile/append_only.h"
#include "daemon/profile/cow_table.h"
#include "daemon/profile/ids.h"

namespace pyrometer {

/// Numbers the stacks that have samples of their own, in the order of their first sample. They are a small
/// part of the tree, so sums by leaf stay in the processor's cache where sums by stack would not.
class LeafTable {
 public:
  LeafId intern(StackId stack) {
    const std::size_t node = index(stack);
    if (node >= ids_.size()) ids_.resize(std::max(node + 1, ids_.size() * 2));
    if (ids_[node] == 0) {
      stacks_.push_back(stack);
      ids_[node] = static_cast<std::uint32_t>(stacks_.size());
      published_.at(node) = ids_[node];
    }
    return LeafId{ids_[node] - 1};
  }

  const AppendOnly<StackId>& stacks() const { return stacks_; }
  /// By stack: LeafId + 1, or 0.
  CowView<std::uint32_t> byStack() { return published_.view(); }

 private:
  AppendOnly<StackId> stacks_;
  std::vector<std::uint32_t> ids_;  ///< as published_, for the writer's fast path
  CowTable<std::uint32_t> published_;
};

}  // namespace pyrometer
