#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/support/result.h"

namespace pyrometer {

/// A regular file's content; an error if it is larger than `most` bytes.
Result<std::string> readTextFile(const std::string& path, std::size_t most);

/// All of the text, or what stopped it ("standard output", "standard error" in the error's place).
Result<void> writeAll(int descriptor, std::string_view text);

/// Whether a file could be made there (or replaced): checked before a program runs for an hour to no use.
Result<void> checkOutput(const std::string& path);

}  // namespace pyrometer
