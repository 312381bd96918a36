#include "daemon/profile/my_code.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace pyrometer {
namespace {

namespace fs = std::filesystem;

std::string withoutLastSlash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// "python3.11", "python3.13t", "pypy3.10", and "python311.zip": how an installation names its library in
/// lib/.
bool isLibraryFolderName(std::string_view name) {
  for (const std::string_view prefix : {"python", "pypy"}) {
    if (!name.starts_with(prefix)) continue;
    const std::string_view version = name.substr(prefix.size());
    if (version.empty() || !isDigit(version.front())) return false;
    if (version.ends_with(".zip")) return true;
    const std::size_t dot = version.find('.');
    return dot != std::string_view::npos && dot + 1 < version.size() && isDigit(version[dot + 1]);
  }
  return false;
}

/// A path that goes through a folder of installed Python code.
struct Installed {
  bool found = false;
  bool package = false;   ///< the folder is one of packages, not the standard library
  std::string_view tail;  ///< what follows the folder's name
};

Installed findInstallation(std::string_view path) {
  std::string_view previous;
  Installed result;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = path.find('/', begin);
    if (end == std::string_view::npos) break;  // the last component is the file's own name
    const std::string_view name = path.substr(begin, end - begin);
    const bool below_lib = previous == "lib" || previous == "lib64" || previous == "lib32";
    const bool packages = name == "site-packages" || name == "dist-packages";
    if (packages || name == "lib-python" || name == "lib_pypy" || (below_lib && isLibraryFolderName(name))) {
      result = {true, packages, path.substr(end + 1)};
    }
    if (!name.empty()) previous = name;
    begin = end + 1;
  }
  return result;
}

Owner ownerInStandardLibrary(std::string_view tail) {
  if (tail.starts_with("3/")) tail.remove_prefix(2);  // PyPy before 3.8: lib-python/3/
  const bool import_machinery = tail == "importlib/__init__.py" || tail == "importlib/_bootstrap.py" ||
                                tail == "importlib/_bootstrap_external.py" || tail == "zipimport.py";
  return import_machinery ? Owner::kImport : Owner::kLibrary;
}

Owner ownerInstalled(const Installed& place) {
  return place.package ? Owner::kLibrary : ownerInStandardLibrary(place.tail);
}

Owner ownerOfBracketed(std::string_view name) {
  if (name.starts_with("<frozen ")) {
    const std::string_view module = name.substr(8);
    return module.starts_with("importlib") || module.starts_with("zipimport") ? Owner::kImport
                                                                              : Owner::kLibrary;
  }
  // PyPy's own modules: "<builtin>/app_main.py", "<builtin>/frozen importlib._bootstrap".
  constexpr std::string_view kBuiltin = "<builtin>/", kFrozenImport = "<builtin>/frozen importlib";
  if (name.starts_with(kBuiltin)) return name.starts_with(kFrozenImport) ? Owner::kImport : Owner::kLibrary;
  // Code that well-known libraries generate for themselves.
  for (const std::string_view generated :
       {"<attrs generated", "<decorator-gen", "<boltons.funcutils", "<__array_function__ internals>"}) {
    if (name.starts_with(generated)) return Owner::kLibrary;
  }
  return Owner::kUser;
}

/// Shared libraries, and "[vdso]" and its like.
bool isNative(std::string_view path) {
  if (path.front() == '[' && path.back() == ']') return true;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.ends_with(".so") || name.find(".so.") != std::string_view::npos;
}

}  // namespace

MyCode::MyCode(std::vector<std::string> roots) : roots_(std::move(roots)) {
  for (const std::string& root : roots_) {
    const std::string plain = withoutLastSlash(fs::path(root).lexically_normal().string());
    if (plain.empty()) continue;
    prefixes_.push_back(plain);
    std::error_code error;
    const fs::path real = fs::canonical(plain, error);
    if (!error && real != plain) prefixes_.push_back(real.string());
  }
  std::sort(prefixes_.begin(), prefixes_.end(),
            [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
}

bool MyCode::belowRoot(const std::string& path, std::string& rest) const {
  for (const std::string& prefix : prefixes_) {
    const std::string folder = prefix == "/" ? prefix : prefix + "/";
    if (!path.starts_with(folder)) continue;
    rest = path.substr(folder.size());
    return true;
  }
  return false;
}

Owner MyCode::ownerOf(std::string_view path) const {
  if (path.empty() || isNative(path)) return Owner::kNative;
  if (path.front() == '<') return ownerOfBracketed(path);

  const std::string plain = fs::path(path).lexically_normal().string();
  std::string rest;
  if (plain.front() == '/' && belowRoot(plain, rest)) {
    const Installed within = findInstallation(rest);
    return within.found ? ownerInstalled(within) : Owner::kUser;
  }
  if (const Installed place = findInstallation(plain); place.found) return ownerInstalled(place);
  if (prefixes_.empty() || plain.front() != '/') return Owner::kUser;

  std::error_code error;
  const fs::path real = fs::canonical(plain, error);
  if (!error && belowRoot(real.string(), rest) && !findInstallation(rest).found) return Owner::kUser;
  return Owner::kLibrary;
}

}  // namespace pyrometer
