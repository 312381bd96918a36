#pragma once

#include <bit>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace pyrometer {

/// The integer that begins at `at`, which needs no alignment. A single load on machines whose own order it
/// is; compilers do not always see that in a loop over bytes.
template <class Integer>
Integer littleEndian(const std::byte* at) {
  using Unsigned = std::make_unsigned_t<Integer>;
  Unsigned value = 0;
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&value, at, sizeof value);
  } else {
    for (std::size_t i = 0; i < sizeof value; ++i) {
      value =
          static_cast<Unsigned>(value | static_cast<Unsigned>(std::to_integer<Unsigned>(at[i]) << (8 * i)));
    }
  }
  return static_cast<Integer>(value);
}

}  // namespace pyrometer
