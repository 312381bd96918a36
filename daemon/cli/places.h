#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "daemon/profile/profile.h"

namespace pyrometer {

/// What files, lines and functions of a profile are called: a file's path as short as it can be told without
/// doubt. Below the run's working directory it is relative to that; the user's other files are relative to
/// the folder that they have in common; of a library it is what follows site-packages or lib/pythonX.Y;
/// anything else is whole, and so is what another file would be called too.
class PlaceNames {
 public:
  explicit PlaceNames(const Profile& profile);

  std::string path(FileId file) const;
  /// "app.py:17"; without the number where the line is unknown.
  std::string place(FileId file, std::uint32_t line) const;
  std::string place(LineId line) const;
  /// "json/encoder.py encode"
  std::string function(FunctionId function) const;

 private:
  std::string shortPath(FileId file) const;

  const Profile& profile_;
  std::string_view working_directory_;  ///< without the last slash
  std::string_view common_;             ///< of the user's files elsewhere; with the last slash, or empty
  std::set<std::string> ambiguous_;     ///< short paths that several files would have
};

/// The library a function belongs to: first part of its file's short path, "json", "numpy", "heapq". For what
/// is in no file of a library ("<frozen importlib._bootstrap>", native libraries): a name to group it under.
std::string packageOf(const Profile& profile, FunctionId function);

}  // namespace pyrometer
