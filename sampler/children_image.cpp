#include "sampler/children_image.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "sampler/foreign_image.h"
#include "sampler/session_client.h"

namespace pyrometer::sampler {

namespace {

constexpr int kMostScripts = 4;  ///< as the kernel follows them
constexpr std::size_t kMostSegments = 64;

bool isPrivileged(int fd, const struct stat& status) {
  if ((status.st_mode & S_ISUID) != 0 && status.st_uid != getuid()) return true;
  if ((status.st_mode & S_ISGID) != 0 && (status.st_mode & S_IXGRP) != 0 && status.st_gid != getgid())
    return true;
  return getuid() != 0 && fgetxattr(fd, "security.capability", nullptr, 0) > 0;
}

/// Has it no loader?
bool isStatic(int fd, const Elf64_Ehdr& header) {
  for (std::size_t i = 0; i < header.e_phnum && i < kMostSegments; ++i) {
    Elf64_Phdr segment;
    const auto offset = static_cast<off_t>(header.e_phoff + i * sizeof segment);
    if (pread(fd, &segment, sizeof segment, offset) != sizeof segment || segment.p_type == PT_INTERP)
      return false;
  }
  return true;
}

/// Null if nothing is in the way.
const char* whyNot(int fd, const char* path, const Elf64_Ehdr& header, bool& pass) {
  struct stat status {};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return nullptr;
  const Bearing bearing = bearingOf(path);
  pass = bearing == Bearing::kBears;
  if (!pass) return describe(bearing);
  if (isStatic(fd, header))
    return "statically linked";  // what it starts may be sampled: it passes the session on
  pass = !isPrivileged(fd, status);
  return pass ? nullptr : "run with privileges of its own (setuid, setgid or capabilities)";
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
    if (length + 1 + std::strlen(path) < sizeof verdict.path)
      verdict.path[length++] = '/';
    else
      length = 0;
  }
  const std::size_t tail = strnlen(path, sizeof verdict.path - 1 - length);
  std::memcpy(verdict.path + length, path, tail);
  verdict.path[length + tail] = '\0';
}

/// The interpreter that a "#!" line names; false if there is none.
bool interpreterOf(const char* head, char* path, std::size_t size) {
  const char* begin = head + 2;
  begin += std::strspn(begin, " \t");
  const std::size_t length = std::strcspn(begin, " \t\r\n");
  if (length == 0 || length >= size) return false;
  std::memcpy(path, begin, length);
  path[length] = '\0';
  return true;
}

}  // namespace

ImageVerdict judgeImage(const char* path) {
  const int saved = errno;
  ImageVerdict verdict;
  char interpreter[sizeof verdict.path];
  for (int scripts = 0; scripts <= kMostScripts; ++scripts) {
    const Descriptor fd(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    char head[512];
    const ssize_t n = fd.get() < 0 ? -1 : pread(fd.get(), head, sizeof head - 1, 0);
    if (n < 2) break;
    head[n] = '\0';
    if (head[0] == '#' && head[1] == '!') {
      if (!interpreterOf(head, interpreter, sizeof interpreter)) break;
      path = interpreter;
      continue;
    }
    Elf64_Ehdr header;
    if (n < static_cast<ssize_t>(sizeof header)) break;
    std::memcpy(&header, head, sizeof header);
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) break;
    verdict.why = whyNot(fd.get(), path, header, verdict.pass);
    if (verdict.why != nullptr) name(path, verdict);
    break;
  }
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
  char whole[1024];
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
  const char* list = getenv("PATH");
  if (list == nullptr) list = "/bin:/usr/bin";
  const int saved = errno;
  const std::size_t tail = std::strlen(name);
  for (;;) {
    const std::size_t length = std::strcspn(list, ":");
    char path[1024];
    if (length + 1 + tail < sizeof path) {
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
