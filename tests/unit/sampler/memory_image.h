#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "sampler/interpreters/layouts.h"

namespace pyrometer::test {

/// A made-up process's memory: objects at addresses, everything else unreadable. Satisfies
/// interpreters::Memory.
class MemoryImage {
 public:
  const std::uint8_t* view(std::uint64_t address, std::size_t size) {
    auto next = objects_.upper_bound(address);
    if (next == objects_.begin()) return nullptr;
    const auto& [begin, bytes] = *--next;
    if (address - begin >= bytes.size() || bytes.size() - (address - begin) < size) return nullptr;
    return bytes.data() + (address - begin);
  }

  void add(std::uint64_t address, std::size_t size) { objects_[address].resize(size); }
  template <class T>
  void put(std::uint64_t object, std::size_t offset, T value) {
    std::vector<std::uint8_t>& bytes = objects_[object];
    if (bytes.size() < offset + sizeof value) bytes.resize(offset + sizeof value);
    std::memcpy(bytes.data() + offset, &value, sizeof value);
  }

  /// A frame of 3.11 or later; `owner` and `entry` as the version has them.
  void addFrame(const interpreters::Layout& layout, std::uint64_t address, std::uint64_t previous,
                std::uint64_t code, std::int64_t offset, std::uint8_t owner, bool entry = false) {
    add(address, layout.frame.size);
    put(address, layout.frame.previous, previous);
    put(address, layout.frame.code, code);
    put(address, layout.frame.position, (code & ~std::uint64_t{7}) + layout.code.adaptive + offset);
    put(address, layout.frame.owner, owner);
    if (layout.frame.is_entry != interpreters::kAbsent) {
      put(address, layout.frame.is_entry, static_cast<std::uint8_t>(entry));
    }
  }

  /// A str, of characters of `width` bytes.
  void addText(const interpreters::Layout& layout, std::uint64_t address,
               const std::vector<std::uint32_t>& text, std::uint32_t width, bool ascii) {
    const std::uint32_t data = ascii ? layout.text.ascii : layout.text.compact;
    add(address, data + text.size() * width);
    put(address, layout.text.length, static_cast<std::int64_t>(text.size()));
    put(address, layout.text.state,
        (width << layout.text.kind_shift) | (1u << layout.text.compact_bit) |
            (static_cast<std::uint32_t>(ascii) << layout.text.ascii_bit));
    for (std::size_t i = 0; i < text.size(); ++i) {
      std::memcpy(objects_[address].data() + data + i * width, &text[i], width);
    }
  }
  void addText(const interpreters::Layout& layout, std::uint64_t address, const std::string& ascii) {
    addText(layout, address, std::vector<std::uint32_t>(ascii.begin(), ascii.end()), 1, true);
  }

  void addBytes(const interpreters::Layout& layout, std::uint64_t address, const std::string& bytes) {
    // Allocations are multiples of 16.
    add(address, (layout.bytes.data + bytes.size() + 16) / 16 * 16);
    put(address, layout.bytes.length, static_cast<std::int64_t>(bytes.size()));
    std::memcpy(objects_[address].data() + layout.bytes.data, bytes.data(), bytes.size());
  }

 private:
  std::map<std::uint64_t, std::vector<std::uint8_t>> objects_;
};

}  // namespace pyrometer::test
