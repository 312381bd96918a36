#include "daemon/importers/raw_stacks.h"

namespace pyrometer {
namespace {

std::uint64_t hashOf(RawFrame frame) {
  std::uint64_t h = frame.place * 0x9e3779b97f4a7c15 + frame.code;
  h = (h ^ h >> 32) * 0xd6e8feb86659fd93;
  return h ^ h >> 32;
}

}  // namespace

std::uint32_t RawStacks::intern(std::uint32_t parent, RawFrame frame) {
  const std::uint32_t number = internFrame(frame);
  const auto fresh = static_cast<std::uint32_t>(nodes_.size());
  // Roots count as children of the node before the first.
  const std::uint32_t next = parent + 1;
  if (next < fresh && nodes_[next].parent == parent && nodes_[next].frame == number) return next;
  if (next == fresh) {
    nodes_.push_back({number, parent});
    return next;
  }
  const auto [node, added] = children_.findOrAdd(IdMap::key(parent, number), fresh);
  if (added) nodes_.push_back({number, parent});
  return node;
}

std::uint32_t RawStacks::internFrame(RawFrame frame) {
  if (frame_slots_.size() < 2 * (frames_.size() + 1)) growFrames();
  const std::size_t mask = frame_slots_.size() - 1;
  for (std::size_t at = hashOf(frame) & mask;; at = (at + 1) & mask) {
    const std::uint32_t slot = frame_slots_[at];
    if (slot != 0 && frames_[slot - 1] == frame) return slot - 1;
    if (slot != 0) continue;
    frames_.push_back(frame);
    frame_slots_[at] = static_cast<std::uint32_t>(frames_.size());
    return frame_slots_[at] - 1;
  }
}

void RawStacks::growFrames() {
  const std::size_t size = frame_slots_.empty() ? 1024 : 2 * frame_slots_.size();
  frame_slots_.assign(size, 0);
  for (std::uint32_t i = 0; i < frames_.size(); ++i) {
    std::size_t at = hashOf(frames_[i]) & (size - 1);
    while (frame_slots_[at] != 0) at = (at + 1) & (size - 1);
    frame_slots_[at] = i + 1;
  }
}

}  // namespace pyrometer
