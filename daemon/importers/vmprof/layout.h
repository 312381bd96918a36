#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/support/little_endian.h"

/// What decides how the bytes of a vmprof file are laid out (vmprof file format, sections Detecting the
/// widths and Header record and versions).
namespace pyrometer::vmprof {

/// By what each version brought. The file's number is the enumerator's.
enum class Version : std::uint16_t {
  kBase = 0,       ///< marker 0x04 instead of 0x05; no thread ids; raw return addresses
  kThreadIds = 1,  ///< raw return addresses
  kTag = 2,        ///< PyPy: (kind, value) pairs
  kMemory = 3,     ///< resident size in every sample
  kModeAware = 4,  ///< a byte of flags
  kDuration = 5,   ///< start and end time
  kTimestamp = 6,  ///< meta records
  kSampleTime = 7  ///< a time in every sample; there are two of this number
};
inline constexpr Version kNewestRead = Version::kSampleTime;

enum Flag : std::uint8_t {
  kMemoryFlag = 1,
  kLinesFlag = 2,
  kNativeFlag = 4,
  kPairsFlag = 8,
  kRealTimeFlag = 16
};

enum class Marker : std::uint8_t {
  kSample = 1,
  kName = 2,
  kTrailer = 3,
  kOldHeader = 4,
  kHeader = 5,
  kStartTime = 6,
  kMeta = 7,
  kSymbol = 8,
  kAllocation = 9,  ///< a stack at an allocation; the fork only, as the next one
  kObjects = 10,    ///< what survived a collection
};
inline bool isMarker(std::byte byte) { return byte >= std::byte{1} && byte <= std::byte{8}; }

inline constexpr std::size_t kTimeSize = 24;
inline constexpr std::uint64_t kMaxDepth = 65536;  ///< cells of a stack; readers insist

/// Widths of the machine that wrote the file, in bytes (4 or 8), and what its samples hold.
struct Layout {
  std::size_t word = 8, addr = 8;
  bool pairs = false;  ///< (kind, value) in every frame
  bool lines = false;  ///< (line, code) in every frame
  bool memory = false;
  bool native = false;
  bool legacy = false;  ///< versions 0 and 1: return addresses between code ids (see legacy_stacks.h)
  bool threads = true;  ///< a thread id in every sample: not in version 0
  bool times = false;   ///< version 7: nanoseconds at the end of every sample
  bool forked = false;  ///< the other version 7: seconds as a double in place of the count

  std::size_t cellsPerFrame() const { return pairs || lines ? 2 : 1; }
  /// Count (or time) and depth of a sample, behind its marker.
  std::size_t countSize() const { return forked ? 8 : word; }
  /// What follows the cells.
  std::size_t tailSize() const { return ((threads ? 1 : 0) + (memory ? 1 : 0)) * addr + (times ? 8 : 0); }
  /// Unsigned at the writer's width, so that ids compare bit by bit.
  std::uint64_t cell(const std::byte* at) const { return number(at, addr); }
  std::int64_t wordAt(const std::byte* at) const {
    const std::uint64_t value = number(at, word);
    return word == 4 ? static_cast<std::int32_t>(value) : static_cast<std::int64_t>(value);
  }
  /// Native cells have the lowest bit set, and are positive at the writer's width.
  bool isNative(std::uint64_t cell) const { return (cell & 1) != 0 && (cell >> (8 * addr - 1)) == 0; }

 private:
  static std::uint64_t number(const std::byte* at, std::size_t width) {
    return width == 8 ? littleEndian<std::uint64_t>(at) : littleEndian<std::uint32_t>(at);
  }
};

}  // namespace pyrometer::vmprof
