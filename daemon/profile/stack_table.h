#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/profile/append_only.h"
#include "daemon/profile/id_map.h"
#include "daemon/profile/tables.h"

namespace pyrometer {

/// The tree of stacks: interns (parent, frame), and settles for each new node whom its samples count for.
///
/// Whether a caller has the same function, line or span is known without walking up: the table keeps marks
/// for the path from the root to the node it made last, and moves them along the tree to the next one's
/// parent. For stacks interned from root to leaf that is a step a node, and never more than the distance
/// between the two nodes; interning again what exists moves nothing.
class StackTable {
 public:
  StackTable(const AppendOnly<Frame>& frames, const AppendOnly<Function>& functions,
             const AppendOnly<File>& files)
      : frames_(frames), functions_(functions), files_(files) {}

  StackId intern(std::optional<StackId> parent, FrameId frame);
  const AppendOnly<StackNode>& nodes() const { return nodes_; }

 private:
  void addNode(std::uint32_t parent, FrameId frame);
  /// Whether generated code below this node has somebody to be charged to: it has no lines that the user
  /// could open, so its time belongs to the line that ran it, unless the whole program came without a file.
  bool calledByFile(std::uint32_t parent) const;
  void moveMarksTo(std::uint32_t node);
  void leave(std::uint32_t node);
  void enter(std::uint32_t node);

  const AppendOnly<Frame>& frames_;
  const AppendOnly<Function>& functions_;
  const AppendOnly<File>& files_;
  AppendOnly<StackNode> nodes_;
  /// By (parent, frame), of nodes that do not lie right behind their parents. (Those that do are most of them
  /// where stacks are seldom the same, and found without a miss of the cache.)
  IdMap ids_;
  std::uint32_t marked_ = StackNode::kNoParent;  ///< the marks are those of the path to this node
  std::vector<bool> function_marked_, line_marked_, span_marked_;
  std::vector<std::uint32_t> descent_;  ///< scratch of moveMarksTo
};

}  // namespace pyrometer
