#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/profile/id_map.h"

namespace pyrometer {

/// A frame as a file has it, before names, which may come after the sample that needs them: two numbers whose
/// meaning is the format's own.
struct RawFrame {
  std::uint64_t place = 0;
  std::uint32_t code = 0;

  bool operator==(const RawFrame&) const = default;
};

/// Stacks as a prefix tree, before names. A sample is then one number, and what a number means in the profile
/// is found out once. Parents have smaller numbers than their children.
///
/// Frames are few beside the nodes of the tree, so they are numbered first: a node is eight bytes then, and
/// the frames stay in the processor's cache.
class RawStacks {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  std::uint32_t intern(std::uint32_t parent, RawFrame frame);

  const RawFrame& frame(std::uint32_t node) const { return frames_[nodes_[node].frame]; }
  /// The same frame has the same number in all stacks; below frameCount().
  std::uint32_t frameNumber(std::uint32_t node) const { return nodes_[node].frame; }
  std::uint32_t parent(std::uint32_t node) const { return nodes_[node].parent; }
  std::size_t size() const { return nodes_.size(); }
  std::size_t frameCount() const { return frames_.size(); }

 private:
  struct Node {
    std::uint32_t frame, parent;
  };
  std::uint32_t internFrame(RawFrame frame);
  void growFrames();

  std::vector<RawFrame> frames_;
  std::vector<std::uint32_t> frame_slots_;  ///< open addressing, a power of two; frame number + 1
  std::vector<Node> nodes_;
  /// By (parent, frame number). A child that lies right behind its parent is not in it: of stacks that are
  /// seldom the same, most nodes are such, and neither memory nor a miss of the cache is spent on them.
  IdMap children_;
};

}  // namespace pyrometer
