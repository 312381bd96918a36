#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>

#include "sampler/interposing.h"
#include "sampler/real_functions.h"
#include "sampler/ring.h"
#include "sampler/target.h"

// A thread that goes into a sandbox (seccomp) may be killed for any system call, and for reading the clock.
// So from then on it takes no signal of ours: it has SIGURG blocked, and is read from outside.

namespace pyrometer::sampler {

namespace {

bool entersSandbox(long filter_or_strict) {
  return filter_or_strict == SECCOMP_SET_MODE_STRICT || filter_or_strict == SECCOMP_SET_MODE_FILTER;
}

/// Around the call that enters it; one that fails changes nothing.
template <class Call>
auto enterSandbox(Call call) {
  if (!g_target.active.load(std::memory_order_acquire) || getpid() != g_target.pid || t_thread.blocked)
    return call();
  sigset_t urgent;
  sigemptyset(&urgent);
  sigaddset(&urgent, SIGURG);
  const int saved = errno;
  showBlocked(true);
  real().pthread_sigmask(SIG_BLOCK, &urgent, nullptr);
  errno = saved;
  const auto result = call();
  if (result == 0) return result;
  const int after = errno;
  real().pthread_sigmask(SIG_UNBLOCK, &urgent, nullptr);
  showBlocked(false);
  errno = after;
  return result;
}

}  // namespace

}  // namespace pyrometer::sampler

namespace sampler = pyrometer::sampler;

PYROMETER_INTERPOSED int prctl(int option, ...) noexcept {
  va_list list;
  va_start(list, option);
  unsigned long words[4];
  for (unsigned long& word : words) word = va_arg(list, unsigned long);
  va_end(list);
  const auto call = [&] { return sampler::real().prctl(option, words[0], words[1], words[2], words[3]); };
  return option == PR_SET_SECCOMP ? sampler::enterSandbox(call) : call();
}

PYROMETER_INTERPOSED long syscall(long number, ...) noexcept {
  va_list list;
  va_start(list, number);
  long words[6];
  for (long& word : words) word = va_arg(list, long);
  va_end(list);
  const auto call = [&] {
    return sampler::real().syscall(number, words[0], words[1], words[2], words[3], words[4], words[5]);
  };
  return number == SYS_seccomp && sampler::entersSandbox(words[0]) ? sampler::enterSandbox(call) : call();
}
