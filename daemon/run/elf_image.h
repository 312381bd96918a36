#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/support/result.h"

namespace pyrometer {

/// What an ELF file says of itself, as far as we ask. Read from the file; nothing of it is run.
struct ElfImage {
  bool for_this_machine = true;  ///< class and machine are ours
  std::string loader;            ///< PT_INTERP; empty: static (or a library)
  std::string soname;
  std::vector<std::string> needed;
  bool has_runtime = false;     ///< defines _PyRuntime, or has a .PyRuntime section
  bool has_python_api = false;  ///< defines Py_Main or Py_BytesMain
  bool has_sanitizer = false;  ///< AddressSanitizer or its like: refuses to run with a library before its own
  bool has_symbols = false;    ///< a table of all its symbols, not of the exported ones alone
  bool has_pypy = false;       ///< defines pypy_main_startup or pypy_execute_source
  std::uint64_t runtime_address = 0;  ///< of _PyRuntime, before the file is moved to where it is loaded
  std::uint64_t first_address = 0;    ///< of the segment at the file's beginning, likewise
  std::uint32_t py_version = 0;       ///< PY_VERSION_HEX; 0 if the file does not say
};

/// Empty if the file is no ELF file; an Error if it cannot be read.
Result<std::optional<ElfImage>> readElfImage(const std::string& path);

/// The files that the dynamic loader would load for `program`, in its order, as the loader itself answers
/// (`ld.so --list`). Empty if it does not.
std::vector<std::string> librariesOf(const std::string& program, const std::string& loader);

}  // namespace pyrometer
