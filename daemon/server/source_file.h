#pragma once

#include <memory>
#include <optional>
#include <string>

#include "daemon/profile/profile.h"
#include "daemon/server/documents/line_map.h"

/// From the files of a profile to the files of the user.
namespace pyrometer {

/// Absolute path of a profile's file; none for text without a file, for native code, and for a relative path
/// whose run does not say where it ran.
std::optional<std::string> pathOf(const Profile& profile, FileId file);
std::optional<std::string> uriOf(const Profile& profile, FileId file);

/// The text behind a file's lines, best known first: what was recorded (doubtful if the file was written
/// while the program ran); what is on disk, if that has not been written since the run; what is on disk,
/// doubtful, if it has. Where it is not known when the run was, the disk is believed. None without any.
std::shared_ptr<const RunText> runTextOf(const std::shared_ptr<const Profile>& profile, FileId file);

/// A regular file's bytes, at most DocumentText::kMostBytes; none if it cannot be read.
std::optional<std::string> bytesOnDisk(const std::string& path);
/// A source's bytes as UTF-8.
std::string textOf(std::string bytes);

}  // namespace pyrometer
