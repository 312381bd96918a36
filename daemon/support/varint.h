#pragma once

#include <cstdint>
#include <string>

namespace pyrometer {

/// Unsigned LEB128; ByteReader::varint reads it.
inline void appendVarint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

}  // namespace pyrometer
