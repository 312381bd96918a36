#pragma once

#include <cstddef>
#include <cstdint>

namespace pyrometer::interpreters {

/// Writes bytes into a ring (or into plain memory whose size is a power of two) up to a limit. What does not
/// fit sets a flag and is lost; go back to a mark then. Positions count on for ever, as in ring::Segment.
class RingCursor {
 public:
  RingCursor(std::uint8_t* bytes, std::size_t capacity, std::uint64_t begin, std::uint64_t limit)
      : bytes_(bytes), mask_(capacity - 1), at_(begin), limit_(limit) {}

  void put(std::uint8_t byte) {
    if (at_ == limit_) {
      overflowed_ = true;
      return;
    }
    bytes_[at_++ & mask_] = byte;
  }
  void putVarint(std::uint64_t value) {
    while (value >= 0x80) {
      put(static_cast<std::uint8_t>(value | 0x80));
      value >>= 7;
    }
    put(static_cast<std::uint8_t>(value));
  }
  void putBytes(const std::uint8_t* from, std::size_t size) {
    if (size > room()) {
      overflowed_ = true;
      return;
    }
    for (std::size_t i = 0; i < size; ++i) bytes_[(at_ + i) & mask_] = from[i];
    at_ += size;
  }

  std::uint64_t position() const { return at_; }
  std::uint64_t room() const { return limit_ - at_; }
  bool overflowed() const { return overflowed_; }
  void rewind(std::uint64_t mark) {
    at_ = mark;
    overflowed_ = false;
  }

 private:
  std::uint8_t* bytes_;
  std::size_t mask_;
  std::uint64_t at_;
  std::uint64_t limit_;
  bool overflowed_ = false;
};

}  // namespace pyrometer::interpreters
