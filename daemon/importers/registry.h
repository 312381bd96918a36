#pragma once

#include <memory>
#include <span>
#include <string>

#include "daemon/importers/importer.h"

namespace pyrometer {

/// All formats, in the order in which they are asked. Each is defined next to its reader.
std::span<const Importer* const> importers();

/// Reads a profile of any readable kind, told by its content: gzip is unwrapped, a bundle (zip file, or the
/// folder of a recording that goes on or was left behind) is opened. The path is read through windows, never
/// mapped whole.
Result<std::shared_ptr<const Profile>> readProfile(const std::string& path, const ImportOptions& options = {},
                                                   MyCode my_code = {});

}  // namespace pyrometer
