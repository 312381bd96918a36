#pragma once

#include <string>

#include "daemon/support/result.h"

namespace pyrometer {

/// Finds libpyrometer_sampler.so beside this executable: in an installed tree (lib/pyrometer, also below a
/// folder named after the machine) or in the build tree. An Error says where it was looked for, and names
/// what does without it as the user knows it.
Result<std::string> findSamplerLibrary(const std::string& outside_option);

}  // namespace pyrometer
