#include "daemon/native/elf_symbol.h"

#include <gelf.h>
#include <libelf.h>

#include <memory>

namespace pyrometer {

std::optional<ElfSymbol> findElfSymbol(int descriptor, std::string_view name) {
  if (elf_version(EV_CURRENT) == EV_NONE) return std::nullopt;
  const std::unique_ptr<Elf, int (*)(Elf*)> elf(elf_begin(descriptor, ELF_C_READ, nullptr), elf_end);
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF) return std::nullopt;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf.get(), section)) != nullptr;) {
    GElf_Shdr header;
    if (!gelf_getshdr(section, &header) || header.sh_type != SHT_DYNSYM || header.sh_entsize == 0) continue;
    Elf_Data* data = elf_getdata(section, nullptr);
    if (data == nullptr) continue;
    const std::size_t count = header.sh_size / header.sh_entsize;
    for (std::size_t i = 0; i < count; ++i) {
      GElf_Sym symbol;
      if (!gelf_getsym(data, static_cast<int>(i), &symbol)) break;
      const char* text = elf_strptr(elf.get(), header.sh_link, symbol.st_name);
      if (text != nullptr && name == text && symbol.st_shndx != SHN_UNDEF)
        return ElfSymbol{.address = symbol.st_value, .size = symbol.st_size};
    }
  }
  return std::nullopt;
}

}  // namespace pyrometer
