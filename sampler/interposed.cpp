#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "sampler/interposing.h"
#include "sampler/pypy/stack.h"
#include "sampler/pypy/start.h"
#include "sampler/real_functions.h"
#include "sampler/registration.h"
#include "sampler/ring.h"
#include "sampler/signal_handler.h"
#include "sampler/target.h"
#include "sampler/time_left.h"

// The functions that we stand in front of. Until this process is registered each is the real one and nothing
// more. What they keep true: the program sees its own SIGURG handler and its own signals, and none of ours; a
// thread that blocks SIGURG is not signalled but read from outside.

namespace pyrometer::sampler {

namespace {

struct ThreadStart {
  void* (*routine)(void*);
  void* argument;
  std::uint64_t stack_size;
};

/// Of a thread that is made with these attributes; null: the usual ones. (What is asked of a thread that
/// exists allocates, and makes a system call.)
std::uint64_t stackSizeOf(const pthread_attr_t* attributes) {
  std::size_t size = 0;
  if (attributes != nullptr) {
    pthread_attr_getstacksize(attributes, &size);
    return size;
  }
  pthread_attr_t usual;
  if (pthread_attr_init(&usual) != 0) return 0;
  pthread_attr_getstacksize(&usual, &size);
  pthread_attr_destroy(&usual);
  return size;
}

void* runThread(void* memory) {
  const ThreadStart start = *static_cast<ThreadStart*>(memory);
  free(memory);
  // All frames of the thread that matter lie below this one.
  threadBegins(__builtin_frame_address(0), start.stack_size);
  return start.routine(start.argument);
}

bool hasUrgent(const sigset_t* set) { return set != nullptr && sigismember(set, SIGURG) == 1; }

/// Around a change of the signal mask. The mark comes before the block, and goes after its end, so that the
/// daemon never believes a thread to be free that is not.
template <class Change>
int changeMask(int how, const sigset_t* set, sigset_t* old, Change change) {
  if (pypy::inHandler()) {
    // libunwind, around each of its steps. All signals are blocked in our handler.
    if (old != nullptr) sigfillset(old);
    return 0;
  }
  const bool touches = installed() && set != nullptr && (how == SIG_SETMASK || hasUrgent(set));
  // A vfork's child runs in our memory, but its mask is its own.
  if (!touches || getpid() != g_target.pid) return change();
  const int saved = errno;
  const bool was_blocked = t_thread.blocked;
  const bool blocks = hasUrgent(set) && how != SIG_UNBLOCK;
  if (blocks && !was_blocked) registerForkedChild();
  if (blocks && !was_blocked) showBlocked(true);
  errno = saved;
  const int result = change();
  const int after = errno;
  if (result != 0) {
    if (blocks && !was_blocked) showBlocked(false);
  } else if (blocks && !was_blocked) {
    swallowPending();
  } else if (!blocks && was_blocked) {
    showBlocked(false);
  }
  errno = after;
  return result;
}

}  // namespace

}  // namespace pyrometer::sampler

namespace sampler = pyrometer::sampler;

PYROMETER_INTERPOSED int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                                        void* (*routine)(void*), void* argument) noexcept {
  const auto create = sampler::real().pthread_create;
  if (sampler::installed()) sampler::registerForkedChild();
  if (!sampler::active()) return create(thread, attributes, routine, argument);
  sampler::requestBlockIfNeeded();
  auto* start = static_cast<sampler::ThreadStart*>(malloc(sizeof(sampler::ThreadStart)));
  if (start == nullptr) return EAGAIN;
  *start = {routine, argument, sampler::stackSizeOf(attributes)};
  const int error = create(thread, attributes, sampler::runThread, start);
  if (error != 0) {
    free(start);
  } else {
    sampler::announceThread();
  }
  return error;
}

PYROMETER_INTERPOSED int sigaction(int number, const struct sigaction* action,
                                   struct sigaction* old) noexcept {
  if (number == SIGPROF && action != nullptr && sampler::pypy::isStarting()) {
    sampler::pypy::keepHandler(*action);
    return 0;
  }
  // A vfork's child runs in our memory, but its actions are its own.
  if (number != SIGURG || !sampler::installed() || getpid() != sampler::g_target.pid) {
    return sampler::real().sigaction(number, action, old);
  }
  const struct sigaction before = sampler::programAction();
  if (action != nullptr) {
    const int error = sampler::setProgramAction(*action);
    if (error != 0) {
      errno = error;
      return -1;
    }
  }
  if (old != nullptr) *old = before;
  return 0;
}

PYROMETER_INTERPOSED int sigprocmask(int how, const sigset_t* set, sigset_t* old) noexcept {
  return sampler::changeMask(how, set, old, [&] { return sampler::real().sigprocmask(how, set, old); });
}

PYROMETER_INTERPOSED int pthread_sigmask(int how, const sigset_t* set, sigset_t* old) noexcept {
  return sampler::changeMask(how, set, old, [&] { return sampler::real().pthread_sigmask(how, set, old); });
}

PYROMETER_INTERPOSED int sigpending(sigset_t* set) noexcept {
  const int result = sampler::real().sigpending(set);
  // One of ours may have been on its way when the thread said that it blocks them.
  if (result == 0 && sampler::installed() && sampler::t_thread.blocked && sampler::hasUrgent(set)) {
    const int saved = errno;
    if (!sampler::swallowPending()) sigdelset(set, SIGURG);
    errno = saved;
  }
  return result;
}

PYROMETER_INTERPOSED int sigtimedwait(const sigset_t* set, siginfo_t* info, const timespec* timeout) {
  if (!sampler::installed()) return sampler::real().sigtimedwait(set, info, timeout);
  siginfo_t found;
  const timespec begin = sampler::monotonicTime();
  timespec left;
  for (const timespec* wait = timeout;; wait = timeout != nullptr ? &left : nullptr) {
    const std::uint32_t cuts = sampler::t_thread.cuts;
    const int number = sampler::real().sigtimedwait(set, &found, wait);
    // One of ours was waited for, or cut the wait for others short.
    const bool ours = number > 0 ? number == SIGURG && sampler::isOursAsWaitedFor(found)
                                 : errno == EINTR && sampler::t_thread.cuts != cuts;
    if (!ours) {
      if (number > 0 && info != nullptr) *info = found;
      return number;
    }
    if (timeout != nullptr) left = sampler::timeLeft(*timeout, begin);
  }
}

PYROMETER_INTERPOSED int sigwaitinfo(const sigset_t* set, siginfo_t* info) {
  return sampler::installed() ? sigtimedwait(set, info, nullptr) : sampler::real().sigwaitinfo(set, info);
}

PYROMETER_INTERPOSED int sigwait(const sigset_t* set, int* number) {
  if (!sampler::installed() || !sampler::hasUrgent(set)) return sampler::real().sigwait(set, number);
  const int saved = errno;
  int found = 0;
  do {
    found = sigtimedwait(set, nullptr, nullptr);
  } while (found < 0 && errno == EINTR);
  const int error = errno;
  errno = saved;
  if (found < 0) return error;
  *number = found;
  return 0;
}

PYROMETER_INTERPOSED int signalfd(int fd, const sigset_t* set, int flags) noexcept {
  if (sampler::installed() && sampler::hasUrgent(set) && sampler::t_thread.blocked) sampler::swallowPending();
  return sampler::real().signalfd(fd, set, flags);
}
