#include "sampler/interpreters/process_memory.h"

#include <cerrno>

namespace pyrometer::interpreters {

const std::uint8_t* ProcessMemory::fetched(std::uint64_t address, std::size_t size) const {
  for (std::size_t i = 0; i < ranges_; ++i) {
    const Range& range = fetched_[i];
    if (address >= range.address && address - range.address < range.size &&
        range.size - (address - range.address) >= size) {
      return range.bytes.data() + (address - range.address);
    }
  }
  return nullptr;
}

bool ProcessMemory::beginsRange(std::uint64_t address) const {
  for (std::size_t i = 0; i < ranges_; ++i) {
    if (fetched_[i].address == address) return true;
  }
  return false;
}

const std::uint8_t* ProcessMemory::view(std::uint64_t address, std::size_t size) {
  if (const std::uint8_t* bytes = fetched(address, size)) return bytes;
  if (size > kLargestView) return nullptr;
  const Part part{address, single_.data(), size};
  return readParts({&part, 1}) ? single_.data() : nullptr;
}

bool ProcessMemory::readParts(std::span<const Part> parts) {
  std::array<iovec, kMostParts> here;
  std::array<iovec, kMostParts> there;
  std::size_t wanted = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    here[i] = {parts[i].to, parts[i].size};
    there[i] = {reinterpret_cast<void*>(parts[i].address), parts[i].size};
    wanted += parts[i].size;
  }
  ++reads_;
  const ssize_t got = process_vm_readv(pid_, here.data(), parts.size(), there.data(), parts.size(), 0);
  if (got == static_cast<ssize_t>(wanted)) return true;
  error_ = got < 0 ? errno : EFAULT;
  return false;
}

std::uint8_t* ProcessMemory::addRange(std::uint64_t address, std::size_t size) {
  if (ranges_ == fetched_.size()) return nullptr;
  Range& range = fetched_[ranges_++];
  range.address = address;
  range.size = size;
  if (range.bytes.size() < size) range.bytes.resize(size);
  return range.bytes.data();
}

}  // namespace pyrometer::interpreters
