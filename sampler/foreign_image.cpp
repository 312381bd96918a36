#include "sampler/foreign_image.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string_view>

namespace pyrometer::sampler {

namespace {

#if defined(__x86_64__)
constexpr int kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr int kMachine = EM_AARCH64;
#endif

constexpr int kMostSegments = 64;
constexpr std::uint64_t kMostEntries = 4096;
constexpr std::uint64_t kMostText = 16 << 20;
constexpr int kMostInterpreters = 4;  ///< as the kernel follows them

/// A library's name in the runtimes that are libraries; a function's in those that are linked in.
constexpr std::string_view kLibraries[] = {"libasan.so",       "libtsan.so",       "libhwasan.so",
                                           "libclang_rt.asan", "libclang_rt.tsan", "libclang_rt.hwasan"};
constexpr std::string_view kFunctions[] = {"__asan_init", "__tsan_init", "__msan_init", "__hwasan_init"};
constexpr std::size_t kLongestName = 20;

class File {
 public:
  explicit File(const char* path) : fd_(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  std::size_t read(void* bytes, std::size_t size, std::uint64_t offset) const {
    const ssize_t got = fd_ < 0 ? -1 : pread(fd_, bytes, size, static_cast<off_t>(offset));
    return got < 0 ? 0 : static_cast<std::size_t>(got);
  }
  template <class Value>
  bool readValue(Value& value, std::uint64_t offset) const {
    return read(&value, sizeof value, offset) == sizeof value;
  }

 private:
  int fd_;
};

template <std::size_t kCount>
bool names(std::string_view text, const std::string_view (&wanted)[kCount]) {
  return std::any_of(wanted, wanted + kCount,
                     [&](std::string_view name) { return text.find(name) != std::string_view::npos; });
}

/// Do the strings of the dynamic section name a runtime? A large program has megabytes of them.
bool namesRuntime(const File& file, std::uint64_t offset, std::uint64_t size) {
  char text[4096];
  const std::uint64_t end = offset + std::min(size, kMostText);
  while (offset < end) {
    const std::size_t got =
        file.read(text, static_cast<std::size_t>(std::min<std::uint64_t>(sizeof text, end - offset)), offset);
    if (got == 0) return false;
    const std::string_view strings(text, got);
    if (names(strings, kLibraries) || names(strings, kFunctions)) return true;
    // A name may lie across the edge.
    if (got < sizeof text) return false;
    offset += got - kLongestName;
  }
  return false;
}

/// What the dynamic section tells: places in the file, 0 where it tells none.
struct Dynamic {
  std::uint64_t strings = 0, strings_size = 0;
  std::uint64_t symbols = 0, hashes = 0;
  bool needs_runtime = false;
};

/// The loader's own way to a name (DT_GNU_HASH): some reads, however many symbols there are.
class HashedSymbols {
 public:
  HashedSymbols(const File& file, const Dynamic& dynamic)
      : file_(file), dynamic_(dynamic), valid_(file.readValue(head_, dynamic.hashes)) {
    valid_ = valid_ && head_.buckets != 0 && head_.blooms != 0;
  }
  bool areThere() const { return valid_; }

  bool define(std::string_view name) const {
    std::uint32_t hash = 5381;
    for (const char c : name) hash = hash * 33 + static_cast<unsigned char>(c);
    constexpr std::uint32_t kBits = 64;
    const std::uint64_t blooms = dynamic_.hashes + sizeof head_;
    std::uint64_t bloom = 0;
    if (!file_.readValue(bloom, blooms + std::uint64_t{hash / kBits % head_.blooms} * sizeof bloom) ||
        (bloom >> hash % kBits & bloom >> (hash >> head_.shift % 32) % kBits & 1) == 0)
      return false;
    const std::uint64_t buckets = blooms + std::uint64_t{head_.blooms} * sizeof bloom;
    const std::uint64_t chains = buckets + std::uint64_t{head_.buckets} * sizeof(std::uint32_t);
    std::uint32_t index = 0;
    if (!file_.readValue(index, buckets + std::uint64_t{hash % head_.buckets} * sizeof index)) return false;
    for (int i = 0; index >= head_.first && i < kLongestChain; ++i, ++index) {
      std::uint32_t link = 0;
      if (!file_.readValue(link, chains + std::uint64_t{index - head_.first} * sizeof link)) return false;
      if ((link | 1) == (hash | 1) && isNamed(index, name)) return true;
      if ((link & 1) != 0) break;
    }
    return false;
  }

 private:
  static constexpr int kLongestChain = 1000;
  struct Head {
    std::uint32_t buckets, first, blooms, shift;
  };

  bool isNamed(std::uint32_t index, std::string_view name) const {
    Elf64_Sym symbol;
    char text[kLongestName];
    if (!file_.readValue(symbol, dynamic_.symbols + std::uint64_t{index} * sizeof symbol)) return false;
    const std::size_t length = file_.read(text, name.size() + 1, dynamic_.strings + symbol.st_name);
    return length == name.size() + 1 && std::string_view(text, name.size()) == name &&
           text[name.size()] == '\0';
  }

  const File& file_;
  const Dynamic& dynamic_;
  Head head_{};
  bool valid_;
};

bool holdsRuntime(const File& file, const Dynamic& dynamic) {
  if (dynamic.needs_runtime) return true;
  if (dynamic.strings == 0) return false;
  const HashedSymbols symbols(file, dynamic);
  if (dynamic.hashes == 0 || dynamic.symbols == 0 || !symbols.areThere())
    return namesRuntime(file, dynamic.strings, dynamic.strings_size);
  return std::any_of(std::begin(kFunctions), std::end(kFunctions),
                     [&](std::string_view name) { return symbols.define(name); });
}

struct Segments {
  Elf64_Phdr headers[kMostSegments];
  int count = 0;

