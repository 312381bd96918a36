#pragma once

#include <string_view>
#include <vector>

namespace pyrometer {

/// A text's lines as Python counts them: ended by LF, CR LF or CR, and without these. A byte order mark is
/// left out; so is what would be an empty line behind the last ending.
std::vector<std::string_view> splitLines(std::string_view text);

}  // namespace pyrometer
