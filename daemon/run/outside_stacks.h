#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/support/result.h"
#include "sampler/interpreters/outside_reader.h"

namespace pyrometer {

/// Where a process keeps its interpreter.
struct RuntimePlace {
  std::uint64_t address = 0;     ///< of _PyRuntime
  std::uint32_t py_version = 0;  ///< PY_VERSION_HEX
  std::string file;
};

/// Searches the files mapped by a process for an interpreter; empty while there is none (the program may
/// still be a shell, or be about to load libpython).
std::optional<RuntimePlace> findRuntime(std::int32_t pid);

/// A reader of a process's Python stacks, or why there is none: an unknown version, or no permission to read.
Result<std::unique_ptr<interpreters::OutsideReader>> openOutsideReader(std::int32_t pid,
                                                                       const RuntimePlace& place);

}  // namespace pyrometer
