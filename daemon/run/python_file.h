#pragma once

#include <cstdint>
#include <string>

#include "daemon/support/result.h"

namespace pyrometer {

enum class PythonKind : std::uint8_t {
  kNone,  ///< an ELF program that is not Python, or a script of something else: it may start Python later
  kCPython,
  kPyPy,
};

/// What is known of an executable file before it is run.
struct PythonFile {
  PythonKind kind = PythonKind::kNone;
  std::uint32_t py_version =
      0;                   ///< PY_VERSION_HEX; the micro version may be 0 if only the name was there to tell
  bool is_static = false;  ///< no dynamic loader, so nothing can be preloaded
  bool is_privileged = false;  ///< setuid, setgid or capabilities: the loader ignores what is preloaded
  bool has_sanitizer = false;  ///< AddressSanitizer or its like: bears no preloaded library
  bool is_musl = false;        ///< another C library than ours: its loader cannot load the sampler
  bool looked_into = true;     ///< false: a script (pyenv's shim), it was asked for its version instead
};

/// Looks into an executable file: its symbols and those of its libpython. Where the version cannot be read
/// from the file, the program is asked for it (`-V`) in `folder` (empty: ours), which decides what a shim of
/// pyenv leads to. An Error: no such file, a directory, not readable, not executable, damaged, or made for
/// another machine.
Result<PythonFile> lookIntoPython(const std::string& path, const std::string& folder = {});

/// The version in a file's name after links ("python3.9", "libpython3.9.so.1.0"), without its micro part; 0
/// if none.
std::uint32_t pythonVersionOfName(const std::string& path);

/// "3.11.2" of 0x030b02f0; "3.9" where the micro version is not known.
std::string versionText(std::uint32_t py_version);

}  // namespace pyrometer
