#include "sampler/children_image.h"

#include <alloca.h>
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sampler/children_environment.h"
#include "sampler/executables.h"
#include "sampler/foreign_image.h"
#include "sampler/session_client.h"

namespace pyrometer::sampler {

namespace {

constexpr int kMostScripts = 4;              ///< as the kernel follows them
constexpr std::size_t kLongestFolder = 512;  ///< what lies in one with a longer path is believed in

/// Null if nothing is in the way.
const char* whyNot(int fd, const Elf64_Ehdr& header, bool& pass) {
  struct stat status {};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return nullptr;
  const Bearing bearing = bearingOf(fd, header);
  // What a static program starts may be sampled: it passes the session on.
  pass = bearing == Bearing::kBears || bearing == Bearing::kStatic;
  if (bearing != Bearing::kBears) return describe(bearing);
  pass = !executables::isPrivileged(status, fgetxattr(fd, executables::kCapabilities, nullptr, 0) > 0);
  return pass ? nullptr : "run with privileges of its own (setuid, setgid or capabilities)";
}

/// "#!/usr/bin/env python3" to "/usr/bin/env", in place. False if it names nothing, or goes on beyond `room`.
bool interpreterOf(char* line, std::size_t room) {
  const char* begin = line + 2;
  begin += std::strspn(begin, " \t");
  const std::size_t length = std::strcspn(begin, " \t\r\n");
  if (length == 0 || begin + length == line + room - 1) return false;
  std::memmove(line, begin, length);
  line[length] = '\0';
  return true;
}

constexpr std::size_t kLongestLink = 32;

/// Where a descriptor's file is to be found under a name; false if it is none.
bool linkOf(int fd, char (&path)[kLongestLink]) {
  constexpr char kFolder[] = "/proc/self/fd/";
  if (fd < 0) return false;
  char digits[12];
  char* first = digits + sizeof digits - 1;
  *first = '\0';
  do {
    *--first = static_cast<char>('0' + fd % 10);
    fd /= 10;
  } while (fd != 0);
  std::memcpy(path, kFolder, sizeof kFolder - 1);
  std::memcpy(path + sizeof kFolder - 1, first, std::strlen(first) + 1);
  return true;
}

/// The daemon is in another folder than this process.
void name(const char* path, ImageVerdict& verdict) {
  std::size_t length = 0;
  if (*path != '/' && getcwd(verdict.path, sizeof verdict.path) != nullptr) {
    length = std::strlen(verdict.path);
    if (std::strncmp(path, "./", 2) == 0) path += 2;
    if (length + 1 + std::strlen(path) < sizeof verdict.path) {
      verdict.path[length++] = '/';
    } else {
      length = 0;
    }
  }
  const std::size_t tail = strnlen(path, sizeof verdict.path - 1 - length);
  std::memcpy(verdict.path + length, path, tail);
  verdict.path[length + tail] = '\0';
}

bool beginsWith(const Elf64_Ehdr& header, std::size_t size, const char* mark, std::size_t length) {
  return size >= length && std::memcmp(header.e_ident, mark, length) == 0;
}

}  // namespace

ImageVerdict judgeImage(const char* path) {
  const int saved = errno;
  ImageVerdict verdict;
  bool found = false;
  for (int scripts = 0; scripts <= kMostScripts; ++scripts) {
    const Descriptor fd(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    Elf64_Ehdr header;
    const ssize_t n = fd.get() < 0 ? -1 : pread(fd.get(), &header, sizeof header, 0);
    if (n < 0) break;
    const auto size = static_cast<std::size_t>(n);
    if (beginsWith(header, size, "#!", 2)) {
      // The line takes the place of the path that led to it.
      const ssize_t line = pread(fd.get(), verdict.path, sizeof verdict.path - 1, 0);
      if (line < 2) break;
      verdict.path[line] = '\0';
      if (!interpreterOf(verdict.path, sizeof verdict.path)) break;
      path = verdict.path;
      continue;
    }
    if (!beginsWith(header, size, ELFMAG, SELFMAG) || size < sizeof header) break;
    verdict.why = whyNot(fd.get(), header, verdict.pass);
    found = true;
    if (path != verdict.path) name(path, verdict);
    break;
  }
  if (!found) verdict.path[0] = '\0';
  errno = saved;
  return verdict;
}

ImageVerdict judgeOpenImage(int fd) {
  char path[kLongestLink];
  if (!linkOf(fd, path)) return {};
  ImageVerdict verdict = judgeImage(path);
  if (std::strcmp(verdict.path, path) != 0) return verdict;
  const ssize_t n = readlink(path, verdict.path, sizeof verdict.path - 1);
  if (n > 0) verdict.path[n] = '\0';
  return verdict;
}

ImageVerdict judgeIn(int folder, const char* path) {
  if (*path == '\0') return judgeOpenImage(folder);
  if (*path == '/' || folder == AT_FDCWD) return judgeImage(path);
  char link[kLongestLink];
  char whole[kLongestFolder];
  if (!linkOf(folder, link)) return {};
  const int saved = errno;
  const ssize_t length = readlink(link, whole, sizeof whole);
  errno = saved;
  const std::size_t tail = std::strlen(path) + 1;
  if (length <= 0 || static_cast<std::size_t>(length) + 1 + tail > sizeof whole) return {};
  whole[length] = '/';
  std::memcpy(whole + length + 1, path, tail);
  return judgeImage(whole);
}

ImageVerdict judgeOnPath(const char* name) {
  if (std::strchr(name, '/') != nullptr) return judgeImage(name);
  const char* list = environmentValue("PATH");
  if (list == nullptr) list = "/bin:/usr/bin";
  const int saved = errno;
  const std::size_t tail = std::strlen(name);
  std::size_t longest = 0;
  for (const char* at = list;; ++at) {
    const std::size_t length = std::strcspn(at, ":");
    longest = std::max(longest, length);
    at += length;
    if (*at == '\0') break;
  }
  const std::size_t room = std::min(longest, kLongestFolder) + 1 + tail + 1;
  if (tail > kLongestFolder) return {};
  auto* path = static_cast<char*>(alloca(room));
  for (;;) {
    const std::size_t length = std::strcspn(list, ":");
    if (length + 1 + tail < room) {
      std::memcpy(path, list, length);
      if (length != 0) path[length] = '/';
      std::memcpy(path + length + (length != 0 ? 1 : 0), name, tail + 1);
      if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0) {
        errno = saved;
        return judgeImage(path);
      }
    }
    if (list[length] == '\0') break;
    list += length + 1;
  }
  errno = saved;
  return {};
}

}  // namespace pyrometer::sampler
