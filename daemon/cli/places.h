#pragma once

#include <string>
#include <string_view>

#include "daemon/profile/profile.h"

namespace pyrometer {

/// A file's path as short as it can be told without doubt: below the run's working directory relative to it;
/// of a library what follows site-packages or lib/pythonX.Y; anything else whole.
std::string shortPath(const Profile& profile, FileId file);

/// "app.py:17"; without the number where the line is unknown.
std::string placeText(const Profile& profile, LineId line);

/// The library a file belongs to: first part of its short path, "json", "numpy", "heapq". For text that is no
/// file of a library ("<frozen importlib._bootstrap>", native libraries): a name to group it under.
std::string packageOf(const Profile& profile, FileId file);

/// "json/encoder.py encode"
std::string functionPlace(const Profile& profile, FunctionId function);

}  // namespace pyrometer
