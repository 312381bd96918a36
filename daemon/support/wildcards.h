#pragma once

#include <string_view>

namespace pyrometer {

/// Whether a name fits: * stands for any characters, ? for one; a pattern with neither is searched inside the
/// name. Bytes are compared as they are.
bool matchesName(std::string_view pattern, std::string_view name);

}  // namespace pyrometer
