#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace pyrometer {

/// From a pair of ids (packed in 64 bits) to an id, for interning: open addressing, one cache line a lookup,
/// grows only. UINT32_MAX is no id.
class IdMap {
 public:
  static constexpr std::uint32_t kMissing = UINT32_MAX;

  static constexpr std::uint64_t key(std::uint32_t high, std::uint32_t low) {
    return std::uint64_t{high} << 32 | low;
  }

  std::size_t size() const { return size_; }

  /// The id under `key`; where there is none yet, `fresh` is put there and given back with true.
  std::pair<std::uint32_t, bool> findOrAdd(std::uint64_t key, std::uint32_t fresh) {
    if (size_ * 8 >= slots_.size() * 5) grow();
    Slot& slot = slots_[place(key)];
    if (slot.id != kMissing) return {slot.id, false};
    slot = {key, fresh};
    ++size_;
    return {fresh, true};
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t id = kMissing;
  };

  std::size_t place(std::uint64_t key) const {
    const std::size_t mask = slots_.size() - 1;
    std::uint64_t h = (key ^ key >> 32) * 0x9E3779B97F4A7C15u;
    std::size_t i = static_cast<std::size_t>(h ^ h >> 32) & mask;
    while (slots_[i].id != kMissing && slots_[i].key != key) i = (i + 1) & mask;
    return i;
  }

  void grow() {
    std::vector<Slot> old(slots_.empty() ? 64 : slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.id != kMissing) slots_[place(slot.key)] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace pyrometer
