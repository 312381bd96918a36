#include "sampler/interpreters/code_table.h"

namespace pyrometer::interpreters {

namespace {

constexpr std::uint64_t mix(std::uint64_t hash) {
  hash ^= hash >> 32;
  return hash * 0x9e3779b97f4a7c15;
}

/// 20 bits, never 0. Done for every frame of every sample: products that do not wait for one another.
std::uint64_t pointersOf(const CodeKey& key) {
  const std::uint64_t sum = key.name * 0x9e3779b97f4a7c15 + key.filename * 0xc2b2ae3d27d4eb4f +
                            key.linetable * 0x165667b19e3779f9 +
                            static_cast<std::uint32_t>(key.first_line) * 0xff51afd7ed558ccd;
  return (mix(sum) >> 44) | 1;
}

/// 40 bits. Two code objects that follow one another at an address are taken for one with a chance of 1e-6
/// where they agree in all pointers, else of 1e-12.
std::uint64_t identityOf(const CodeKey& key) {
  return pointersOf(key) << 20 | mix(key.content + 0x13198a2e03707344) >> 44;
}

constexpr std::uint64_t kReferenceMask = (1 << 24) - 1;

}  // namespace

std::uint32_t CodeTable::Slot::reference(const CodeKey& key, CodeTable& table) {
  const std::uint64_t identity = identityOf(key);
  std::uint64_t known = identity_.load(std::memory_order_acquire);
  if (known >> 24 == identity) return static_cast<std::uint32_t>(known & kReferenceMask);
  const std::uint32_t fresh = table.references_.fetch_add(1, std::memory_order_relaxed) + 1;
  if (fresh > kMostReferences) {
    table.references_.store(kMostReferences, std::memory_order_relaxed);
    return 0;
  }
  // Losing means that another thread saw this (or a still newer) code object first; its word counts if it is
  // the same.
  while (!identity_.compare_exchange_weak(known, (identity << 24) | fresh, std::memory_order_acq_rel)) {
    if (known >> 24 == identity) return static_cast<std::uint32_t>(known & kReferenceMask);
  }
  return fresh;
}

bool CodeTable::Slot::holdsPointersOf(const CodeKey& key) const {
  return identity_.load(std::memory_order_relaxed) >> 44 == pointersOf(key);
}

bool CodeTable::Slot::claim(std::uint32_t reference, Described& done) {
  std::uint64_t progress = progress_.load(std::memory_order_relaxed);
  const bool ours = progress >> 32 == reference;
  const std::uint64_t low = progress & 0xffffffff;
  if (ours && (low == kBusy || low == kWhole)) return false;
  done = {};
  if (ours && low != 0) done = {.names = true, .table = low - 1, .whole = false};
  return progress_.compare_exchange_strong(progress, pack(reference, kBusy), std::memory_order_relaxed);
}

void CodeTable::Slot::putBack(std::uint32_t reference, const Described& done) {
  std::uint64_t low = 0;
  if (done.names) low = done.whole || done.table >= kLongestTable ? kWhole : done.table + 1;
  std::uint64_t expected = pack(reference, kBusy);
  progress_.compare_exchange_strong(expected, pack(reference, low), std::memory_order_relaxed);
}

void CodeTable::clear() {
  for (Slot& slot : slots_) {
    // What was never written to must not become resident.
    if (slot.address_.load(std::memory_order_relaxed) == 0) continue;
    slot.address_.store(0, std::memory_order_relaxed);
    slot.identity_.store(0, std::memory_order_relaxed);
    slot.progress_.store(0, std::memory_order_relaxed);
  }
  references_.store(0, std::memory_order_release);
}

CodeTable::Slot* CodeTable::probe(std::uint64_t address, bool add) {
  std::size_t index = (address >> 4) * 0x9e3779b97f4a7c15 >> 48;
  static_assert(kSlots == std::size_t{1} << 16);
  for (std::size_t step = 0; step < kMostProbes; ++step) {
    Slot& slot = slots_[index];
    std::uint64_t there = slot.address_.load(std::memory_order_acquire);
    if (there == 0) {
      if (!add) return nullptr;
      if (slot.address_.compare_exchange_strong(there, address, std::memory_order_acq_rel)) return &slot;
    }
    if (there == address) return &slot;
    index = (index + 1) % kSlots;
  }
  return nullptr;
}

}  // namespace pyrometer::interpreters
