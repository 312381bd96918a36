#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pyrometer {

struct ElfSymbol {
  std::uint64_t address = 0, size = 0;  ///< in the file's own counting
};

/// A function that the file exports, by its name.
std::optional<ElfSymbol> findElfSymbol(int descriptor, std::string_view name);

}  // namespace pyrometer
