#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pyrometer {

/// A frame as a file has it, before names, which may come after the sample that needs them: two numbers whose
/// meaning is the format's own.
struct RawFrame {
  std::uint64_t place = 0;
  std::uint32_t code = 0;

  bool operator==(const RawFrame&) const = default;
};

/// Stacks as a prefix tree, before names. A sample is then one number, and what a
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

}  // namespace pyrometer
