#pragma once

#include <string_view>

#include "daemon/profile/run_info.h"
#include "daemon/support/result.h"

namespace pyrometer::bundle {

/// The manifest of a recording (manifestText in exporters/bundle/bundle.h writes it). Unknown fields are
/// ignored, missing or odd ones keep their defaults. An Error only for what is no JSON object or of a format
/// version that is not known here.
Result<RunInfo> parseManifest(std::string_view json);

}  // namespace pyrometer::bundle
