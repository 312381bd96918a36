#include "daemon/native/elf_layout.h"

#include <elf.h>

#include <array>
#include <cstring>

#include "daemon/support/byte_reader.h"

namespace pyrometer {

namespace {

#if defined(__x86_64__)
constexpr std::uint16_t kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr std::uint16_t kMachine = EM_AARCH64;
#endif

constexpr std::size_t kMostSegments = 4096;
constexpr std::uint64_t kLargestNotes = 1 << 16;
constexpr std::uint64_t kHighestAddress = std::uint64_t{1} << 47;

template <class Header>
std::optional<Header> headerAt(const ImageBytes& bytes, std::uint64_t offset) {
  Header header;
  if (!bytes(offset, std::as_writable_bytes(std::span(&header, 1)))) return std::nullopt;
  return header;
}

/// The description of the build id's note, if it is among these.
std::string buildIdIn(std::span<const std::byte> notes) {
  constexpr std::size_t kLongestId = 64;
  const auto padded = [](std::uint32_t size) { return (std::uint64_t{size} + 3) & ~std::uint64_t{3}; };
  ByteReader in(notes);
  while (!in.atEnd()) {
    const auto name_size = in.little<std::uint32_t>();
    const auto size = in.little<std::uint32_t>();
    const auto type = in.little<std::uint32_t>();
    const auto name = in.bytes(padded(name_size));
    const auto description = in.bytes(padded(size));
    if (!in.good()) return {};
    if (type == NT_GNU_BUILD_ID && name_size == 4 && std::memcmp(name.data(), "GNU", 4) == 0 && size != 0 &&
        size <= kLongestId) {
      return hexOf(description.first(size));
    }
  }
  return {};
}

}  // namespace

std::string hexOf(std::span<const std::byte> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const std::byte byte : bytes) {
    hex.push_back(kDigits[std::to_integer<unsigned>(byte) >> 4]);
    hex.push_back(kDigits[std::to_integer<unsigned>(byte) & 15]);
  }
  return hex;
}

std::optional<std::uint64_t> ElfLayout::addressOf(std::uint64_t offset) const {
  for (const Segment& segment : segments) {
    // A mapping is of whole pages: what lies in them before and behind the segment counts with it.
    constexpr std::uint64_t kPage = 4096;
    const std::uint64_t begin = segment.offset & ~(kPage - 1);
    const std::uint64_t end = (segment.offset + segment.file_size + kPage - 1) & ~(kPage - 1);
    if (segment.executable && offset >= begin && offset < end)
      return segment.address - segment.offset + offset;
  }
  return std::nullopt;
}

const ElfLayout::Segment* ElfLayout::segmentAt(std::uint64_t address) const {
  for (const Segment& segment : segments) {
    if (address >= segment.address && address - segment.address < segment.file_size) return &segment;
  }
  return nullptr;
}

Result<ElfLayout> readElfLayout(const ImageBytes& bytes) {
  const auto header = headerAt<Elf64_Ehdr>(bytes, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return Error{"not an ELF file", {}};
  ElfLayout layout;
  layout.for_this_machine = header->e_ident[EI_CLASS] == ELFCLASS64 &&
                            header->e_ident[EI_DATA] == ELFDATA2LSB && header->e_machine == kMachine;
  if (!layout.for_this_machine) return layout;
  if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum > kMostSegments)
    return Error{"an ELF file with impossible program headers", {}};
  for (std::uint64_t i = 0; i < header->e_phnum; ++i) {
    const auto segment = headerAt<Elf64_Phdr>(bytes, header->e_phoff + i * sizeof(Elf64_Phdr));
    if (!segment) return Error{"an ELF file that ends within its program headers", {}};
    const bool possible = segment->p_vaddr < kHighestAddress && segment->p_memsz < kHighestAddress &&
                          segment->p_filesz < kHighestAddress && segment->p_offset < kHighestAddress;
    if (!possible) continue;
    if (segment->p_type == PT_LOAD) {
      layout.segments.push_back({.offset = segment->p_offset,
                                 .address = segment->p_vaddr,
                                 .file_size = segment->p_filesz,
                                 .memory_size = segment->p_memsz,
                                 .executable = (segment->p_flags & PF_X) != 0});
    } else if (segment->p_type == PT_GNU_EH_FRAME) {
      layout.eh_frame_header = segment->p_vaddr;
    } else if (segment->p_type == PT_NOTE && layout.build_id.empty() && segment->p_filesz <= kLargestNotes) {
      std::vector<std::byte> notes(segment->p_filesz);
      if (bytes(segment->p_offset, notes)) layout.build_id = buildIdIn(notes);
    }
  }
  return layout;
}

}  // namespace pyrometer
