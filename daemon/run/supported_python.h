#pragma once

#include <cstdint>
#include <string>

namespace pyrometer {

/// Does the sampler have a layout for this version (PY_VERSION_HEX)?
bool isSupportedPython(std::uint32_t py_version);
/// The versions it has layouts for, for a person: "3.11, 3.12, 3.13".
std::string supportedPythons();

}  // namespace pyrometer
