#include "daemon/cli/places.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

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

bool below(std::string_view folder, std::string_view path) {
  return !folder.empty() && path.size() > folder.size() + 1 && path.starts_with(folder) &&
         path[folder.size()] == '/';
}

}  // namespace

PlaceNames::PlaceNames(const Profile& profile)
    : profile_(profile), working_directory_(profile.info().working_directory) {
  while (working_directory_.ends_with('/')) working_directory_.remove_suffix(1);
  bool first = true;
  for (std::uint32_t i = 0; i < profile.files().size(); ++i) {
    const File& file = profile.file(FileId{i});
    const std::string_view path = profile.string(file.path);
    if (file.owner != Owner::kUser || !path.starts_with('/') || below(working_directory_, path)) continue;
    const std::string_view folder = path.substr(0, path.rfind('/') + 1);
    if (std::exchange(first, false)) {
      common_ = folder;
      continue;
    }
    const auto differ = std::mismatch(common_.begin(), common_.end(), folder.begin(), folder.end()).first;
    const std::string_view same = common_.substr(0, static_cast<std::size_t>(differ - common_.begin()));
    common_ = common_.substr(0, same.rfind('/') + 1);
  }
  // "/" alone in common is nothing in common.
  if (common_.size() == 1) common_ = {};
  std::set<std::string> seen;
  for (std::uint32_t i = 0; i < profile.files().size(); ++i) {
    std::string name = shortPath(FileId{i});
    if (!seen.insert(name).second) ambiguous_.insert(std::move(name));
  }
}

std::string PlaceNames::path(FileId file) const {
  std::string name = shortPath(file);
  const std::string_view whole = profile_.string(profile_.file(file).path);
  return whole.empty() || !ambiguous_.contains(name) ? name : std::string(whole);
}

std::string PlaceNames::shortPath(FileId file) const {
  const std::string_view path = profile_.string(profile_.file(file).path);
  if (path.empty()) return "?";
  const Owner owner = profile_.file(file).owner;
  if (owner == Owner::kLibrary || owner == Owner::kImport) {
    const std::string_view tail = libraryPath(path);
    if (tail.size() != path.size() && !tail.empty()) return std::string(tail);
  }
  if (below(working_directory_, path)) return std::string(path.substr(working_directory_.size() + 1));
  if (owner == Owner::kUser && !common_.empty() && path.starts_with(common_) &&
      path.size() > common_.size()) {
    return std::string(path.substr(common_.size()));
  }
  if (path.starts_with("./")) return std::string(path.substr(2));
  return std::string(path);
}

std::string PlaceNames::place(FileId file, std::uint32_t line) const {
  std::string text = path(file);
  return line == 0 ? text : fmt::format("{}:{}", text, line);
}

std::string PlaceNames::place(LineId line) const {
  const Line& at = profile_.line(line);
  return place(at.file, at.line);
}

std::string PlaceNames::function(FunctionId function) const {
  const Function& row = profile_.function(function);
  return fmt::format("{} {}", path(row.file), profile_.string(row.name));
}

std::string packageOf(const Profile& profile, FunctionId function) {
  const File& row = profile.file(profile.function(function).file);
  if (row.owner == Owner::kNative) {
    // What stands for a stack without Python frames says why in its name, "(interpreter shutting down)".
    const std::string_view name = profile.string(profile.function(function).name);
    const bool stands_in = name.size() > 2 && name.front() == '(' && name.back() == ')';
    return stands_in ? std::string(name.substr(1, name.size() - 2)) : "native code";
  }
  const std::string_view path = profile.string(row.path);
  if (path.empty()) return "unknown code";
  if (path.starts_with('<')) {
    constexpr std::string_view kFrozen = "<frozen ", kBuiltin = "<builtin>/", kFrozenThere = "frozen ";
    if (path.starts_with(kBuiltin)) {
      // PyPy's own: "<builtin>/frozen importlib._bootstrap", "<builtin>/_abc/app_abc.py".
      std::string_view name = path.substr(kBuiltin.size());
      if (name.starts_with(kFrozenThere)) name.remove_prefix(kFrozenThere.size());
      return std::string(name.substr(0, name.find_first_of("./")));
    }
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

}  // namespace pyrometer
