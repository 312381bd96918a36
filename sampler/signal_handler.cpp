#include "sampler/signal_handler.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "sampler/own_memory.h"
#include "sampler/own_stack.h"
#include "sampler/pypy/stack.h"
#include "sampler/real_functions.h"
#include "sampler/registration.h"
#include "sampler/ring.h"
#include "sampler/target.h"

// Everything that the handler calls, down to the last:
//   clock_gettime (vDSO; a system call for the thread's CPU clock), gettid (once a thread, and in a child
//   of vfork),
//   syscall(rt_sigprocmask) to check an address, pthread_self, PyGILState_GetThisThreadState and
//   PyThreadState_GetUnchecked (reads of thread-specific data). For a signal that is not ours:
//   pthread_sigmask and the program's handler.
// In a fork's child that goes on running, once: registerForkedChild (socket, connect, send, recvmsg, fstat,
//   mmap, munmap, madvise, close).
// In PyPy, instead of the walk: its own handler, which calls libunwind, and `write`, `pipe2`, `read`,
// `mincore`
//   and `sigprocmask`, all of them ours (pypy/interposed.cpp).
// No allocation, no lock, no wait (but that one's for the daemon), no file. errno is put back. Some 1 KiB of
// stack, with native frames 2 (that one: 4): it may be an alternate one.

