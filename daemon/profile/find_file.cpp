#include <filesystem>
#include <string>
#include <system_error>

#include "daemon/profile/profile.h"

/// Profile::findFile: from a path that somebody asks for to the file that stacks are in.
namespace pyrometer {
namespace {

namespace fs = std::filesystem;

/// Absolute and without dots, by the text alone.
fs::path absoluteIn(const std::string& folder, std::string_view path) {
  return (fs::path(folder) / path).lexically_normal();
}

bool isPath(std::string_view name) { return !name.empty() && name.front() != '<' && name.front() != '['; }

std::string_view withoutDotSlash(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  return path;
}

}  // namespace

std::optional<FileId> Profile::findFile(std::string_view path) const {
  const auto name = [this](std::size_t i) { return string(files_[i].path); };
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (name(i) == path) return FileId{static_cast<std::uint32_t>(i)};
  }
  if (!isPath(path)) return std::nullopt;

  const std::string& folder = info_->working_directory;
  const auto find = [&](auto&& same) -> std::optional<FileId> {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (isPath(name(i)) && same(i)) return FileId{static_cast<std::uint32_t>(i)};
    }
    return std::nullopt;
  };
  const auto findText = [&](const fs::path& wanted) {
    return find([&](std::size_t i) { return absoluteIn(folder, name(i)) == wanted; });
  };

  const fs::path wanted = absoluteIn(folder, path);
  if (const auto found = findText(wanted)) return found;

  // Through links: the path asked for first. Files of the profile are looked up on disk only if they are the
  // user's or have the name asked for, so that a profile with thousands of library files does not cost
  // thousands of lookups.
  std::error_code error;
  const fs::path real = fs::canonical(wanted, error);
  if (!error) {
    if (const auto found = findText(real)) return found;
    const auto found = find([&](std::size_t i) {
      const fs::path file = absoluteIn(folder, name(i));
      if (files_[i].owner != Owner::kUser && file.filename() != real.filename()) return false;
      std::error_code gone;
      return fs::canonical(file, gone) == real && !gone;
    });
    if (found) return found;
  }

  if (fs::path(path).is_absolute()) return std::nullopt;
  const std::string ending = "/" + std::string(withoutDotSlash(path));
  std::optional<FileId> only;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (!name(i).ends_with(ending)) continue;
    if (only) return std::nullopt;
    only = FileId{static_cast<std::uint32_t>(i)};
  }
  return only;
}

}  // namespace pyrometer
