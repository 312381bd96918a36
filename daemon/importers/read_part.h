#pragma once

#include <memory>
#include <string>

#include "daemon/profile/profile.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// A profile of any readable kind; `part` from 1, an error beyond what the file has.
Result<std::shared_ptr<const Profile>> readPart(const std::string& file, int part);

}  // namespace pyrometer
