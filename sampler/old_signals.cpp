#include <signal.h>

#include <atomic>
#include <cerrno>

#include "sampler/interposing.h"
#include "sampler/real_functions.h"

// The functions for signals from before sigaction. The C library makes them of what it has inside, where we
// do not stand: a SIGURG handler that they set would take the place of ours, and SIGURG be blocked without
// our knowing it. Here they are made of those that we do stand in front of.

namespace pyrometer::sampler {

namespace {

/// The program has asked by siginterrupt() that SIGURG ends its calls, whose later handlers do so too.
constinit std::atomic<bool> g_interrupts{false};

/// Sets a handler that has SIGURG, or whichever it is, blocked while it runs or not, as `flags` say.
sighandler_t setHandler(int number, sighandler_t handler, int flags) {
  struct sigaction action {};
  struct sigaction old {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  if ((flags & SA_NODEFER) == 0) sigaddset(&action.sa_mask, number);
  return sigaction(number, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}

sighandler_t setLasting(int number, sighandler_t handler) {
  if (number != SIGURG || !installed()) return real().signal(number, handler);
  if (handler == SIG_ERR) {
    errno = EINVAL;
    return SIG_ERR;
  }
  return setHandler(number, handler, g_interrupts.load(std::memory_order_relaxed) ? 0 : SA_RESTART);
}

/// For one signal.
sighandler_t setOnce(int number, sighandler_t handler) {
  if (handler == SIG_ERR) {
    errno = EINVAL;
    return SIG_ERR;
  }
  return setHandler(number, handler, static_cast<int>(SA_RESETHAND) | SA_NODEFER);
}

int changeOne(int how, int number, sigset_t* before = nullptr) {
  sigset_t set;
  sigemptyset(&set);
  return sigaddset(&set, number) == 0 ? sigprocmask(how, &set, before) : -1;
}

/// The oldest functions know 32 signals, a bit each.
constexpr int kBits = 32;

int changeBits(int how, int bits) {
  sigset_t set;
  sigset_t before;
  sigemptyset(&set);
  for (int i = 0; i < kBits; ++i) {
    if ((static_cast<unsigned>(bits) >> i & 1) != 0) sigaddset(&set, i + 1);
  }
  if (sigprocmask(how, &set, &before) != 0) return -1;
  unsigned found = 0;
  for (int i = 0; i < kBits; ++i) {
    if (sigismember(&before, i + 1) == 1) found |= 1u << i;
  }
  return static_cast<int>(found);
}

}  // namespace

}  // namespace pyrometer::sampler

namespace sampler = pyrometer::sampler;

PYROMETER_INTERPOSED sighandler_t signal(int number, sighandler_t handler) noexcept {
  return sampler::setLasting(number, handler);
}

PYROMETER_INTERPOSED sighandler_t ssignal(int number, sighandler_t handler) noexcept {
  return sampler::setLasting(number, handler);
}

/// The C library's headers no longer declare it.
PYROMETER_INTERPOSED sighandler_t setLastingAsInBsd(int number, sighandler_t handler) noexcept
    __asm__("bsd_signal");
PYROMETER_INTERPOSED sighandler_t setLastingAsInBsd(int number, sighandler_t handler) noexcept {
  return sampler::setLasting(number, handler);
}

PYROMETER_INTERPOSED sighandler_t sysv_signal(int number, sighandler_t handler) noexcept {
  return sampler::setOnce(number, handler);
}

/// What signal() is in a program that is compiled for an older standard.
PYROMETER_INTERPOSED sighandler_t setOnceByStandard(int number, sighandler_t handler) noexcept
    __asm__("__sysv_signal");
PYROMETER_INTERPOSED sighandler_t setOnceByStandard(int number, sighandler_t handler) noexcept {
  return sampler::setOnce(number, handler);
}

PYROMETER_INTERPOSED int siginterrupt(int number, int interrupts) noexcept {
  if (number != SIGURG || !sampler::installed()) return sampler::real().siginterrupt(number, interrupts);
  struct sigaction action {};
  if (sigaction(number, nullptr, &action) != 0) return -1;
  sampler::g_interrupts.store(interrupts != 0, std::memory_order_relaxed);
  action.sa_flags = interrupts != 0 ? action.sa_flags & ~SA_RESTART : action.sa_flags | SA_RESTART;
  return sigaction(number, &action, nullptr);
}

PYROMETER_INTERPOSED sighandler_t sigset(int number, sighandler_t handler) noexcept {
  sigset_t blocked;
  struct sigaction before {};
  if (handler == SIG_HOLD) {
    if (sampler::changeOne(SIG_BLOCK, number, &blocked) != 0) return SIG_ERR;
    if (sigismember(&blocked, number) == 1) return SIG_HOLD;
    return sigaction(number, nullptr, &before) == 0 ? before.sa_handler : SIG_ERR;
  }
  struct sigaction action {};
  action.sa_handler = handler;
  if (sigaction(number, &action, &before) != 0 || sampler::changeOne(SIG_UNBLOCK, number, &blocked) != 0)
    return SIG_ERR;
  return sigismember(&blocked, number) == 1 ? SIG_HOLD : before.sa_handler;
}

PYROMETER_INTERPOSED int sigignore(int number) noexcept {
  struct sigaction action {};
  action.sa_handler = SIG_IGN;
  return sigaction(number, &action, nullptr);
}

PYROMETER_INTERPOSED int sighold(int number) noexcept { return sampler::changeOne(SIG_BLOCK, number); }

PYROMETER_INTERPOSED int sigrelse(int number) noexcept { return sampler::changeOne(SIG_UNBLOCK, number); }

PYROMETER_INTERPOSED int sigblock(int bits) noexcept { return sampler::changeBits(SIG_BLOCK, bits); }

PYROMETER_INTERPOSED int sigsetmask(int bits) noexcept { return sampler::changeBits(SIG_SETMASK, bits); }
