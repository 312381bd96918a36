#include "daemon/cli/places.h"

#include <fmt/format.h>

#include <optional>

namespace pyrometer {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Where the part behind ".../lib/pythonX.Y/" or ".../lib/pypyX.Y/" begins.
std::optional<std::size_t> behindStandardLibrary(std::string_view path) {
  for (const std::string_view mark : {std::string_view("/python"), std::string_view("/pypy")}) {
    for (std::size_t at = path.rfind(mark); at != std::string_view::npos && at > 0;
         at = path.rfind(mark, at - 1)) {
      std::size_t end = at + mark.size();
      if (end >= path.size() || !isDigit(path[end])) continue;
      while (end < path.size() && path[end] != '/') ++end;
      if (end < path.size() &&
          (path.substr(0, at).ends_with("/lib") || path.substr(0, at).ends_with("/lib64"))) {
        return end + 1;
      }
    }
  }
  return std::nullopt;
}

std::string_view libraryPath(std::string_view path) {
  for (const std::string_view folder :
       {std::string_view("/site-packages/"), std::string_view("/dist-packages/")}) {
    if (const std::size_t at = path.rfind(folder); at != std::string_view::npos) {
      return path.substr(at + folder.size());
    }
  }
  if (const auto at = behindStandardLibrary(path)) return path.substr(*at);
  return path;
}

}  // namespace

std::string shortPath(const Profile& profile, FileId file) {
  const std::string_view path = profile.string(profile.file(file).path);
  if (path.empty()) return "?";
  const Owner owner = profile.file(file).owner;
  if (owner == Owner::kLibrary || owner == Owner::kImport) {
    const std::string_view tail = libraryPath(path);
    if (tail.size() != path.size() && !tail.empty()) return std::string(tail);
  }
  std::string_view folder = profile.info().working_directory;
  while (folder.ends_with('/')) folder.remove_suffix(1);
  if (!folder.empty() && path.size() > folder.size() + 1 && path.starts_with(folder) &&
      path[folder.size()] == '/') {
    return std::string(path.substr(folder.size() + 1));
  }
  if (path.starts_with("./")) return std::string(path.substr(2));
  return std::string(path);
}

std::string placeText(const Profile& profile, LineId line) {
  const Line& at = profile.line(line);
  std::string path = shortPath(profile, at.file);
  return at.line == 0 ? path : fmt::format("{}:{}", path, at.line);
}

std::string packageOf(const Profile& profile, FileId file) {
  const File& row = profile.file(file);
  if (row.owner == Owner::kNative) return "native code";
  const std::string_view path = profile.string(row.path);
  if (path.empty()) return "unknown code";
  if (path.starts_with('<')) {
    constexpr std::string_view kFrozen = "<frozen ";
    if (!path.starts_with(kFrozen)) return std::string(path);
    const std::string_view name = path.substr(kFrozen.size(), path.size() - kFrozen.size() - 1);
    return std::string(name.substr(0, name.find('.')));
  }
  const std::string_view tail = libraryPath(path);
  std::string_view name = tail;
  if (tail.size() == path.size()) {
    // Not below a known library folder: the folder that holds the file tells more than "/".
    const std::size_t slash = path.rfind('/');
    if (slash != std::string_view::npos && slash > 0) {
      const std::size_t before = path.rfind('/', slash - 1);
      name = path.substr(before == std::string_view::npos ? 0 : before + 1);
    }
  }
  name = name.substr(0, name.find('/'));
  if (name.ends_with(".py")) name.remove_suffix(3);
  return name.empty() ? "unknown code" : std::string(name);
}

std::string functionPlace(const Profile& profile, FunctionId function) {
  const Function& row = profile.function(function);
  return fmt::format("{} {}", shortPath(profile, row.file), profile.string(row.name));
}

}  // namespace pyrometer
