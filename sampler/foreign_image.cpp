#include "sampler/foreign_image.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string_view>

#include "sampler/executables.h"

namespace pyrometer::sampler {

namespace {

#if defined(__x86_64__)
constexpr int kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr int kMachine = EM_AARCH64;
#endif

using executables::kSanitizerFunctions;
using executables::kSanitizerLibraries;

constexpr int kMostSegments = 64;
constexpr std::uint64_t kMostEntries = 4096;
constexpr std::uint64_t kMostText = 16 << 20;

constexpr std::size_t longestName() {
  std::size_t longest = 0;
  for (const std::string_view name : kSanitizerLibraries) longest = std::max(longest, name.size());
  for (const std::string_view name : kSanitizerFunctions) longest = std::max(longest, name.size());
  return longest;
}

/// An ELF file, read a little at a time: one segment, one piece of text.
class Program {
 public:
  Program(int fd, const Elf64_Ehdr& header) : fd_(fd), header_(header) {}

  enum class Search { kFound, kNone, kUnreadable };

  /// The first segment for which `is` holds.
  template <class Is>
  Search find(Elf64_Phdr& segment, Is is) const {
    for (int i = 0; i < header_.e_phnum && i < kMostSegments; ++i) {
      const std::uint64_t at = header_.e_phoff + static_cast<std::uint64_t>(i) * sizeof segment;
      if (read(&segment, sizeof segment, at) != sizeof segment) return Search::kUnreadable;
      if (is(segment)) return Search::kFound;
    }
    return Search::kNone;
  }
  Search findType(Elf64_Phdr& segment, std::uint32_t type) const {
    return find(segment, [&](const Elf64_Phdr& one) { return one.p_type == type; });
  }

  bool loaderIsMusl(const Elf64_Phdr& loader) {
    const std::size_t length =
        read(piece_, std::min<std::size_t>(sizeof piece_, loader.p_filesz), loader.p_offset);
    return std::string_view(piece_, length).find("ld-musl") != std::string_view::npos;
  }

  bool holdsSanitizer(const Elf64_Phdr& section) {
    const Dynamic dynamic = readDynamic(section);
    if (dynamic.strings == 0) return false;
    if (needsSanitizer(section, dynamic)) return true;
    HashHead head;
    if (dynamic.symbols == 0 || dynamic.hashes == 0 || !readValue(head, dynamic.hashes) ||
        head.buckets == 0 || head.blooms == 0)
      return namesSanitizer(dynamic.strings, std::min(dynamic.strings_size, kMostText));
    return std::any_of(std::begin(kSanitizerFunctions), std::end(kSanitizerFunctions),
                       [&](std::string_view function) { return defines(function, dynamic, head); });
  }

 private:
  /// What the dynamic section tells: places in the file, 0 where it tells none.
  struct Dynamic {
    std::uint64_t strings = 0, strings_size = 0;
    std::uint64_t symbols = 0, hashes = 0;
  };
  /// DT_GNU_HASH begins with this.
  struct HashHead {
    std::uint32_t buckets, first, blooms, shift;
  };
  static constexpr int kLongestChain = 1000;

  std::size_t read(void* bytes, std::size_t size, std::uint64_t offset) const {
    const ssize_t got = pread(fd_, bytes, size, static_cast<off_t>(offset));
    return got < 0 ? 0 : static_cast<std::size_t>(got);
  }
  template <class Value>
  bool readValue(Value& value, std::uint64_t offset) const {
    return read(&value, sizeof value, offset) == sizeof value;
  }

  /// Calls `take` with each entry of the dynamic section. It must leave the piece alone.
  template <class Take>
  void eachEntry(const Elf64_Phdr& section, Take take) {
    constexpr std::uint64_t kAtOnce = sizeof piece_ / sizeof(Elf64_Dyn);
    const std::uint64_t entries = std::min(section.p_filesz / sizeof(Elf64_Dyn), kMostEntries);
    for (std::uint64_t i = 0; i < entries; i += kAtOnce) {
      const std::size_t got = read(piece_, std::min(kAtOnce, entries - i) * sizeof(Elf64_Dyn),
                                   section.p_offset + i * sizeof(Elf64_Dyn));
      for (std::size_t at = 0; at + sizeof(Elf64_Dyn) <= got; at += sizeof(Elf64_Dyn)) {
        Elf64_Dyn entry;
        std::memcpy(&entry, piece_ + at, sizeof entry);
        if (entry.d_tag == DT_NULL) return;
        take(entry);
      }
      if (got < sizeof piece_) return;
    }
  }

  std::uint64_t offsetOf(std::uint64_t address) const {
    Elf64_Phdr segment;
    const auto holds = [&](const Elf64_Phdr& one) {
      return one.p_type == PT_LOAD && address >= one.p_vaddr && address - one.p_vaddr < one.p_filesz;
    };
    if (address == 0 || find(segment, holds) != Search::kFound) return 0;
    return segment.p_offset + (address - segment.p_vaddr);
  }

