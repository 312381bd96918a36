#include "daemon/profile/stack_table.h"

namespace pyrometer {

StackId StackTable::intern(std::optional<StackId> parent, FrameId frame) {
  const std::uint32_t above = parent ? index(*parent) : StackNode::kNoParent;
  const auto fresh = static_cast<std::uint32_t>(nodes_.size());
  // Roots count as children of the node before the first.
  const std::uint32_t next = above + 1;
  if (next < fresh && nodes_[next].parent == above && nodes_[next].frame == frame) return StackId{next};
  if (next == fresh) {
    addNode(above, frame);
    return StackId{next};
  }
  const auto [id, added] = ids_.findOrAdd(IdMap::key(above, index(frame)), fresh);
  if (added) addNode(above, frame);
  return StackId{id};
}

void StackTable::addNode(std::uint32_t parent, FrameId frame) {
  moveMarksTo(parent);
  const auto id = static_cast<std::uint32_t>(nodes_.size());
  const Frame& place = frames_[index(frame)];
  const Function& function = functions_[index(place.function)];

  StackNode node;
  node.parent = parent;
  node.frame = frame;
  if (parent != StackNode::kNoParent) {
    const StackNode& above = nodes_[parent];
    node.depth = above.depth + 1;
    node.python = above.python;
    node.charged = above.charged;
  }
  if (function.kind == FunctionKind::kPython || function.kind == FunctionKind::kUnknown) node.python = id;
  if (function.kind == FunctionKind::kPython) {
    const File& file = files_[index(function.file)];
    if (file.owner == Owner::kUser && !(file.generated && calledByFile(parent))) node.charged = id;
    if (file.owner == Owner::kImport) node.charged = StackNode::kImporting;
  }

  if (function_marked_.size() < functions_.size()) function_marked_.resize(functions_.size() * 2);
  if (line_marked_.size() <= index(place.line)) line_marked_.resize(std::size_t{index(place.line)} * 2 + 1);
  node.first_of_function = !function_marked_[index(place.function)];
  node.first_of_line = !line_marked_[index(place.line)];
  if (place.span && span_marked_.size() <= index(*place.span))
    span_marked_.resize(std::size_t{index(*place.span)} * 2 + 1);
  node.first_of_span = place.span && !span_marked_[index(*place.span)];
  nodes_.push_back(node);
  enter(id);
  marked_ = id;
}

bool StackTable::calledByFile(std::uint32_t parent) const {
  if (parent == StackNode::kNoParent) return false;
  const std::optional<StackId> charged = nodes_[parent].chargedId();
  if (!charged) return true;
  const Frame& place = frames_[index(nodes_[index(*charged)].frame)];
  return !files_[index(functions_[index(place.function)].file)].generated;
}

void StackTable::moveMarksTo(std::uint32_t node) {
  const auto depth = [this](std::uint32_t n) { return n == StackNode::kNoParent ? 0 : nodes_[n].depth; };
  descent_.clear();
  for (std::uint32_t target = node; marked_ != target;) {
    if (depth(marked_) >= depth(target)) {
      leave(marked_);
      marked_ = nodes_[marked_].parent;
    } else {
      descent_.push_back(target);
      target = nodes_[target].parent;
    }
  }
  while (!descent_.empty()) {
    enter(descent_.back());
    descent_.pop_back();
  }
  marked_ = node;
}

void StackTable::leave(std::uint32_t node) {
  const Frame& place = frames_[index(nodes_[node].frame)];
  if (nodes_[node].first_of_function) function_marked_[index(place.function)] = false;
  if (nodes_[node].first_of_line) line_marked_[index(place.line)] = false;
  if (nodes_[node].first_of_span) span_marked_[index(*place.span)] = false;
}

void StackTable::enter(std::uint32_t node) {
  const Frame& place = frames_[index(nodes_[node].frame)];
  if (nodes_[node].first_of_function) function_marked_[index(place.function)] = true;
  if (nodes_[node].first_of_line) line_marked_[index(place.line)] = true;
  if (nodes_[node].first_of_span) span_marked_[index(*place.span)] = true;
}

}  // namespace pyrometer