  const Elf64_Phdr* find(std::uint32_t type) const {
    const auto found = std::find_if(headers, headers + count,
                                    [&](const Elf64_Phdr& header) { return header.p_type == type; });
    return found == headers + count ? nullptr : found;
  }
  std::uint64_t offsetOf(std::uint64_t address) const {
    for (int i = 0; i < count; ++i) {
      const Elf64_Phdr& header = headers[i];
      if (header.p_type == PT_LOAD && address >= header.p_vaddr && address - header.p_vaddr < header.p_filesz)
        return header.p_offset + (address - header.p_vaddr);
    }
    return 0;
  }
};

Dynamic readDynamic(const File& file, const Segments& segments, const Elf64_Phdr& section) {
  Dynamic found;
  constexpr std::uint64_t kAtOnce = 32;
  constexpr std::size_t kMostNeeded = 64;
  std::uint64_t needed[kMostNeeded];
  std::size_t needed_count = 0;
  const std::uint64_t entries = std::min(section.p_filesz / sizeof(Elf64_Dyn), kMostEntries);
  bool ended = false;
  for (std::uint64_t i = 0; i < entries && !ended; i += kAtOnce) {
    Elf64_Dyn piece[kAtOnce];
    const std::size_t got = file.read(piece, std::min(kAtOnce, entries - i) * sizeof(Elf64_Dyn),
                                      section.p_offset + i * sizeof(Elf64_Dyn));
    ended = got < sizeof piece;
    for (const Elf64_Dyn* entry = piece; entry != piece + got / sizeof(Elf64_Dyn); ++entry) {
      switch (entry->d_tag) {
        case DT_STRTAB:
          found.strings = segments.offsetOf(entry->d_un.d_ptr);
          break;
        case DT_STRSZ:
          found.strings_size = entry->d_un.d_val;
          break;
        case DT_SYMTAB:
          found.symbols = segments.offsetOf(entry->d_un.d_ptr);
          break;
        case DT_GNU_HASH:
          found.hashes = segments.offsetOf(entry->d_un.d_ptr);
          break;
        case DT_NEEDED:
          if (needed_count < kMostNeeded) needed[needed_count++] = entry->d_un.d_val;
          break;
        default:
          break;
      }
      if (entry->d_tag != DT_NULL) continue;
      ended = true;
      break;
    }
  }
  for (std::size_t i = 0; i < needed_count && found.strings != 0; ++i) {
    char text[kLongestName];
    const std::size_t length = file.read(text, sizeof text, found.strings + needed[i]);
    found.needs_runtime |=
        std::any_of(std::begin(kLibraries), std::end(kLibraries),
                    [&](std::string_view name) { return std::string_view(text, length).starts_with(name); });
  }
  return found;
}

Bearing bearingOfProgram(const File& file, const Elf64_Ehdr& header) {
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != kMachine) return Bearing::kMachine;
  Segments segments;
  for (int i = 0; i < header.e_phnum && i < kMostSegments; ++i) {
    if (!file.readValue(segments.headers[i],
                        header.e_phoff + static_cast<std::uint64_t>(i) * sizeof(Elf64_Phdr)))
      break;
    ++segments.count;
  }
  const Elf64_Phdr* loader = segments.find(PT_INTERP);
  if (loader == nullptr) return Bearing::kBears;  // static: nothing is loaded before it
  char path[256];
  const std::size_t length =
      file.read(path, std::min<std::size_t>(sizeof path, loader->p_filesz), loader->p_offset);
  if (std::string_view(path, length).find("ld-musl") != std::string_view::npos) return Bearing::kMusl;

  const Elf64_Phdr* section = segments.find(PT_DYNAMIC);
  if (section == nullptr) return Bearing::kBears;
  return holdsRuntime(file, readDynamic(file, segments, *section)) ? Bearing::kSanitizer : Bearing::kBears;
}

/// "#!/usr/bin/env python3" to "/usr/bin/env", in place. False if it is no such line.
bool interpreterOf(char* line, std::size_t length) {
  if (length < 3 || line[0] != '#' || line[1] != '!') return false;
  std::string_view rest(line + 2, length - 2);
  rest = rest.substr(0, rest.find('\n'));
  const std::size_t begin = rest.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return false;
  rest.remove_prefix(begin);
  rest = rest.substr(0, rest.find_first_of(" \t"));
  std::memmove(line, rest.data(), rest.size());
  line[rest.size()] = '\0';
  return true;
}

}  // namespace

Bearing bearingOf(const char* path) {
  const int saved = errno;
  Bearing bearing = Bearing::kBears;
  char head[256];
  for (int i = 0; i < kMostInterpreters; ++i) {
    const File file(path);
    const std::size_t length = file.read(head, sizeof head, 0);
    if (length >= sizeof(Elf64_Ehdr) && std::memcmp(head, ELFMAG, SELFMAG) == 0) {
      Elf64_Ehdr header;
      std::memcpy(&header, head, sizeof header);
      bearing = bearingOfProgram(file, header);
      break;
    }
    if (!interpreterOf(head, length)) break;
    path = head;
  }
  errno = saved;
  return bearing;
}

const char* describe(Bearing bearing) {
  switch (bearing) {
    case Bearing::kBears:
      break;
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
