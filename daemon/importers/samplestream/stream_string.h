#pragma once

#include <cstdint>
#include <string>

#include "daemon/support/byte_reader.h"
#include "daemon/support/utf.h"

namespace pyrometer::samplestream {

/// A string as records have it: character size, length, characters (see Record::kCode). Damage leaves `in`
/// not good.
inline std::string readString(ByteReader& in) {
  const std::uint8_t width = in.u8();
  const std::uint64_t length = in.varint();
  if (width > 4 || width == 3) {
    in.markBad();
    return {};
  }
  if (width == 0) return {};
  // A length that does not fit even in bytes must not be multiplied.
  return utf8FromCharacters(width, in.bytes(length > in.remaining() ? length : length * width));
}

}  // namespace pyrometer::samplestream
