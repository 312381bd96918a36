#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "sampler/interposing.h"
#include "sampler/real_functions.h"
#include "sampler/target.h"
#include "sampler/time_left.h"

// Calls that wait, and that a signal ends early whatever SA_RESTART says. Only threads that run are
// signalled, but one may fall asleep between the look and the signal. The handler counts the calls that it
// cut short; here they are taken up again, with what is left of their time. A signal of the program's ends
// them as ever: while our handler runs all others wait, so what is counted was ended by ours alone. One that
// comes just after is as one that came just before the call; where the program could not bear that (pause,
// sigsuspend) signals are let in by the waiting call only.
//
// Not covered: sockets with a timeout of their own (SO_RCVTIMEO), io_getevents, and system calls made without
// these functions.

namespace pyrometer::sampler {

namespace {

/// Has a call that began when `cuts` were counted failed because of us? For those that set errno.
template <class Number>
bool wasCut(Number result, std::uint32_t cuts) {
  return result == -1 && errno == EINTR && t_thread.cuts != cuts;
}

/// For calls that may just be made again: without a timeout, or with the time of their end.
template <class Call>
auto repeated(Call call) {
  if (!installed()) return call();
  for (;;) {
    const std::uint32_t cuts = t_thread.cuts;
    const auto result = call();
    if (!wasCut(result, cuts)) return result;
  }
}

/// For calls with milliseconds: negative for ever.
template <class Call>
int repeatedFor(int milliseconds, Call call) {
  if (milliseconds <= 0 || !installed()) return repeated([&] { return call(milliseconds); });
  const timespec begin = monotonicTime();
  const timespec timeout{milliseconds / 1000, milliseconds % 1000 * 1'000'000L};
  for (int left = milliseconds;;) {
    const std::uint32_t cuts = t_thread.cuts;
    const int result = call(left);
    if (!wasCut(result, cuts)) return result;
    const timespec rest = timeLeft(timeout, begin);
    left = static_cast<int>(rest.tv_sec * 1000 + (rest.tv_nsec + 999'999) / 1'000'000);
  }
}

/// For calls with a time to wait, null for ever. Theirs is handed on as it is: it may be no good address.
template <class Call>
int repeatedFor(const timespec* timeout, Call call) {
  if (timeout == nullptr || !installed()) return repeated([&] { return call(timeout); });
  const timespec begin = monotonicTime();
  timespec left;
  for (const timespec* wait = timeout;; wait = &left) {
    const std::uint32_t cuts = t_thread.cuts;
    const int result = call(wait);
    if (!wasCut(result, cuts)) return result;
    left = timeLeft(*timeout, begin);
  }
}

int suspend(const sigset_t* mask) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  real().pthread_sigmask(SIG_SETMASK, &all, &before);
  const int result = repeated([&] { return real().sigsuspend(mask != nullptr ? mask : &before); });
  const int after = errno;
  real().pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = after;
  return result;
}

}  // namespace

}  // namespace pyrometer::sampler

namespace sampler = pyrometer::sampler;
using sampler::real;

PYROMETER_INTERPOSED int pause() { return sampler::installed() ? sampler::suspend(nullptr) : real().pause(); }

PYROMETER_INTERPOSED int sigsuspend(const sigset_t* mask) {
  return sampler::installed() ? sampler::suspend(mask) : real().sigsuspend(mask);
}

PYROMETER_INTERPOSED int clock_nanosleep(clockid_t clock, int flags, const timespec* time, timespec* rest) {
  if (!sampler::installed()) return real().clock_nanosleep(clock, flags, time, rest);
  timespec left{};
  for (const timespec* wait = time;; wait = (flags & TIMER_ABSTIME) != 0 ? time : &left) {
    const std::uint32_t cuts = sampler::t_thread.cuts;
    timespec after{};
    const int error = real().clock_nanosleep(clock, flags, wait, &after);
    left = after;
    if (error == EINTR && sampler::t_thread.cuts != cuts) continue;
    if (error == EINTR && rest != nullptr && (flags & TIMER_ABSTIME) == 0) *rest = left;
    return error;
  }
}

PYROMETER_INTERPOSED int nanosleep(const timespec* time, timespec* rest) {
  if (!sampler::installed()) return real().nanosleep(time, rest);
  const int error = clock_nanosleep(CLOCK_REALTIME, 0, time, rest);
  if (error == 0) return 0;
  errno = error;
  return -1;
}

PYROMETER_INTERPOSED int usleep(useconds_t microseconds) {
  if (!sampler::installed()) return real().usleep(microseconds);
  const timespec time{microseconds / 1'000'000, microseconds % 1'000'000 * 1000L};
  return nanosleep(&time, nullptr);
}

PYROMETER_INTERPOSED unsigned sleep(unsigned seconds) {
  if (!sampler::installed()) return real().sleep(seconds);
  const int saved = errno;
  const timespec time{seconds, 0};
  timespec left{};
  if (nanosleep(&time, &left) != 0) return static_cast<unsigned>(left.tv_sec);
  errno = saved;
  return 0;
}

PYROMETER_INTERPOSED int poll(pollfd* files, nfds_t count, int timeout) {
  return sampler::repeatedFor(timeout, [&](int left) { return real().poll(files, count, left); });
}

/// What poll() is in a program compiled with checks of sizes.
PYROMETER_INTERPOSED int pollChecked(pollfd* files, nfds_t count, int timeout,
                                     std::size_t size) __asm__("__poll_chk");
PYROMETER_INTERPOSED int pollChecked(pollfd* files, nfds_t count, int timeout, std::size_t size) {
  return sampler::repeatedFor(timeout, [&](int left) { return real().poll_chk(files, count, left, size); });
}

PYROMETER_INTERPOSED int ppoll(pollfd* files, nfds_t count, const timespec* timeout, const sigset_t* mask) {
  return sampler::repeatedFor(timeout,
                              [&](const timespec* left) { return real().ppoll(files, count, left, mask); });
}

/// Linux leaves in `timeout` what was left of it, and the sets as they were where it was cut short.
PYROMETER_INTERPOSED int select(int count, fd_set* reads, fd_set* writes, fd_set* others, timeval* timeout) {
  return sampler::repeated([&] { return real().select(count, reads, writes, others, timeout); });
}

PYROMETER_INTERPOSED int pselect(int count, fd_set* reads, fd_set* writes, fd_set* others,
                                 const timespec* timeout, const sigset_t* mask) {
  return sampler::repeatedFor(timeout, [&](const timespec* left) {
    return real().pselect(count, reads, writes, others, left, mask);
  });
}

PYROMETER_INTERPOSED int epoll_wait(int epoll, epoll_event* events, int most, int timeout) {
  return sampler::repeatedFor(timeout,
                              [&](int left) { return real().epoll_wait(epoll, events, most, left); });
}

PYROMETER_INTERPOSED int epoll_pwait(int epoll, epoll_event* events, int most, int timeout,
                                     const sigset_t* mask) {
  return sampler::repeatedFor(timeout,
                              [&](int left) { return real().epoll_pwait(epoll, events, most, left, mask); });
}

PYROMETER_INTERPOSED int epoll_pwait2(int epoll, epoll_event* events, int most, const timespec* timeout,
                                      const sigset_t* mask) {
  return sampler::repeatedFor(
      timeout, [&](const timespec* left) { return real().epoll_pwait2(epoll, events, most, left, mask); });
}

PYROMETER_INTERPOSED int sem_wait(sem_t* semaphore) {
  return sampler::repeated([&] { return real().sem_wait(semaphore); });
}

PYROMETER_INTERPOSED int sem_timedwait(sem_t* semaphore, const timespec* end) {
  return sampler::repeated([&] { return real().sem_timedwait(semaphore, end); });
}

PYROMETER_INTERPOSED int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* end) {
  return sampler::repeated([&] { return real().sem_clockwait(semaphore, clock, end); });
}

PYROMETER_INTERPOSED int semop(int set, sembuf* operations, std::size_t count) noexcept {
  return sampler::repeated([&] { return real().semop(set, operations, count); });
}

PYROMETER_INTERPOSED int semtimedop(int set, sembuf* operations, std::size_t count,
                                    const timespec* timeout) noexcept {
  return sampler::repeatedFor(
      timeout, [&](const timespec* left) { return real().semtimedop(set, operations, count, left); });
}

PYROMETER_INTERPOSED int msgsnd(int queue, const void* message, std::size_t size, int flags) {
  return sampler::repeated([&] { return real().msgsnd(queue, message, size, flags); });
}

PYROMETER_INTERPOSED ssize_t msgrcv(int queue, void* message, std::size_t size, long type, int flags) {
  return sampler::repeated([&] { return real().msgrcv(queue, message, size, type, flags); });
}
