#include "daemon/importers/vmprof/cell_stacks.h"

#include <algorithm>
#include <cstring>

namespace pyrometer::vmprof {
namespace {

/// Two lanes, so that one multiplication need not wait for the other.
std::uint64_t hashOf(const std::byte* bytes, std::size_t size) {
  constexpr std::uint64_t kFirst = 0x9e3779b97f4a7c15, kSecond = 0xd6e8feb86659fd93;
  std::uint64_t a = size * kSecond, b = kFirst;
  const auto load = [](const std::byte* at) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
  };
  for (; size >= 16; size -= 16, bytes += 16) {
    a = (a ^ load(bytes)) * kFirst;
    b = (b ^ load(bytes + 8)) * kSecond;
    a ^= a >> 29;
    b ^= b >> 31;
  }
  if (size >= 8) a = (a ^ load(bytes)) * kFirst, a ^= a >> 29, size -= 8, bytes += 8;
  for (; size > 0; --size, ++bytes) b = (b ^ std::to_integer<std::uint64_t>(*bytes)) * kSecond;
  a = (a ^ b ^ b >> 32) * kFirst;
  return a ^ a >> 32;
}

RawFrame frameAt(const std::byte* cells, std::size_t i, const Layout& layout) {
  if (layout.cellsPerFrame() == 1) return {.place = layout.cell(cells + i * layout.addr), .code = 0};
  const std::byte* at = cells + 2 * i * layout.addr;
  const std::uint64_t first = layout.cell(at);
  return {.place = layout.cell(at + layout.addr),
          .code = static_cast<std::uint32_t>(std::min<std::uint64_t>(first, UINT32_MAX))};
}

}  // namespace

bool CellStacks::same(std::uint32_t node, const std::byte* cells, std::size_t frames,
                      const Layout& layout) const {
  for (std::size_t i = 0; i < frames; ++i) {
    if (node == RawStacks::kNone) return false;
    if (nodes_.frame(node) != frameAt(cells, i, layout)) return false;
    node = nodes_.parent(node);
  }
  return node == RawStacks::kNone;
}

std::uint32_t CellStacks::intern(const std::byte* cells, std::size_t frames, const Layout& layout) {
  if (frames == 0) return kEmpty;
  if (slots_.size() < 2 * (leaves_.size() + 1)) grow();
  const std::uint64_t hash = hashOf(cells, frames * layout.cellsPerFrame() * layout.addr);
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  for (; slots_[at].node != RawStacks::kNone; at = (at + 1) & mask) {
    if (slots_[at].tag == tag && same(slots_[at].node, cells, frames, layout)) return slots_[at].node;
  }
  std::uint32_t node = RawStacks::kNone;
  for (std::size_t i = frames; i-- > 0;) node = nodes_.intern(node, frameAt(cells, i, layout));
  slots_[at] = {tag, node};
  hashes_.push_back(hash);
  leaves_.push_back(node);
  return node;
}

void CellStacks::grow() {
  const std::size_t size = slots_.empty() ? 1024 : 2 * slots_.size();
  slots_.assign(size, {});
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    std::size_t at = hashes_[i] & (size - 1);
    while (slots_[at].node != RawStacks::kNone) at = (at + 1) & (size - 1);
    slots_[at] = {static_cast<std::uint32_t>(hashes_[i] >> 32), leaves_[i]};
  }
}

}  // namespace pyrometer::vmprof
