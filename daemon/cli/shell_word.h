#pragma once

#include <string>
#include <string_view>

namespace pyrometer {

/// A word as it is typed in a shell: in quotes where it needs them.
std::string shellWord(std::string_view word);

}  // namespace pyrometer
