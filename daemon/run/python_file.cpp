#include "daemon/run/python_file.h"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "daemon/run/command_output.h"
#include "daemon/run/elf_image.h"
#include "sampler/executables.h"

namespace pyrometer {

namespace {

std::string_view baseName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::uint32_t takeNumber(std::string_view& text) {
  std::uint32_t number = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9' && number < 1000) {
    number = number * 10 + static_cast<std::uint32_t>(text.front() - '0');
    text.remove_prefix(1);
  }
  return number;
}

/// The version behind `word` in "python3.9", "libpython3.9.so.1.0", "Python 3.9.18"; 0 if there is none.
std::uint32_t versionAfter(std::string_view word, std::string_view text) {
  const std::size_t at = text.find(word);
  if (at == std::string_view::npos) return 0;
  text.remove_prefix(at + word.size());
  const std::uint32_t major = takeNumber(text);
  if (major == 0 || major > 9 || !text.starts_with('.')) return 0;
  text.remove_prefix(1);
  if (text.empty() || !std::isdigit(static_cast<unsigned char>(text.front()))) return 0;
  const std::uint32_t minor = takeNumber(text);
  std::uint32_t micro = 0;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    micro = takeNumber(text);
  }
  if (minor > 255 || micro > 255) return 0;
  return major << 24 | minor << 16 | micro << 8;
}

constexpr std::uint32_t kPython2 = 0x02070000;

std::string realPath(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(realpath(path.c_str(), nullptr), std::free);
  return real ? real.get() : path;
}

void askForVersion(const std::string& path, const std::string& folder, PythonFile& file) {
  const auto answer = commandOutput({path, "-V"}, folder);
  if (!answer) return;
  file.py_version = versionAfter("Python ", *answer);
  if (file.py_version == 0) return;
  file.py_version |= 0xf0;  // a final release, as far as anybody can tell: the micro version is known
  file.kind = answer->find("PyPy") != std::string::npos ? PythonKind::kPyPy : PythonKind::kCPython;
}

void readImages(const std::string& path, const std::string& folder, const ElfImage& image, PythonFile& file) {
  bool has_python = image.has_runtime || image.has_python_api;
  bool has_pypy = image.has_pypy;
  std::uint32_t version = image.py_version;
  std::uint32_t named = has_python ? pythonVersionOfName(path) : 0;
  std::uint32_t pypy_version = 0;
  bool asks_for_library = false;
  for (const std::string& needed : image.needed) {
    asks_for_library |= needed.starts_with("libpython") || needed.starts_with("libpypy");
  }
  // Another C library's loader does not list, and would run the program.
  if (asks_for_library && !image.loader.empty() && !file.is_musl) {
    for (const std::string& library : librariesOf(path, image.loader)) {
      const std::string_view name = baseName(library);
      if (name.starts_with("libpypy")) {
        has_pypy = true;
        // "libpypy3.9-c.so", "libpypy3-c.so"; that of Python 2 has no number.
        pypy_version = name.starts_with("libpypy3") ? versionAfter("libpypy", name) : kPython2;
      }
      if (!name.starts_with("libpython")) continue;
      const auto inner = readElfImage(library);
      if (!inner || !inner.value() || !(*inner)->has_python_api) continue;
      has_python = true;
      file.has_sanitizer |= (*inner)->has_sanitizer;
      named = pythonVersionOfName(library);
      if ((*inner)->py_version != 0) version = (*inner)->py_version;
    }
  }
  if (has_pypy) {
    file.kind = PythonKind::kPyPy;
    file.py_version = pypy_version;
    return;
  }
  if (!has_python) return;
  file.kind = PythonKind::kCPython;
  file.py_version = version != 0 ? version : named;
  if (file.py_version == 0) askForVersion(path, folder, file);
}

}  // namespace

Result<PythonFile> lookIntoPython(const std::string& path, const std::string& folder) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return Error{std::strerror(errno), path};
  if (S_ISDIR(status.st_mode)) return Error{"is a directory, not a program", path};
  if (access(path.c_str(), X_OK) != 0) {
    return Error{"is not executable; make it so with chmod +x, or name a program that is", path};
  }
  const auto image = readElfImage(path);
  PythonFile file;
  if (!image) {
    // A file that may be run but not read is rare; what it is shows when it runs.
    if (access(path.c_str(), R_OK) != 0) {
      return Error{"cannot be read (permission denied), so its Python version cannot be told", path};
    }
    return image.error();
  }
  if (!image.value()) {
    file.looked_into = false;
    if (baseName(path).starts_with("python") || baseName(path).starts_with("pypy"))
      askForVersion(path, folder, file);
    return file;
  }
  const ElfImage& elf = **image;
  if (!elf.for_this_machine) {
    return Error{"is made for another kind of machine than this build of Pyrometer; it cannot be sampled",
                 path};
  }
  file.is_static = elf.loader.empty();
  file.is_privileged =
      executables::isPrivileged(status, getxattr(path.c_str(), executables::kCapabilities, nullptr, 0) > 0);
  file.has_sanitizer = elf.has_sanitizer;
  file.is_musl = elf.loader.find("ld-musl") != std::string::npos;
  readImages(path, folder, elf, file);
  return file;
}

std::uint32_t pythonVersionOfName(const std::string& path) {
  const std::string real = realPath(path);
  // "libpython3.9.so.1.0": what follows the minor version is the library's own number.
  return versionAfter("python", baseName(real)) & 0xffff0000;
}

std::string versionText(std::uint32_t py_version) {
  std::string text = std::to_string(py_version >> 24) + "." + std::to_string((py_version >> 16) & 255);
  if ((py_version & 0xffff) != 0) text += "." + std::to_string((py_version >> 8) & 255);
  return text;
}

}  // namespace pyrometer
