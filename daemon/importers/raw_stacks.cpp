#include "daemon/importers/raw_stacks.h"

namespace pyrometer {
namespace {

std::uint64_t hashOf(std::uint32_t parent, RawFrame frame) {
  std::uint64_t h = frame.place * 0x9e3779b97f4a7c15 + frame.code;
  h = (h ^ h >> 32) * 0xd6e8feb86659fd93 + parent;
  h = (h ^ h >> 32) * 0xd6e8feb86659fd93;
  return h ^ h >> 32;
}

}  // namespace

std::uint32_t RawStacks::intern(std::uint32_t parent, RawFrame frame) {
  if (slots_.size() < 2 * (nodes_.size() + 1)) grow();
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hashOf(parent, frame) & mask;; at = (at + 1) & mask) {
    if (slots_[at] == 0) {
      nodes_.push_back({frame, parent});
      slots_[at] = static_cast<std::uint32_t>(nodes_.size());
      return slots_[at] - 1;
    }
    const Node& node = nodes_[slots_[at] - 1];
    if (node.parent == parent && node.frame == frame) return slots_[at] - 1;
  }
}

void RawStacks::grow() {
  const std::size_t size = slots_.empty() ? 1024 : 2 * slots_.size();
  slots_.assign(size, 0);
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    std::size_t at = hashOf(nodes_[i].parent, nodes_[i].frame) & (size - 1);
    while (slots_[at] != 0) at = (at + 1) & (size - 1);
    slots_[at] = i + 1;
  }
}

}  // namespace pyrometer
