#include "sampler/pypy/interposed.h"

#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>

#include "sampler/interposing.h"
#include "sampler/own_memory.h"
#include "sampler/pypy/numbers.h"
#include "sampler/pypy/stack.h"
#include "sampler/pypy/start.h"
#include "sampler/real_functions.h"

// What PyPy's `_vmprof` asks of the system, answered by us: a timer that never ticks, and hooks for fork that
// would close its file. And what libunwind asks while it walks in our handler: it opens a pipe, where a
// program that closes all descriptors and opens its own would find its bytes, and tries out memory by writing
// to it. Everybody else gets the real functions.

namespace pyrometer::sampler::pypy {

ssize_t writeOurs(int fd, const void* bytes, std::size_t size) {
  switch (isPrepared() ? fd : -1) {
    case kSamples:
      takeProfile(bytes, size);
      return static_cast<ssize_t>(size);
    case kCommands:
      return takeCommand(static_cast<const char*>(bytes), size);
    case kProbeWrite:
      if (isReadable(reinterpret_cast<std::uint64_t>(bytes), size)) return static_cast<ssize_t>(size);
      errno = EFAULT;
      return -1;
    default:
      return real().write(fd, bytes, size);
  }
}

}  // namespace pyrometer::sampler::pypy

namespace sampler = pyrometer::sampler;
namespace pypy = pyrometer::sampler::pypy;

PYROMETER_INTERPOSED ssize_t read(int fd, void* bytes, std::size_t size) {
  if (fd != pypy::kProbeRead) return sampler::real().read(fd, bytes, size);
  errno = EAGAIN;
  return -1;
}

PYROMETER_INTERPOSED int close(int fd) {
  return pypy::isOurNumber(fd) && pypy::isPrepared() ? 0 : sampler::real().close(fd);
}

PYROMETER_INTERPOSED int pipe2(int ends[2], int flags) noexcept {
  if (!pypy::inHandler()) return sampler::real().pipe2(ends, flags);
  ends[0] = pypy::kProbeRead;
  ends[1] = pypy::kProbeWrite;
  return 0;
}

PYROMETER_INTERPOSED int mincore(void* address, std::size_t size, unsigned char* pages) noexcept {
  if (!pypy::inHandler()) return sampler::real().mincore(address, size, pages);
  // The probe that follows tells.
  constexpr std::size_t kPage = 4096;
  for (std::size_t i = 0; i < (size + kPage - 1) / kPage; ++i) pages[i] = 1;
  return 0;
}

PYROMETER_INTERPOSED int setitimer(__itimer_which_t which, const itimerval* value, itimerval* old) noexcept {
  return pypy::isStarting() ? 0 : sampler::real().setitimer(which, value, old);
}

// NOLINTNEXTLINE(readability-identifier-naming): the C library's name
PYROMETER_INTERPOSED int __register_atfork(void (*prepare)(), void (*parent)(), void (*child)(),
                                           void* library) noexcept {
  return pypy::isStarting() ? 0 : sampler::real().register_atfork(prepare, parent, child, library);
}
