#include "daemon/profile/stack_counts.h"

#include <algorithm>

namespace pyrometer {

void StackCounts::add(StackId stack, std::uint64_t weight) {
  const std::uint32_t node = index(stack);
  if (node >= pending_.size()) pending_.resize(std::max<std::size_t>(stacks_.size(), node + 1));
  Pending& pending = pending_[node];
  pending.sum += {1, weight};
  if (pending.listed) return;
  pending.listed = true;
  sampled_.push_back(node);
  if (sampled_.size() == kFoldAt) fold();
}

void StackCounts::fold() {
  for (const std::uint32_t node : sampled_) {
    foldSelf(node);
    pending_[node].listed = false;
  }
  foldTotals();
  sampled_.clear();
}

void StackCounts::foldSelf(std::uint32_t node) {
  const StackWeight sum = pending_[node].sum;
  const StackNode& stack = stacks_[node];
  by_stack_.at(node) += sum;
  by_function_.at(index(frames_[index(stack.frame)].function)).addSelf(sum);
  if (stack.pythonId()) {
    const Frame& python = frames_[index(stacks_[stack.python].frame)];
    const bool native = stack.python != node;
    Counters& line = by_line_.at(index(python.line));
    line.addSelf(sum);
    if (native) {
      line.addNative(sum);
      by_function_.at(index(python.function)).addNative(sum);
    }
  }
  if (stack.chargedId()) {
    const Frame& charged = frames_[index(stacks_[stack.charged].frame)];
    by_line_.at(index(charged.line)).addCharged(sum);
    by_function_.at(index(charged.function)).addCharged(sum);
  } else if (stack.importing()) {
    importing_ += sum;
  }
}

void StackCounts::foldTotals() {
  walk_.clear();
  for (std::uint32_t node : sampled_) {
    while (!pending_[node].listed) {
      pending_[node].listed = true;
      walk_.push_back(node);
      node = stacks_[node].parent;
      if (node == StackNode::kNoParent) break;
      ++pending_[node].waiting;
    }
  }
  // From the tips towards the root: a node is done when the last of its children has handed up its sum.
  std::size_t tips = 0;
  for (const std::uint32_t node : walk_) {
    if (pending_[node].waiting == 0) walk_[tips++] = node;
  }
  for (std::size_t tip = 0; tip < tips; ++tip) {
    for (std::uint32_t node = walk_[tip];;) {
      foldTotal(node);
      const StackWeight sum = pending_[node].sum;
      pending_[node] = {};
      node = stacks_[node].parent;
      if (node == StackNode::kNoParent) break;
      pending_[node].sum += sum;
      if (--pending_[node].waiting > 0) break;
    }
  }
}

void StackCounts::foldTotal(std::uint32_t node) {
  const StackNode& stack = stacks_[node];
  const Frame& frame = frames_[index(stack.frame)];
  if (stack.first_of_line) by_line_.at(index(frame.line)).addTotal(pending_[node].sum);
  if (stack.first_of_function) by_function_.at(index(frame.function)).addTotal(pending_[node].sum);
}

}  // namespace pyrometer
