#pragma once

#include <cstddef>
#include <vector>

namespace pyrometer::jit {

/// Memory that a column holds, room to grow included.
template <class T>
std::size_t columnBytes(const std::vector<T>& column) {
  return column.capacity() * sizeof(T);
}

}  // namespace pyrometer::jit
