#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "sampler/interposing.h"
#include "sampler/own_memory.h"
#include "sampler/pypy/interposed.h"
#include "sampler/pypy/numbers.h"
#include "sampler/real_functions.h"
#include "sampler/target.h"

// Calls that move many bytes through a pipe or a socket and wait meanwhile. A signal makes them return what
// they have moved so far: a blocking write of a large buffer, which programs expect to be whole, becomes a
// short one. Where one of ours did that the rest is moved too.
//
// Not here: calls that return as soon as there is something, and of which nobody expects that they are whole
// (read, splice, tee, recv without MSG_WAITALL): to take them up again might be to wait for ever. Not
// covered: sendmmsg, recvmmsg and vmsplice.

namespace pyrometer::sampler {

namespace {

/// Files are written whole whatever signals come; for what else is short of them there is another reason.
bool isStreamSocket(int fd) {
  int type = 0;
  socklen_t size = sizeof type;
  return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

bool isStream(int fd) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return false;
  return S_ISFIFO(status.st_mode) || (S_ISSOCK(status.st_mode) && isStreamSocket(fd));
}

/// A transfer that is done in steps. `move` is called with how many bytes have been moved, `step` tells how
/// many it would move then, `size` how many all are: both are asked after a step that went well, so that what
/// the program gave need not be looked at before.
template <class Stream, class Size, class Step, class Move>
ssize_t moveAll(Stream stream, Size size, Step step, Move move) {
  if (!installed()) return move(std::size_t{0});
  std::size_t moved = 0;
  for (;;) {
    const std::uint32_t cuts = t_thread.cuts;
    const int saved = errno;
    const ssize_t result = move(moved);
    const bool cut = t_thread.cuts != cuts;
    if (result < 0) {
      if (errno == EINTR && cut) continue;
      if (moved == 0) return result;
      // As if the first part had been all: the program meets the error at its next call.
      errno = saved;
      return static_cast<ssize_t>(moved);
    }
    const auto now = static_cast<std::size_t>(result);
    const bool done = now == 0 || moved + now >= size();
    const bool goes_on = !done && (cut ? stream() : now == step(moved));
    moved += now;
    errno = saved;
    if (!goes_on) return static_cast<ssize_t>(moved);
  }
}

/// One buffer.
template <class Move>
ssize_t moveBytes(int fd, std::size_t size, Move move) {
  return moveAll([=] { return isStream(fd); }, [=] { return size; },
                 [=](std::size_t moved) { return size - moved; }, move);
}

/// What is left of the part in which byte `moved` of all of them lies. There is one.
iovec restOfPart(const iovec* parts, std::size_t moved) {
  for (; moved >= parts->iov_len; ++parts) moved -= parts->iov_len;
  return {.iov_base = static_cast<char*>(parts->iov_base) + moved, .iov_len = parts->iov_len - moved};
}

std::size_t sizeOf(const iovec* parts, std::size_t count) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < count; ++i) size += parts[i].iov_len;
  return size;
}

/// Many buffers. `all` moves them at once; what was left of that goes a part at a time through `one`, so that
/// no copy of a thousand of them is needed. `parts` and `size` are asked when `all` went well.
template <class Parts, class Size, class All, class One>
ssize_t moveParts(int fd, Parts parts, Size size, All all, One one) {
  return moveAll([=] { return isStream(fd); }, size,
                 [&](std::size_t moved) { return moved == 0 ? size() : restOfPart(parts(), moved).iov_len; },
                 [&](std::size_t moved) { return moved == 0 ? all() : one(restOfPart(parts(), moved)); });
}

/// Only MSG_WAITALL waits for more than there is.
bool waitsForAll(int flags) { return (flags & MSG_WAITALL) != 0 && (flags & MSG_PEEK) == 0; }

template <class Move>
ssize_t receive(int fd, void* bytes, std::size_t size, int flags, Move move) {
  const std::size_t wanted = waitsForAll(flags) ? size : 1;
  return moveBytes(fd, wanted,
                   [&](std::size_t moved) { return move(static_cast<char*>(bytes) + moved, size - moved); });
}

/// With MSG_WAITALL.
ssize_t receiveMessage(int fd, msghdr* message, int flags) {
  const msghdr wanted = *message;
  const auto size = [&] {
    // Nothing is glued to what came with descriptors or the like.
    return message->msg_controllen != 0 ? 0 : sizeOf(wanted.msg_iov, wanted.msg_iovlen);
  };
  return moveParts(
      fd, [&] { return wanted.msg_iov; }, size, [&] { return real().recvmsg(fd, message, flags); },
      [&](iovec part) {
        msghdr rest = wanted;
        rest.msg_iov = &part;
        rest.msg_iovlen = 1;
        const ssize_t now = real().recvmsg(fd, &rest, flags);
        if (now < 0) return now;
        message->msg_controllen = rest.msg_controllen;
        message->msg_flags |= rest.msg_flags;
        return now;
      });
}

}  // namespace

}  // namespace pyrometer::sampler

