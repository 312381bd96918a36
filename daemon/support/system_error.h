#pragma once

#include <string>

namespace pyrometer {

/// What an errno means, as a part of a sentence: "no such file or folder", "permission denied", "disk full".
std::string systemErrorText(int error_number);

}  // namespace pyrometer