namespace pyrometer::sampler {

namespace {

/// The program's own action. A new one goes to the next place, so that a handler never sees half of one.
constexpr std::uint32_t kActions = 16;
constinit struct sigaction g_actions[kActions] {};
constinit std::atomic<std::uint32_t> g_action{0};

void count(std::atomic<std::uint64_t>& counter) {
  // The thread is the only writer.
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

/// What the kernel changes of the registers when a system call ends, and what it leaves.
struct CallRegisters {
  std::int64_t result = 0;
  std::uint64_t first = 0;  ///< its first argument, which stays
  std::uint64_t place = 0, stack_pointer = 0, frame_pointer = 0;
};

CallRegisters registersOf(const void* context) {
  const mcontext_t& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return {.result = machine.gregs[REG_RAX],
          .first = static_cast<std::uint64_t>(machine.gregs[REG_RDI]),
          .place = static_cast<std::uint64_t>(machine.gregs[REG_RIP]),
          .stack_pointer = static_cast<std::uint64_t>(machine.gregs[REG_RSP]),
          .frame_pointer = static_cast<std::uint64_t>(machine.gregs[REG_RBP])};
#elif defined(__aarch64__)
  // The result takes the place of the first argument.
  return {.result = static_cast<std::int64_t>(machine.regs[0]),
          .first = 0,
          .place = machine.pc,
          .stack_pointer = machine.sp,
          .frame_pointer = machine.regs[29]};
#endif
}

/// Is the instruction before the one that comes next a system call?
bool standsBehindCall(const CallRegisters& at) {
#if defined(__x86_64__)
  constexpr std::uint8_t kCall[] = {0x0f, 0x05};
#elif defined(__aarch64__)
  constexpr std::uint8_t kCall[] = {0x01, 0x00, 0x00, 0xd4};
#endif
  // What has just run can be read, if it is not at the edge of what is mapped.
  constexpr std::uint64_t kPage = 4096;
  if (at.place % kPage < sizeof kCall && !isReadable(at.place - sizeof kCall, sizeof kCall)) return false;
  return std::memcmp(reinterpret_cast<const void*>(at.place - sizeof kCall), kCall, sizeof kCall) == 0;
}

/// Has the signal ended a system call that was waiting? What the kernel goes on with (SA_RESTART) it would
/// begin anew, so behind the instruction that made the call stands one that has ended: with EINTR, or with
/// what it had done so far. (Or that was over just then, which its caller can tell.)
bool cutsCallShort(const CallRegisters& at) {
  return (at.result > 0 || at.result == -EINTR) && standsBehindCall(at);
}

/// The futex that the thread waited at until just now, for a call that has ended in this way; or something
/// else, for other calls.
std::uint64_t waitedAt(const CallRegisters& at) {
  const bool ended = at.result == 0 || at.result == -EINTR || at.result == -ETIMEDOUT || at.result == -EAGAIN;
  return ended && standsBehindCall(at) ? at.first : 0;
}

void answer(const CallRegisters& at, siginfo_t* info, void* context) {
  ThreadContext& thread = t_thread;
  if (thread.busy || thread.ended) {
    countNoSegment();
    return;
  }
  thread.busy = true;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  ring::Segment* segment = ownSegment();
  const bool wanted = g_target.paused.load(std::memory_order_acquire) == 0;
  Taken taken = segment == nullptr ? Taken::kOtherProcess : Taken::kUnwanted;
  if (segment != nullptr && wanted) {
    const Interrupted where{.place = at.place,
                            .stack_pointer = at.stack_pointer,
                            .frame_pointer = at.frame_pointer,
                            .futex = waitedAt(at)};
    taken = g_target.pypy ? pypy::takeSample(*segment, where, info, context) : takeSample(*segment, where);
  }
  if (taken != Taken::kOtherProcess) {
    switch (taken) {
      case Taken::kSample:
        count(segment->samples);
        break;
      case Taken::kSampleWithoutPython:
        count(segment->samples);
        count(segment->without_python);
        break;
      case Taken::kTorn:
        count(segment->dropped_torn);
        break;
      case Taken::kNoRoom:
        count(segment->dropped_full);
        break;
      case Taken::kUnwanted:
      case Taken::kOtherProcess:
        break;
    }
    count(segment->handled);
  } else {
    countNoSegment();
  }
  std::atomic_signal_fence(std::memory_order_seq_cst);
  thread.busy = false;
}

void passOn(int number, siginfo_t* info, void* context) {
  const struct sigaction action = programAction();
  if (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN) return;
  if ((action.sa_flags & static_cast<int>(SA_RESETHAND)) != 0) {
    struct sigaction once = action;
    once.sa_handler = SIG_DFL;
    setProgramAction(once);
  }
  // Blocked is what was before, and what the program asked for; ours blocks everything.
  sigset_t mask = action.sa_mask;
  if ((action.sa_flags & SA_NODEFER) == 0) sigaddset(&mask, SIGURG);
  std::uint64_t words[2];  // as many bits as there are signals: the kernel fills in no more
  std::memcpy(&words[0], &mask, sizeof words[0]);
  std::memcpy(&words[1], &static_cast<const ucontext_t*>(context)->uc_sigmask, sizeof words[1]);
  words[0] |= words[1];
  std::memcpy(&mask, &words[0], sizeof words[0]);
  real().pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  if ((action.sa_flags & SA_SIGINFO) != 0) {
    action.sa_sigaction(number, info, context);
  } else {
    action.sa_handler(number);
  }
}

/// Where the kernel had no room to say who sent it (`ulimit -i`), and nobody else waits for one.
bool isNameless(const siginfo_t& info) {
  return info.si_code == SI_USER && info.si_pid == 0 && !programHandles();
}

void onSignal(int number, siginfo_t* info, void* context) {
  const int saved = errno;
  if (!isOurs(*info) && !isNameless(*info)) {
    if (g_target.active.load(std::memory_order_acquire)) countForeignSignal();
    // The program's handler may change errno; that is its own business, as without us.
    errno = saved;
    passOn(number, info, context);
    return;
  }
  const CallRegisters at = registersOf(context);
  if (cutsCallShort(at)) ++t_thread.cuts;
  // Counted first: whoever ends the session waits for those who may still have seen it.
  g_target.handlers.fetch_add(1);
  if (g_target.active.load()) {
    answer(at, info, context);
  } else {
    registerForkedChild();
  }
  g_target.handlers.fetch_sub(1, std::memory_order_release);
  errno = saved;
}

/// Ours in the program's clothes: a program that has a handler of its own knows whether its calls are
/// interrupted by it, and on which stack it runs. Nothing else comes in while ours runs: no handler of the
/// program's that leaves by a jump, and none that ends a call together with ours (waits.cpp).
int installAs(const struct sigaction& program) {
  struct sigaction ours {};
  ours.sa_sigaction = onSignal;
  ours.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  // PyPy's handler wants more room than an alternate stack may have.
  if (g_target.pypy) ours.sa_flags &= ~SA_ONSTACK;
  sigfillset(&ours.sa_mask);
  if (program.sa_handler != SIG_DFL && program.sa_handler != SIG_IGN) {
    ours.sa_flags = SA_SIGINFO | (program.sa_flags & (SA_RESTART | SA_ONSTACK));
  }
  return real().sigaction(SIGURG, &ours, nullptr) == 0 ? 0 : errno;
}

bool isOurHandler(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) != 0 && action.sa_sigaction == onSignal;
}

}  // namespace

bool isOurs(const siginfo_t& info) { return info.si_code == SI_TKILL && info.si_pid == g_target.daemon_pid; }

bool isOursAsWaitedFor(const siginfo_t& info) {
  return info.si_code == SI_USER && info.si_pid == g_target.daemon_pid;
}

bool swallowPending() {
  sigset_t pending;
  sigset_t urgent;
  sigemptyset(&urgent);
  sigaddset(&urgent, SIGURG);
  constexpr timespec kNoWait{0, 0};
  constexpr std::size_t kMaskBytes = 8;
  siginfo_t info;
  while (real().sigpending(&pending) == 0 && sigismember(&pending, SIGURG) == 1) {
    // The system call itself: the C library's hides by which call a signal was sent.
    if (real().syscall(SYS_rt_sigtimedwait, &urgent, &info, &kNoWait, kMaskBytes) != SIGURG || isOurs(info))
      continue;
    real().syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGURG, &info);
    return true;
  }
  return false;
}

struct sigaction programAction() {
  return g_actions[g_action.load(std::memory_order_acquire) % kActions];
}

int setProgramAction(const struct sigaction& action) {
  const bool handles = action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN;
  // First said, then done, so that the program's first signal meets none of ours; and back the other way
  // round.
  if (handles) showOwnHandler(true);
  const std::uint32_t next = g_action.load(std::memory_order_relaxed) + 1;
  g_actions[next % kActions] = action;
  g_action.store(next, std::memory_order_release);
  const int error = installAs(action);
  if (!handles) showOwnHandler(false);
  return error;
}

int installHandler() {
  struct sigaction before {};
  if (real().sigaction(SIGURG, nullptr, &before) != 0) return errno;
  return setProgramAction(isOurHandler(before) ? programAction() : before);
}

void removeHandler() {
  struct sigaction present {};
  if (real().sigaction(SIGURG, nullptr, &present) != 0 || !isOurHandler(present)) return;
  const struct sigaction action = programAction();
  real().sigaction(SIGURG, &action, nullptr);
}

bool programHandles() {
  const struct sigaction action = programAction();
  return action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN;
}

}  // namespace pyrometer::sampler
