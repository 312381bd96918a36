#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "sampler/interposing.h"
#include "sampler/real_functions.h"
#include "sampler/target.h"

// Calls that move many bytes through a pipe or a socket and wait meanwhile. A signal makes them return what
// they have moved so far: a blocking write of a large buffer, which programs expect to be whole, becomes a
// short one. Where one of ours did that the rest is moved too.

namespace pyrometer::sampler {

namespace {

/// Signals of ours may come.
/// Files are written whole whatever signals come; for what else is short of them there is another reason.
bool isStream(int fd) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return false;
  if (S_ISFIFO(status.st_mode)) return true;
  int type = 0;
  socklen_t size = sizeof type;
  return S_ISSOCK(status.st_mode) && getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
         type == SOCK_STREAM;
}

/// `move` is called with how many bytes have been moved.
template <class Move>
ssize_t moveAll(int fd, std::size_t size, Move move) {
  if (!installed()) return move(std::size_t{0});
  std::size_t moved = 0;
  for (;;) {
    const std::uint32_t cuts = t_thread.cuts;
    const int saved = errno;
    const ssize_t now = move(moved);
    const bool cut = t_thread.cuts != cuts;
    if (now < 0) {
      if (errno == EINTR && cut) continue;
      if (moved == 0) return now;
      // As if the first part had been all: the program meets the error at its next call.
      errno = saved;
      return static_cast<ssize_t>(moved);
    }
    moved += static_cast<std::size_t>(now);
    if (now == 0 || moved >= size || !cut || !isStream(fd)) return static_cast<ssize_t>(moved);
    errno = saved;
  }
}

}  // namespace

}  // namespace pyrometer::sampler

namespace sampler = pyrometer::sampler;
using sampler::real;

PYROMETER_INTERPOSED ssize_t write(int fd, const void* bytes, std::size_t size) {
  return sampler::moveAll(fd, size, [&](std::size_t moved) {
    return real().write(fd, static_cast<const char*>(bytes) + moved, size - moved);
  });
}

PYROMETER_INTERPOSED ssize_t send(int fd, const void* bytes, std::size_t size, int flags) {
  return sampler::moveAll(fd, size, [&](std::size_t moved) {
    return real().send(fd, static_cast<const char*>(bytes) + moved, size - moved, flags);
  });
}

/// Only MSG_WAITALL waits for more than there is.
PYROMETER_INTERPOSED ssize_t recv(int fd, void* bytes, std::size_t size, int flags) {
  const std::size_t wanted = (flags & MSG_WAITALL) != 0 && (flags & MSG_PEEK) == 0 ? size : 1;
  return sampler::moveAll(fd, wanted, [&](std::size_t moved) {
    return real().recv(fd, static_cast<char*>(bytes) + moved, size - moved, flags);
  });
}

PYROMETER_INTERPOSED ssize_t writev(int fd, const iovec* parts, int count) {
  if (!sampler::installed()) return real().writev(fd, parts, count);
  const std::uint32_t cuts = sampler::t_thread.cuts;
  ssize_t moved = real().writev(fd, parts, count);
  if (moved <= 0 || sampler::t_thread.cuts == cuts || !sampler::isStream(fd)) return moved;
  const int saved = errno;
  std::size_t before = 0;  // bytes of the parts before this one
  for (int i = 0; i < count; ++i) {
    const auto written = static_cast<std::size_t>(moved);
    if (written < before + parts[i].iov_len) {
      const std::size_t begun = written - before;
      const ssize_t now =
          write(fd, static_cast<const char*>(parts[i].iov_base) + begun, parts[i].iov_len - begun);
      if (now > 0) moved += now;
      if (now < static_cast<ssize_t>(parts[i].iov_len - begun)) break;
    }
    before += parts[i].iov_len;
  }
  errno = saved;
  return moved;
}
