#include "daemon/cli/files.h"

#include <errno.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/support/input_file.h"
#include "daemon/support/system_error.h"

namespace pyrometer {

Result<std::string> readTextFile(const std::string& path, std::size_t most) {
  const Result<InputFile> file = InputFile::open(path);
  if (!file.ok()) return file.error();
  return file->readAll(most);
}

Result<void> writeAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = write(descriptor, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) {
      return Error{systemErrorText(errno),
                   descriptor == STDERR_FILENO ? "standard error" : "standard output"};
    }
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

Result<void> checkOutput(const std::string& path) {
  if (path.empty()) return Error{"the name of the output file is empty", {}};
  struct stat status {};
  if (stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return Error{"is a folder; name a file in it", path};
    if (!S_ISREG(status.st_mode)) return Error{"is not a regular file", path};
    if (access(path.c_str(), W_OK) != 0) return Error{systemErrorText(errno), path};
  } else if (path.back() == '/') {
    return Error{"is a folder's name; name a file", path};
  }
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  if (stat(folder.c_str(), &status) != 0) {
    return Error{errno == ENOENT ? fmt::format("the folder {} does not exist", folder)
                                 : fmt::format("{}: {}", folder, systemErrorText(errno)),
                 path};
  }
  if (!S_ISDIR(status.st_mode)) return Error{fmt::format("{} is not a folder", folder), path};
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    return Error{fmt::format("nothing can be written into {}: {}", folder, systemErrorText(errno)), path};
  }
  return {};
}

}  // namespace pyrometer
