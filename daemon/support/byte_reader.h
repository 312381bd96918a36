#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "daemon/support/little_endian.h"

namespace pyrometer {

/// A cursor over bytes that are not to be trusted. Every step is checked; a step that does not fit gives zero
/// (or nothing) and is remembered, so a record can be read field by field and asked about once at its end:
///
///   const std::uint64_t count = in.varint();
///   const auto payload = in.bytes(count);
///   if (!in.good()) ...                        in.state() tells a record that is cut from one that is wrong
///
/// Multi-byte numbers are little endian. The bytes must outlive the cursor and what it hands out.
class ByteReader {
 public:
  enum class State : std::uint8_t {
    kGood,
    kShort,  ///< the bytes ended: more of them may help
    kBad,    ///< no more bytes will help (a varint of more than 64 bits, or markBad)
  };

  explicit ByteReader(std::span<const std::byte> bytes)
      : begin_(bytes.data()), here_(begin_), end_(begin_ + bytes.size()) {}

  bool good() const { return state_ == State::kGood; }
  State state() const { return state_; }
  void markBad() { fail(State::kBad); }
  std::size_t position() const { return static_cast<std::size_t>(here_ - begin_); }
  std::size_t remaining() const { return static_cast<std::size_t>(end_ - here_); }
  bool atEnd() const { return here_ == end_; }

  std::uint8_t u8() {
    if (here_ == end_) return fail(State::kShort), std::uint8_t{0};
    return static_cast<std::uint8_t>(*here_++);
  }

  /// A little-endian integer of any width.
  template <class Integer>
  Integer little() {
    static_assert(std::is_integral_v<Integer>);
    if (remaining() < sizeof(Integer)) return fail(State::kShort), Integer{0};
    const auto value = littleEndian<Integer>(here_);
    here_ += sizeof(Integer);
    return value;
  }

  /// Unsigned LEB128 of at most 64 bits.
  std::uint64_t varint() {
    if (here_ != end_) {
      const auto first = std::to_integer<std::uint8_t>(*here_);
      if (first < 0x80) return ++here_, first;
    }
    return longVarint();
  }

  std::span<const std::byte> bytes(std::uint64_t count) {
    if (count > remaining()) return fail(State::kShort), std::span<const std::byte>();
    const std::span<const std::byte> found(here_, static_cast<std::size_t>(count));
    here_ += found.size();
    return found;
  }

  std::string_view text(std::uint64_t length) {
    const auto found = bytes(length);
    return {reinterpret_cast<const char*>(found.data()), found.size()};
  }

 private:
  // After a failure nothing more is read: what follows would be read at the wrong place.
  void fail(State state) {
    if (state_ == State::kGood) state_ = state;
    here_ = end_;
  }

  std::uint64_t longVarint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (here_ == end_) return fail(State::kShort), 0;
      const auto byte = std::to_integer<std::uint8_t>(*here_++);
      if (shift == 63 && byte > 1) break;
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return fail(State::kBad), 0;
  }

  const std::byte* begin_;
  const std::byte* here_;
  const std::byte* end_;
  State state_ = State::kGood;
};

}  // namespace pyrometer
