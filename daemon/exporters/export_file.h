#pragma once

#include <string>

#include "daemon/exporters/exporter.h"

namespace pyrometer {

/// Writes a profile where `path` says ("-": standard output). The file is there whole or not at all.
Result<void> exportToFile(const Profile& profile, const Exporter& exporter, const ExportOptions& options,
                          const std::string& path);

}  // namespace pyrometer
