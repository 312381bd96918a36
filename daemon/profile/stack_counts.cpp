#include "daemon/profile/stack_counts.h"

#include <algorithm>

namespace pyrometer {

void StackCounts::add(LeafId leaf, std::uint64_t weight) {
  const std::size_t i = index(leaf);
  if (i >= pending_.size()) pending_.resize(std::max(i + 1, pending_.size() * 2));
  if (pending_[i].count == 0) sampled_.push_back(leaf);
  pending_[i] += {1, weight};
  if (sampled_.size() == kFoldAt) fold();
}

void StackCounts::fold() {
  if (passing_.size() < stacks_.size()) passing_.resize(stacks_.size() * 2);
  for (const LeafId leaf : sampled_) {
    StackWeight& pending = pending_[index(leaf)];
    const std::uint32_t node = index(leaves_.stacks()[index(leaf)]);
    by_leaf_.at(index(leaf)) += pending;
    foldSelf(node, pending);
    passing_[node].sum = pending;
    pending = {};
  }
  foldTotals();
  sampled_.clear();
}

void StackCounts::foldSelf(std::uint32_t node, StackWeight sum) {
  const StackNode& stack = stacks_[node];
  by_function_.at(index(frames_[index(stack.frame)].function)).addSelf(sum);
  if (stack.pythonId()) {
    const Frame& python = frames_[index(stacks_[stack.python].frame)];
    const bool native = stack.python != node;
    by_line_.at(index(python.line)).addSelf(sum);
    if (python.span) {
      Counters& span = by_span_.at(index(*python.span));
      span.addSelf(sum);
      if (native) span.addNative(sum);
    }
    if (native) {
      by_line_.at(index(python.line)).addNative(sum);
      by_function_.at(index(python.function)).addNative(sum);
    }
  }
  if (stack.chargedId()) {
    const Frame& charged = frames_[index(stacks_[stack.charged].frame)];
    by_line_.at(index(charged.line)).addCharged(sum);
    if (charged.span) by_span_.at(index(*charged.span)).addCharged(sum);
    by_function_.at(index(charged.function)).addCharged(sum);
  } else if (stack.importing()) {
    importing_ += sum;
  }
}

void StackCounts::foldTotals() {
  walk_.clear();
  for (const LeafId leaf : sampled_) {
    std::uint32_t node = index(leaves_.stacks()[index(leaf)]);
    while (!passing_[node].listed) {
      passing_[node].listed = true;
      walk_.push_back(node);
      node = stacks_[node].parent;
      if (node == StackNode::kNoParent) break;
      ++passing_[node].waiting;
    }
  }
  // From the tips towards the root: a node is done when the last of its children has handed up its sum.
  std::size_t tips = 0;
  for (const std::uint32_t node : walk_) {
    if (passing_[node].waiting == 0) walk_[tips++] = node;
  }
  for (std::size_t tip = 0; tip < tips; ++tip) {
    for (std::uint32_t node = walk_[tip];;) {
      foldTotal(node);
      const StackWeight sum = passing_[node].sum;
      passing_[node] = {};
      node = stacks_[node].parent;
      if (node == StackNode::kNoParent) break;
      passing_[node].sum += sum;
      if (--passing_[node].waiting > 0) break;
    }
  }
}

void StackCounts::foldTotal(std::uint32_t node) {
  const StackNode& stack = stacks_[node];
  const Frame& frame = frames_[index(stack.frame)];
  if (stack.first_of_line) by_line_.at(index(frame.line)).addTotal(passing_[node].sum);
  if (stack.first_of_span) by_span_.at(index(*frame.span)).addTotal(passing_[node].sum);
  if (stack.first_of_function) by_function_.at(index(frame.function)).addTotal(passing_[node].sum);
}

}  // namespace pyrometer