  Dynamic readDynamic(const Elf64_Phdr& section) {
    Dynamic found;
    eachEntry(section, [&](const Elf64_Dyn& entry) {
      if (entry.d_tag == DT_STRTAB) found.strings = offsetOf(entry.d_un.d_ptr);
      if (entry.d_tag == DT_STRSZ) found.strings_size = entry.d_un.d_val;
      if (entry.d_tag == DT_SYMTAB) found.symbols = offsetOf(entry.d_un.d_ptr);
      if (entry.d_tag == DT_GNU_HASH) found.hashes = offsetOf(entry.d_un.d_ptr);
    });
    return found;
  }

  bool needsSanitizer(const Elf64_Phdr& section, const Dynamic& dynamic) {
    bool needs = false;
    eachEntry(section, [&](const Elf64_Dyn& entry) {
      if (entry.d_tag != DT_NEEDED || needs) return;
      char text[longestName()];
      const std::size_t length = read(text, sizeof text, dynamic.strings + entry.d_un.d_val);
      needs = std::any_of(
          std::begin(kSanitizerLibraries), std::end(kSanitizerLibraries),
          [&](std::string_view name) { return std::string_view(text, length).starts_with(name); });
    });
    return needs;
  }

  /// The loader's own way to a name: some reads, however many symbols there are.
  bool defines(std::string_view name, const Dynamic& dynamic, const HashHead& head) const {
    std::uint32_t hash = 5381;
    for (const char c : name) hash = hash * 33 + static_cast<unsigned char>(c);
    constexpr std::uint32_t kBits = 64;
    const std::uint64_t blooms = dynamic.hashes + sizeof head;
    std::uint64_t bloom = 0;
    if (!readValue(bloom, blooms + std::uint64_t{hash / kBits % head.blooms} * sizeof bloom) ||
        (bloom >> hash % kBits & bloom >> (hash >> head.shift % 32) % kBits & 1) == 0)
      return false;
    const std::uint64_t buckets = blooms + std::uint64_t{head.blooms} * sizeof bloom;
    const std::uint64_t chains = buckets + std::uint64_t{head.buckets} * sizeof(std::uint32_t);
    std::uint32_t index = 0;
    if (!readValue(index, buckets + std::uint64_t{hash % head.buckets} * sizeof index)) return false;
    for (int i = 0; index >= head.first && i < kLongestChain; ++i, ++index) {
      std::uint32_t link = 0;
      if (!readValue(link, chains + std::uint64_t{index - head.first} * sizeof link)) return false;
      if ((link | 1) == (hash | 1) && isNamed(index, name, dynamic)) return true;
      if ((link & 1) != 0) break;
    }
    return false;
  }

  bool isNamed(std::uint32_t index, std::string_view name, const Dynamic& dynamic) const {
    Elf64_Sym symbol;
    char text[longestName() + 1];
    if (!readValue(symbol, dynamic.symbols + std::uint64_t{index} * sizeof symbol)) return false;
    const std::size_t length = read(text, name.size() + 1, dynamic.strings + symbol.st_name);
    return length == name.size() + 1 && std::string_view(text, name.size()) == name &&
           text[name.size()] == '\0';
  }

  /// Without a hash table: do the strings name a runtime?
  bool namesSanitizer(std::uint64_t offset, std::uint64_t size) {
    static_assert(sizeof piece_ > 4 * longestName());
    const std::uint64_t end = offset + size;
    while (offset < end) {
      const std::size_t got = read(
          piece_, static_cast<std::size_t>(std::min<std::uint64_t>(sizeof piece_, end - offset)), offset);
      const std::string_view text(piece_, got);
      const auto named = [&](std::string_view name) { return text.find(name) != std::string_view::npos; };
      if (std::any_of(std::begin(kSanitizerLibraries), std::end(kSanitizerLibraries), named) ||
          std::any_of(std::begin(kSanitizerFunctions), std::end(kSanitizerFunctions), named))
        return true;
      if (got < sizeof piece_) return false;
      // A name may lie across the edge.
      offset += got - longestName();
    }
    return false;
  }

  int fd_;
  const Elf64_Ehdr& header_;
  char piece_[512];
};

}  // namespace

Bearing bearingOf(int fd, const Elf64_Ehdr& header) {
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != kMachine) return Bearing::kMachine;
  Program program(fd, header);
  Elf64_Phdr segment;
  const Program::Search loader = program.findType(segment, PT_INTERP);
  if (loader == Program::Search::kNone) return Bearing::kStatic;
  if (loader == Program::Search::kUnreadable) return Bearing::kBears;
  if (program.loaderIsMusl(segment)) return Bearing::kMusl;
  if (program.findType(segment, PT_DYNAMIC) != Program::Search::kFound) return Bearing::kBears;
  return program.holdsSanitizer(segment) ? Bearing::kSanitizer : Bearing::kBears;
}

const char* describe(Bearing bearing) {
  switch (bearing) {
    case Bearing::kBears:
      break;
    case Bearing::kStatic:
      return "statically linked";
    case Bearing::kSanitizer:
      return "built with AddressSanitizer or another sanitizer that bears no preloaded library";
    case Bearing::kMusl:
      return "made for the C library musl";
    case Bearing::kMachine:
      return "made for another kind of machine";
  }
  return "";
}

}  // namespace pyrometer::sampler
