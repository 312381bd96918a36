#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/native/image_bytes.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// What the program headers of an ELF file say: where its parts go, what it is, and where its unwind
/// information begins. Sections are not looked at: what runs has headers, sections may be stripped. Addresses
/// are those of the file's own counting.
struct ElfLayout {
  struct Segment {
    std::uint64_t offset = 0, address = 0, file_size = 0, memory_size = 0;
    bool executable = false;
  };
  std::vector<Segment> segments;  ///< PT_LOAD, in the file's order
  std::string build_id;           ///< in hex; empty: none
  std::optional<std::uint64_t> eh_frame_header;
  bool for_this_machine = false;

  /// Address of the byte at this place in the file, by the segment that loads it.
  std::optional<std::uint64_t> addressOf(std::uint64_t offset) const;
  /// The segment that holds this address in the file.
  const Segment* segmentAt(std::uint64_t address) const;
};

/// As build ids are written.
std::string hexOf(std::span<const std::byte> bytes);

/// An Error if it is no ELF file, or one that does not hold together.
Result<ElfLayout> readElfLayout(const ImageBytes& bytes);

}  // namespace pyrometer
