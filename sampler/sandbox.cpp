#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>

#include "sampler/children_environment.h"
#include "sampler/interposing.h"
#include "sampler/pypy/interposed.h"
#include "sampler/pypy/numbers.h"
#include "sampler/real_functions.h"
#include "sampler/registration.h"
#include "sampler/target.h"

// In a sandbox (seccomp) any system call may kill, also one of a thread that was put in by another, of a
// child and of what that executes. So a process that enters one is first left alone by us: no handler, no
// signal, no question to the daemon, which reads it from outside from then on; and its children are not told
// of the session. What is not known before is who else is put in: all of the process goes.

namespace pyrometer::sampler {

namespace {

bool entersSandbox(long filter_or_strict) {
  return filter_or_strict == SECCOMP_SET_MODE_STRICT || filter_or_strict == SECCOMP_SET_MODE_FILTER;
}

/// Around the call that enters it; one that fails changes nothing. (A number above 0 may be either.)
template <class Call>
auto enterSandbox(Call call) {
  const int saved = errno;
  if (installed()) registerForkedChild();
  // A child of vfork has our memory, and a sandbox of its own.
  const bool steps_back = active() && getpid() == g_target.pid;
  if (steps_back) stepBack();
  errno = saved;
  const auto result = call();
  if (result >= 0) {
    stopPassing();
  } else if (steps_back) {
    const int after = errno;
    comeBack();
    errno = after;
  }
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
  if (number == SYS_write && sampler::pypy::isOurNumber(static_cast<int>(words[0]))) {
    return sampler::pypy::writeOurs(static_cast<int>(words[0]), reinterpret_cast<const void*>(words[1]),
                                    static_cast<std::size_t>(words[2]));
  }
  const auto call = [&] {
    return sampler::real().syscall(number, words[0], words[1], words[2], words[3], words[4], words[5]);
  };
  return number == SYS_seccomp && sampler::entersSandbox(words[0]) ? sampler::enterSandbox(call) : call();
}
