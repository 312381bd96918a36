#pragma once

#include <optional>
#include <string>

#include "daemon/cli/view.h"

/// The views as JSON documents, for other programs. Fields are listed in the room's README; lines count from
/// 1, times are ns, shares 0 to 1. Text that is no UTF-8 has its bad bytes replaced.
namespace pyrometer {

std::string flatJson(const Profile& profile, const ViewOptions& options);
std::string treeJson(const Profile& profile, const ViewOptions& options);
/// Without a file: no line of any has samples.
std::string sourceJson(const Profile& profile, std::optional<FileId> wanted, std::string_view text);
std::string memoryJson(const Profile& profile, const ViewOptions& options);
std::string statesJson(const Profile& profile);
std::string infoJson(const Profile& profile);

}  // namespace pyrometer
