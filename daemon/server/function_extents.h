#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace pyrometer {

/// The last line (from 1) of the function whose code object begins at `first` (from 1: its first decorator,
/// or its `def`), told by indentation as Python has it. A lambda or a comprehension is its first line.
std::uint32_t lastLineOf(const std::vector<std::string_view>& lines, std::uint32_t first);

/// "<module>", "<lambda>", "f.<locals>.<listcomp>".
bool isAnonymous(std::string_view qualified_name);

}  // namespace pyrometer
