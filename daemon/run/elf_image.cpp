#include "daemon/run/elf_image.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <memory>
#include <string_view>

#include "daemon/run/command_output.h"
#include "daemon/support/file_descriptor.h"
#include "sampler/executables.h"

namespace pyrometer {

namespace {

#if defined(__x86_64__)
constexpr int kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr int kMachine = EM_AARCH64;
#else
#error "no sampler for this machine"
#endif

/// CPython puts the version into 4 bytes: a byte each for major, minor, micro, and the release level.
bool plausibleVersion(std::uint64_t hex) { return hex >= 0x02000000 && hex < 0x05000000; }

bool isSanitizerLibrary(std::string_view name) {
  using executables::kSanitizerLibraries;
  return std::any_of(std::begin(kSanitizerLibraries), std::end(kSanitizerLibraries),
                     [&](std::string_view library) { return name.starts_with(library); });
}

bool isSanitizerFunction(std::string_view name) {
  using executables::kSanitizerFunctions;
  return std::find(std::begin(kSanitizerFunctions), std::end(kSanitizerFunctions), name) !=
         std::end(kSanitizerFunctions);
}

template <class Number>
std::optional<Number> numberAt(int fd, std::uint64_t offset) {
  Number value{};
  if (pread(fd, &value, sizeof value, static_cast<off_t>(offset)) != sizeof value) return std::nullopt;
  return value;
}

class Reading {
 public:
  Reading(int fd, Elf* elf) : fd_(fd), elf_(elf) {}

  ElfImage image() {
    GElf_Ehdr header;
    if (!gelf_getehdr(elf_, &header)) {
      image_.for_this_machine = false;
      return image_;
    }
    image_.for_this_machine = header.e_machine == kMachine && gelf_getclass(elf_) == ELFCLASS64;
    readSegments();
    readSections();
    return image_;
  }

 private:
  void readSegments() {
    std::size_t count = 0;
    if (elf_getphdrnum(elf_, &count) != 0) return;
    for (std::size_t i = 0; i < count; ++i) {
      GElf_Phdr segment;
      if (!gelf_getphdr(elf_, static_cast<int>(i), &segment)) return;
      if (segment.p_type == PT_LOAD && segment.p_offset == 0) image_.first_address = segment.p_vaddr;
      if (segment.p_type != PT_INTERP || segment.p_filesz > 4096) continue;
      std::string text(segment.p_filesz, '\0');
      if (pread(fd_, text.data(), text.size(), static_cast<off_t>(segment.p_offset)) > 0) {
        image_.loader = text.c_str();
      }
    }
  }

  std::uint64_t fileOffset(std::uint64_t address) const {
    std::size_t count = 0;
    if (elf_getphdrnum(elf_, &count) != 0) return 0;
    for (std::size_t i = 0; i < count; ++i) {
      GElf_Phdr segment;
      if (!gelf_getphdr(elf_, static_cast<int>(i), &segment)) return 0;
      if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
          address - segment.p_vaddr < segment.p_filesz) {
        return segment.p_offset + (address - segment.p_vaddr);
      }
    }
    return 0;
  }

