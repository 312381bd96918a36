#pragma once

#include <string>
#include <string_view>

namespace pyrometer {

/// A linker's name as its programmer knows it: C++ ("std::sort<int*>(int*, int*)"), Rust of both kinds
/// ("core:: ptr::read"); without what a compiler appends to parts and copies of a function (".cold",
/// ".constprop.0"). Others stay as they are.
std::string demangled(std::string_view name);

}  // namespace pyrometer
