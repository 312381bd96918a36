#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pyrometer {

/// A part of a file that a process has mapped to run.
struct MappedCode {
  std::uint64_t begin = 0, end = 0;  ///< addresses
  std::uint64_t offset = 0;          ///< of `begin` in the file
  std::uint64_t device = 0, inode = 0;
  std::string path;      ///< "[vdso]" for the kernel's; others without a file are left out
  bool deleted = false;  ///< the file has gone since, or another one has taken its name
  bool operator==(const MappedCode&) const = default;
};

/// Ascending, from the text of /proc/PID/maps. Lines that make no sense are left out.
std::vector<MappedCode> parseMappedCode(std::string_view maps);
/// Empty if the process is gone or may not be looked at.
std::vector<MappedCode> readMappedCode(std::int32_t pid);

}  // namespace pyrometer
