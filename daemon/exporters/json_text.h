#pragma once

#include <string>
#include <string_view>

namespace pyrometer {

/// A JSON string with its quotes; what is not UTF-8 in it is replaced.
std::string jsonText(std::string_view text);

}  // namespace pyrometer