  void readSections() {
    std::size_t names = 0;
    const bool named = elf_getshdrstrndx(elf_, &names) == 0;
    for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf_, section)) != nullptr;) {
      GElf_Shdr header;
      if (!gelf_getshdr(section, &header)) continue;
      if (header.sh_type == SHT_SYMTAB) image_.has_symbols = true;
      if (header.sh_type == SHT_DYNAMIC) readDynamic(section, header);
      if (header.sh_type == SHT_DYNSYM || header.sh_type == SHT_SYMTAB) readSymbols(section, header);
      const char* name = named ? elf_strptr(elf_, names, header.sh_name) : nullptr;
      if (name && std::string_view(name) == ".PyRuntime") readRuntime(header.sh_addr);
    }
  }

  void readDynamic(Elf_Scn* section, const GElf_Shdr& header) {
    Elf_Data* data = elf_getdata(section, nullptr);
    if (!data || header.sh_entsize == 0) return;
    const std::size_t count = header.sh_size / header.sh_entsize;
    for (std::size_t i = 0; i < count; ++i) {
      GElf_Dyn entry;
      if (!gelf_getdyn(data, static_cast<int>(i), &entry)) return;
      if (entry.d_tag == DT_NULL) return;
      if (entry.d_tag != DT_NEEDED && entry.d_tag != DT_SONAME) continue;
      const char* text = elf_strptr(elf_, header.sh_link, entry.d_un.d_val);
      if (!text) continue;
      if (entry.d_tag == DT_NEEDED) image_.needed.emplace_back(text);
      if (entry.d_tag == DT_NEEDED && isSanitizerLibrary(text)) image_.has_sanitizer = true;
      if (entry.d_tag == DT_SONAME) image_.soname = text;
    }
  }

  void readSymbols(Elf_Scn* section, const GElf_Shdr& header) {
    Elf_Data* data = elf_getdata(section, nullptr);
    if (!data || header.sh_entsize == 0) return;
    const std::size_t count = header.sh_size / header.sh_entsize;
    for (std::size_t i = 0; i < count; ++i) {
      GElf_Sym symbol;
      if (!gelf_getsym(data, static_cast<int>(i), &symbol)) return;
      const char* text = elf_strptr(elf_, header.sh_link, symbol.st_name);
      if (!text) continue;
      const std::string_view name = text;
      if (isSanitizerFunction(name)) image_.has_sanitizer = true;
      if (symbol.st_shndx == SHN_UNDEF) continue;
      if (name == "_PyRuntime") {
        readRuntime(symbol.st_value);
      } else if (name == "Py_Version") {
        const auto version = numberAt<std::uint32_t>(fd_, fileOffset(symbol.st_value));
        if (version && plausibleVersion(*version)) image_.py_version = *version;
      } else if (name == "Py_Main" || name == "Py_BytesMain") {
        image_.has_python_api = true;
      } else if (name == "pypy_main_startup" || name == "pypy_execute_source") {
        image_.has_pypy = true;
      }
    }
  }

  /// From 3.13 on the runtime begins with a cookie and the version, as initialised data.
  void readRuntime(std::uint64_t address) {
    image_.has_runtime = true;
    image_.runtime_address = address;
    const std::uint64_t offset = fileOffset(address);
    char cookie[8];
    if (offset == 0 || pread(fd_, cookie, sizeof cookie, static_cast<off_t>(offset)) != sizeof cookie) return;
    if (std::memcmp(cookie, "xdebugpy", sizeof cookie) != 0) return;
    const auto version = numberAt<std::uint64_t>(fd_, offset + sizeof cookie);
    if (version && plausibleVersion(*version)) image_.py_version = static_cast<std::uint32_t>(*version);
  }

  int fd_;
  Elf* elf_;
  ElfImage image_;
};

}  // namespace

Result<std::optional<ElfImage>> readElfImage(const std::string& path) {
  const FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return Error{std::string("cannot be read: ") + std::strerror(errno), path};
  char magic[SELFMAG] = {};
  if (pread(fd.get(), magic, sizeof magic, 0) != sizeof magic || std::memcmp(magic, ELFMAG, SELFMAG) != 0) {
    return std::optional<ElfImage>();
  }
  elf_version(EV_CURRENT);
  const std::unique_ptr<Elf, int (*)(Elf*)> elf(elf_begin(fd.get(), ELF_C_READ, nullptr), elf_end);
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF) return Error{"is a damaged ELF file", path};
  return std::optional(Reading(fd.get(), elf.get()).image());
}

std::vector<std::string> librariesOf(const std::string& program, const std::string& loader) {
  std::vector<std::string> libraries;
  const auto listing = commandOutput({loader, "--list", program});
  if (!listing) return libraries;
  // Lines are "\tlibm.so.6 => /lib/libm.so.6 (0x...)" or, for paths, "\t/lib64/ld.so (0x...)".
  std::string_view rest = *listing;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (const std::size_t arrow = line.find(" => "); arrow != std::string_view::npos) {
      line.remove_prefix(arrow + 4);
    }
    const std::size_t begin = line.find_first_not_of(" \t");
    const std::size_t address = line.rfind(" (0x");
    if (begin == std::string_view::npos || address == std::string_view::npos || address <= begin) continue;
    const std::string_view path = line.substr(begin, address - begin);
    if (path.starts_with('/')) libraries.emplace_back(path);
  }
  return libraries;
}

}  // namespace pyrometer
