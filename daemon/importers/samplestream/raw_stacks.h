#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pyrometer::samplestream {

/// A frame as it comes: a code reference and the position in it, or a native address. Names come later,
/// sometimes after the sample that needs them.
struct RawFrame {
  std::uint64_t place = 0;  ///< position, or address
  std::uint32_t code = 0;   ///< code reference, or one of the numbers below

  static constexpr std::uint64_t kFirstMark = 0xffff'fff0;  ///< code references stay below
  static constexpr std::uint32_t kNative = 0xffff'fff0;
  static constexpr std::uint32_t kElided = 0xffff'fff1;    ///< stands for the frames left out in the middle
  static constexpr std::uint32_t kTorn = 0xffff'fff2;      ///< stands for the root's side that is missing
  static constexpr std::uint32_t kNoFrames = 0xffff'fff3;  ///< stands for a stack of nothing

  bool operator==(const RawFrame&) const = default;
};

/// The stacks of one process image as a prefix tree, before names. A sample is then one number, and what a
/// number means in the profile is found out once. Parents have smaller numbers than their children.
class RawStacks {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Node {
    RawFrame frame;
    std::uint32_t parent = kNone;
  };

  std::uint32_t intern(std::uint32_t parent, RawFrame frame);
  const Node& operator[](std::uint32_t node) const { return nodes_[node]; }
  std::size_t size() const { return nodes_.size(); }

 private:
  void grow();

  std::vector<Node> nodes_;
  std::vector<std::uint32_t> slots_;  ///< open addressing, a power of two; node number + 1
};

}  // namespace pyrometer::samplestream
