#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/importers/raw_stacks.h"
#include "daemon/importers/vmprof/layout.h"

namespace pyrometer::vmprof {

/// The stacks of a file as they stand there, each once. A RawFrame is here (value, kind), (code id, line) or
/// (cell, 0). A stack seen before is found by one hash over its bytes and one comparison, without taking it
/// apart: that is what reading a big file spends its time on.
class CellStacks {
 public:
  static constexpr std::uint32_t kEmpty = RawStacks::kNone;

  /// `cells`: `frames` frames in the file's layout, innermost first. Gives the node of the innermost frame.
  std::uint32_t intern(const std::byte* cells, std::size_t frames, const Layout& layout);

  const RawStacks& nodes() const { return nodes_; }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t node = RawStacks::kNone;
  };

  bool same(std::uint32_t node, const std::byte* cells, std::size_t frames, const Layout& layout) const;
  void grow();

  RawStacks nodes_;
  std::vector<Slot> slots_;            ///< whole stacks by hash; open addressing
  std::vector<std::uint64_t> hashes_;  ///< of the stacks in slots_, to move them when it grows
  std::vector<std::uint32_t> leaves_;  ///< their nodes
};

}  // namespace pyrometer::vmprof
