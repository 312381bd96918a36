#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pyrometer::vmprof {

/// The text of /proc/self/maps that files of version 0 end with: which library an address was in. It may be
/// cut, and lines that are none are left out.
class MemoryMap {
 public:
  struct Module {
    std::uint64_t start = 0, end = 0;
    std::string name;  ///< the file's, without its folder
  };

  MemoryMap() = default;
  explicit MemoryMap(std::string_view text);

  /// Nothing where no file was mapped.
  const Module* find(std::uint64_t address) const;

 private:
  std::vector<Module> modules_;  ///< by start; pieces of one file that touch are one module
};

}  // namespace pyrometer::vmprof
