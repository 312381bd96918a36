#include "sampler/foreign_image.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
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
constexpr std::string_view kRuntimes[] = {"libasan.so",  "libtsan.so",  "__asan_init",
                                          "__tsan_init", "__msan_init", "__hwasan_init"};
constexpr std::size_t kLongestName = 16;

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

/// Do the strings of the dynamic section name a runtime?
bool namesRuntime(const File& file, std::uint64_t offset, std::uint64_t size) {
  char text[4096];
  const std::uint64_t end = offset + std::min(size, kMostText);
  while (offset < end) {
    const std::size_t got =
        file.read(text, static_cast<std::size_t>(std::min<std::uint64_t>(sizeof text, end - offset)), offset);
    if (got == 0) return false;
    const std::string_view strings(text, got);
    for (const std::string_view name : kRuntimes) {
      if (strings.find(name) != std::string_view::npos) return true;
    }
    // A name may lie across the edge.
    if (got < sizeof text) return false;
    offset += got - kLongestName;
  }
  return false;
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

  const Elf64_Phdr* dynamic = segments.find(PT_DYNAMIC);
  if (dynamic == nullptr) return Bearing::kBears;
  std::uint64_t strings = 0;
  std::uint64_t size = 0;
  const std::uint64_t entries = std::min(dynamic->p_filesz / sizeof(Elf64_Dyn), kMostEntries);
  for (std::uint64_t i = 0; i < entries; ++i) {
    Elf64_Dyn entry;
    if (!file.readValue(entry, dynamic->p_offset + i * sizeof entry) || entry.d_tag == DT_NULL) break;
    if (entry.d_tag == DT_STRTAB) strings = segments.offsetOf(entry.d_un.d_ptr);
    if (entry.d_tag == DT_STRSZ) size = entry.d_un.d_val;
  }
  return strings != 0 && namesRuntime(file, strings, size) ? Bearing::kSanitizer : Bearing::kBears;
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
