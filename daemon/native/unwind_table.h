#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/native/elf_layout.h"
#include "daemon/native/image_bytes.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// The unwind rules of one ELF file as a handler reads them: unwind::Table and what lies behind it. Empty if
/// the file has no unwind information. An Error says what is wrong with it.
Result<std::string> makeUnwindTable(const ImageBytes& bytes, const ElfLayout& layout);

/// The functions of a file by its unwind information, for those that have no names: ascending by their
/// beginning. Empty where there is none, or it is damaged.
struct FunctionExtent {
  std::uint64_t begin = 0, end = 0;
};
std::vector<FunctionExtent> findFunctions(const ImageBytes& bytes, const ElfLayout& layout);

}  // namespace pyrometer