namespace sampler = pyrometer::sampler;
using sampler::real;

PYROMETER_INTERPOSED ssize_t write(int fd, const void* bytes, std::size_t size) {
  if (sampler::pypy::isOurNumber(fd)) return sampler::pypy::writeOurs(fd, bytes, size);
  return sampler::moveBytes(fd, size, [&](std::size_t moved) {
    return real().write(fd, static_cast<const char*>(bytes) + moved, size - moved);
  });
}

PYROMETER_INTERPOSED ssize_t writev(int fd, const iovec* parts, int count) {
  return sampler::moveParts(
      fd, [=] { return parts; }, [=] { return sampler::sizeOf(parts, static_cast<std::size_t>(count)); },
      [&] { return real().writev(fd, parts, count); },
      [&](const iovec& part) { return real().write(fd, part.iov_base, part.iov_len); });
}

PYROMETER_INTERPOSED ssize_t send(int fd, const void* bytes, std::size_t size, int flags) {
  return sampler::moveBytes(fd, size, [&](std::size_t moved) {
    return real().send(fd, static_cast<const char*>(bytes) + moved, size - moved, flags);
  });
}

PYROMETER_INTERPOSED ssize_t sendto(int fd, const void* bytes, std::size_t size, int flags,
                                    const sockaddr* to, socklen_t length) {
  return sampler::moveBytes(fd, size, [&](std::size_t moved) {
    return real().sendto(fd, static_cast<const char*>(bytes) + moved, size - moved, flags, to, length);
  });
}

/// What goes beside the bytes goes with the first of them.
PYROMETER_INTERPOSED ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  return sampler::moveParts(
      fd, [=] { return message->msg_iov; },
      [=] { return sampler::sizeOf(message->msg_iov, message->msg_iovlen); },
      [&] { return real().sendmsg(fd, message, flags); },
      [&](const iovec& part) {
        return real().sendto(fd, part.iov_base, part.iov_len, flags,
                             static_cast<const sockaddr*>(message->msg_name), message->msg_namelen);
      });
}

PYROMETER_INTERPOSED ssize_t recv(int fd, void* bytes, std::size_t size, int flags) {
  return sampler::receive(fd, bytes, size, flags,
                          [&](void* to, std::size_t room) { return real().recv(fd, to, room, flags); });
}

PYROMETER_INTERPOSED ssize_t recvfrom(int fd, void* bytes, std::size_t size, int flags, sockaddr* from,
                                      socklen_t* length) {
  return sampler::receive(fd, bytes, size, flags, [&](void* to, std::size_t room) {
    return real().recvfrom(fd, to, room, flags, from, length);
  });
}

/// What recv() and recvfrom() are in a program compiled with checks of sizes. `known` is the buffer's.
PYROMETER_INTERPOSED ssize_t recvChecked(int fd, void* bytes, std::size_t size, std::size_t known,
                                         int flags) __asm__("__recv_chk");
PYROMETER_INTERPOSED ssize_t recvChecked(int fd, void* bytes, std::size_t size, std::size_t known,
                                         int flags) {
  return size > known ? real().recv_chk(fd, bytes, size, known, flags) : recv(fd, bytes, size, flags);
}

PYROMETER_INTERPOSED ssize_t recvfromChecked(int fd, void* bytes, std::size_t size, std::size_t known,
                                             int flags, sockaddr* from,
                                             socklen_t* length) __asm__("__recvfrom_chk");
PYROMETER_INTERPOSED ssize_t recvfromChecked(int fd, void* bytes, std::size_t size, std::size_t known,
                                             int flags, sockaddr* from, socklen_t* length) {
  return size > known ? real().recvfrom_chk(fd, bytes, size, known, flags, from, length)
                      : recvfrom(fd, bytes, size, flags, from, length);
}

PYROMETER_INTERPOSED ssize_t recvmsg(int fd, msghdr* message, int flags) {
  const bool readable = sampler::installed() && sampler::waitsForAll(flags) &&
                        sampler::isReadable(reinterpret_cast<std::uint64_t>(message), sizeof *message);
  if (readable) return sampler::receiveMessage(fd, message, flags);
  return sampler::moveBytes(fd, 1, [&](std::size_t) { return real().recvmsg(fd, message, flags); });
}

/// To a socket alone: into a pipe it moves what there is room for, and is not expected to be whole.
PYROMETER_INTERPOSED ssize_t sendfile(int to, int from, off_t* offset, std::size_t size) noexcept {
  return sampler::moveAll([=] { return sampler::isStreamSocket(to); }, [=] { return size; },
                          [=](std::size_t moved) { return size - moved; },
                          [&](std::size_t moved) { return real().sendfile(to, from, offset, size - moved); });
}

PYROMETER_INTERPOSED ssize_t sendfile64(int to, int from, off64_t* offset, std::size_t size) noexcept {
  static_assert(sizeof(off64_t) == sizeof(off_t));
  return sendfile(to, from, offset, size);
}
