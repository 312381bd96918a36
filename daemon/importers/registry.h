#pragma once

#include <memory>
#include <span>
#include <string>

#include "daemon/importers/importer.h"
#include "daemon/importers/opened_file.h"

namespace pyrometer {

/// All formats of profiles, in the order in which they are asked. Each is defined next to its reader.
std::span<const Importer* const> importers();

struct OpenOptions {
  ImportOptions import = {};
  MyCode my_code = {};
  /// Read what lies beside a profile and belongs to it, too (see joining.h).
  bool join = true;
};

/// Reads a file of any readable kind (profile, jitlog, PYPYLOG), told by its content: gzip is unwrapped, a
/// bundle (zip file, or the folder of a recording that goes on or was left behind) is opened. The path is
/// read through windows, never mapped whole. A part that the file does not have is an Error.
Result<OpenedFile> openFile(const std::string& path, const OpenOptions& options = {});

/// The profile alone, for those who want nothing else.
Result<std::shared_ptr<const Profile>> readProfile(const std::string& path, const ImportOptions& options = {},
                                                   MyCode my_code = {});

}  // namespace pyrometer
