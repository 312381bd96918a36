#include "daemon/profile/phase_list.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "daemon/support/varint.h"

namespace pyrometer {
namespace {

/// A phase, packed: what differs from the phase before it in its block.
///
///   name, has lines (1 bit), kinship (2 bits)   begin, signed   ticks   text_begin   text's length
///   [lines]   [distance to its parent, depth]
///
/// All varints. Nearly all phases lie in the one before them, or beside it in the same one.
enum class Kinship : std::uint8_t { kNone, kChild, kSibling, kOther };
constexpr unsigned kKinshipBits = 2;
constexpr std::uint64_t kHasLines = 1 << kKinshipBits;
constexpr unsigned kNameShift = kKinshipBits + 1;

std::uint64_t zigzag(std::uint64_t difference) { return difference << 1 ^ (0 - (difference >> 63)); }
std::uint64_t unzigzag(std::uint64_t packed) { return packed >> 1 ^ (0 - (packed & 1)); }

Kinship kinship(const Phase& phase, std::uint32_t number, const Phase& before, bool first) {
  if (phase.parent == Phase::kNoParent && phase.depth == 1) return Kinship::kNone;
  if (first) return Kinship::kOther;
  if (phase.parent == number - 1 && phase.depth == before.depth + 1) return Kinship::kChild;
  if (phase.parent == before.parent && phase.depth == before.depth) return Kinship::kSibling;
  return Kinship::kOther;
}

}  // namespace

std::uint32_t PhaseList::open(const Phase& phase) {
  const std::size_t at = size_ % kBlock;
  if (at == 0) blocks_.push_back({.rows = std::make_unique<Rows>()});
  Rows& rows = *blocks_.back().rows;
  rows.at[at] = phase;
  ++rows.open;
  return static_cast<std::uint32_t>(size_++);
}

void PhaseList::close(std::uint32_t number) {
  const std::size_t place = number / kBlock;
  Block& block = blocks_[place];
  if (--block.rows->open == 0 && size_ >= (place + 1) * kBlock)
    pack(block, static_cast<std::uint32_t>(place * kBlock));
}

void PhaseList::pack(Block& block, std::uint32_t first) {
  std::string packed;
  Phase before;
  for (std::uint32_t i = 0; i < kBlock; ++i) {
    const Phase& phase = block.rows->at[i];
    const Kinship kin = kinship(phase, first + i, before, i == 0);
    appendVarint(packed, std::uint64_t{phase.name} << kNameShift | (phase.lines != 0 ? kHasLines : 0) |
                             static_cast<std::uint64_t>(kin));
    appendVarint(packed, zigzag(phase.begin - before.begin));
    appendVarint(packed, phase.ticks());
    appendVarint(packed, phase.text_begin - before.text_begin);
    appendVarint(packed, phase.text_end - phase.text_begin);
    if (phase.lines != 0) appendVarint(packed, phase.lines);
    if (kin == Kinship::kOther) {
      appendVarint(packed, first + i - phase.parent);
      appendVarint(packed, phase.depth);
    }
    before = phase;
  }
  block.rows.reset();
  block.packed = std::make_unique_for_overwrite<std::byte[]>(packed.size());
  std::memcpy(block.packed.get(), packed.data(), packed.size());
  block.bytes = packed.size();
}

std::size_t PhaseList::bytes() const {
  std::size_t bytes = blocks_.capacity() * sizeof(Block);
  for (const Block& block : blocks_) bytes += block.rows ? sizeof(Rows) : block.bytes;
  return bytes;
}

Phase PhaseList::operator[](std::size_t i) const {
  if (const Block& block = blocks_[i / kBlock]; block.rows) return block.rows->at[i % kBlock];
  Iterator at(*this, i);
  while (at.number() < i) ++at;
  return *at;
}

PhaseList::Iterator::Iterator(const PhaseList& list, std::size_t at)
    : list_(&list), at_(at == list.size() ? at : at / kBlock * kBlock) {
  load();
}

void PhaseList::Iterator::load() {
  if (at_ >= list_->size_) return;
  const Block& block = list_->blocks_[at_ / kBlock];
  if (block.rows) {
    phase_ = block.rows->at[at_ % kBlock];
    return;
  }
  if (at_ % kBlock == 0) {
    packed_ = ByteReader({block.packed.get(), block.bytes});
    phase_ = {};
  }
  unpack();
}

void PhaseList::Iterator::unpack() {
  const Phase before = phase_;
  const std::uint64_t head = packed_.varint();
  phase_.name = static_cast<std::uint32_t>(head >> kNameShift);
  phase_.begin = before.begin + unzigzag(packed_.varint());
  phase_.end = phase_.begin + packed_.varint();
  phase_.text_begin = before.text_begin + packed_.varint();
  phase_.text_end = phase_.text_begin + packed_.varint();
  phase_.lines = (head & kHasLines) != 0 ? static_cast<std::uint32_t>(packed_.varint()) : 0;
  switch (static_cast<Kinship>(head & (kHasLines - 1))) {
    case Kinship::kNone:
      phase_.parent = Phase::kNoParent;
      phase_.depth = 1;
      break;
    case Kinship::kChild:
      phase_.parent = static_cast<std::uint32_t>(at_ - 1);
      phase_.depth = before.depth + 1;
      break;
    case Kinship::kSibling:
      break;
    case Kinship::kOther:
      phase_.parent = static_cast<std::uint32_t>(at_ - packed_.varint());
      phase_.depth = static_cast<std::uint32_t>(packed_.varint());
      break;
  }
}

}  // namespace pyrometer
