#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pyrometer::interpreters {

/// Another process's memory (see memory.h), read without stopping it. Whole ranges can be fetched ahead in
/// one call; what lies in them is then answered from the copy.
class ProcessMemory {
 public:
  explicit ProcessMemory(pid_t pid) : pid_(pid) {}

  /// At most kLargestView bytes, from a fetched range or by a read of its own.
  const std::uint8_t* view(std::uint64_t address, std::size_t size);

  struct Part {
    std::uint64_t address;
    void* to;
    std::size_t size;
  };
  static constexpr std::size_t kMostParts = 16;
  /// Reads the parts in this order in one system call; false if not all of them could be read. At most
  /// kMostParts.
  bool readParts(std::span<const Part> parts);

  /// From a fetched range only, else null.
  const std::uint8_t* fetched(std::uint64_t address, std::size_t size) const;
  /// Does a fetched range begin just here?
  bool beginsRange(std::uint64_t address) const;
  /// Forgets all fetched ranges.
  void forget() { ranges_ = 0; }
  /// Takes a buffer into which a range is about to be read, of `size` bytes; null if there are too many
  /// ranges.
  std::uint8_t* addRange(std::uint64_t address, std::size_t size);
  void dropLastRange() { --ranges_; }

  std::uint64_t reads() const { return reads_; }
  /// errno of the last read that failed: ESRCH gone, EPERM or ENOSYS refused, EFAULT no such memory.
  int error() const { return error_; }

  static constexpr std::size_t kLargestView = 512;

 private:
  struct Range {
    std::uint64_t address = 0;
    std::size_t size = 0;
    std::vector<std::uint8_t> bytes;
  };

  pid_t pid_;
  std::uint64_t reads_ = 0;
  int error_ = 0;
  std::size_t ranges_ = 0;
  std::array<Range, 64> fetched_;
  std::array<std::uint8_t, kLargestView> single_{};
};

}  // namespace pyrometer::interpreters
