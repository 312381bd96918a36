#include "daemon/server/documents/line_list.h"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace pyrometer {

LineList::Place LineList::find(std::size_t line) const {
  std::size_t block = 0;
  while (block + 1 < blocks_.size() && line >= blocks_[block].size()) line -= blocks_[block++].size();
  return {block, line};
}

void LineList::replace(std::size_t first, std::size_t count, std::vector<TextLine> lines) {
  assert(first + count <= size_ && size_ - count + lines.size() > 0);
  const Place place = find(first);
  size_ += lines.size() - count;
  erase(place, count);
  Block& block = blocks_[place.block];
  const auto at = block.begin() + static_cast<std::ptrdiff_t>(place.line);
  block.insert(at, std::move_iterator(lines.begin()), std::move_iterator(lines.end()));
  tidy(place.block);
}

void LineList::erase(Place place, std::size_t count) {
  std::size_t block = place.block;
  while (count > 0) {
    Block& lines = blocks_[block];
    const std::size_t begin = block == place.block ? place.line : 0;
    const std::size_t here = std::min(count, lines.size() - begin);
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(begin),
                lines.begin() + static_cast<std::ptrdiff_t>(begin + here));
    count -= here;
    ++block;
  }
  // Blocks that are empty now go, all but the one that is written into next.
  const auto rest = blocks_.begin() + static_cast<std::ptrdiff_t>(place.block) + 1;
  blocks_.erase(
      std::remove_if(rest, blocks_.begin() + static_cast<std::ptrdiff_t>(std::max(block, place.block + 1)),
                     [](const Block& lines) { return lines.empty(); }),
      blocks_.begin() + static_cast<std::ptrdiff_t>(std::max(block, place.block + 1)));
}

/// Keeps a block that was written to between a quarter of kBlock and twice of it, so that the blocks stay few
/// and each stays short.
void LineList::tidy(std::size_t block) {
  const auto at = [this](std::size_t b) { return blocks_.begin() + static_cast<std::ptrdiff_t>(b); };
  if (blocks_[block].size() < kBlock / 4 && blocks_.size() > 1) {
    const std::size_t left = block + 1 < blocks_.size() ? block : block - 1;
    std::move(blocks_[left + 1].begin(), blocks_[left + 1].end(), std::back_inserter(blocks_[left]));
    blocks_.erase(at(left + 1));
    block = left;
  }
  if (blocks_[block].size() <= 2 * kBlock) return;
  Block all = std::move(blocks_[block]);
  std::vector<Block> pieces;
  for (std::size_t begin = 0; begin < all.size(); begin += kBlock) {
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto to = all.begin() + static_cast<std::ptrdiff_t>(std::min(begin + kBlock, all.size()));
    pieces.emplace_back(std::move_iterator(from), std::move_iterator(to));
  }
  blocks_.erase(at(block));
  blocks_.insert(at(block), std::move_iterator(pieces.begin()), std::move_iterator(pieces.end()));
}

}  // namespace pyrometer
