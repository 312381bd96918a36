#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>

/// What the walker needs of memory, be it one's own in a signal handler or another process's.
namespace pyrometer::interpreters {

/// view(): the `size` bytes at `address`, or null if they cannot be read. Valid until the next call.
template <class M>
concept Memory = requires(M& memory, std::uint64_t address, std::size_t size) {
  { memory.view(address, size) } -> std::same_as<const std::uint8_t*>;
};

template <class T>
T load(const std::uint8_t* bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes + offset, sizeof value);
  return value;
}

/// False if the memory cannot be read.
template <class T, Memory M>
bool read(M& memory, std::uint64_t address, T& value) {
  const std::uint8_t* bytes = memory.view(address, sizeof value);
  if (bytes == nullptr) return false;
  std::memcpy(&value, bytes, sizeof value);
  return true;
}

}  // namespace pyrometer::interpreters
