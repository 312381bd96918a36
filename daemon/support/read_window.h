#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pyrometer {

/// A buffer to read `size` bytes through: 1 MB, or less where there is less. (Most files are small, and a
/// megabyte of zeros takes longer than reading them.)
inline std::vector<std::byte> readWindow(std::uint64_t size) {
  constexpr std::uint64_t kMost = 1 << 20;
  return std::vector<std::byte>(static_cast<std::size_t>(std::clamp<std::uint64_t>(size, 1, kMost)));
}

}  // namespace pyrometer
