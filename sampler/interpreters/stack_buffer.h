#pragma once

#include <algorithm>
#include <cstdint>

#include "sampler/sample_stream.h"

namespace pyrometer::interpreters {

/// Keeps the leaf-most and the root-most frames of a stack of any depth, in memory given by the caller
/// (stream::kMaxFrames entries), and counts the ones between.
template <class Frame>
class StackBuffer {
 public:
  explicit StackBuffer(Frame* slots) : slots_(slots) {}

  void clear() { seen_ = 0; }
  void add(const Frame& frame) { slots_[seen_ < stream::kMaxFrames ? seen_ : place(seen_)] = frame, ++seen_; }

  /// Puts the frames in order, leaf first; to be called once, before depth() is used.
  void finish() {
    if (seen_ <= stream::kMaxFrames) return;
    Frame* root_side = slots_ + stream::kLeafFrames;
    std::rotate(root_side, slots_ + place(seen_), root_side + stream::kRootFrames);
  }
  std::uint32_t depth() const { return std::min(seen_, stream::kMaxFrames); }
  std::uint32_t elided() const { return seen_ - depth(); }

 private:
  /// The root's side is a ring: the newest frame takes the place of the oldest.
  static std::uint32_t place(std::uint32_t index) {
    return stream::kLeafFrames + (index - stream::kLeafFrames) % stream::kRootFrames;
  }

  Frame* slots_;
  std::uint32_t seen_ = 0;
};

}  // namespace pyrometer::interpreters
