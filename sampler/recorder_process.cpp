#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <initializer_list>

#include "sampler/late.h"

// A process that belongs to nobody here: our child starts it and ends at once. Both run in our memory until
// the program is executed (as after vfork), while the calling thread stands still, so that neither fork's
// hooks nor its warnings about threads are met. A child that sends no signal at its end is seen by those only
// who ask for such
// (__WCLONE): neither os.wait() nor a handler of SIGCHLD learns of it.

namespace {

constexpr std::size_t kStackBytes = 64 * 1024;

struct Start {
  const char* executable;
  char* const* arguments;
  char* const* environment;
  int output, report;
  unsigned char* stack;  ///< of the second child
  int error;             ///< in our memory, so that it need not be told
};

/// All of them, glibc's own included: no handler of the program's may run in the children.
struct Blocked {
  unsigned long mask[8];
};
constexpr std::size_t kKernelMask = 8;

int execute(void* memory) {
  Start& start = *static_cast<Start*>(memory);
  execve(start.executable, start.arguments, start.environment);
  start.error = errno;
  return 127;
}

int startAndLeave(void* memory) {
  Start& start = *static_cast<Start*>(memory);
  // Our table of descriptors is a copy.
  setsid();
  for (const int fd : {start.output, start.report}) {
    if (fcntl(fd, F_SETFD, 0) != 0) {
      start.error = errno;
      return 1;
    }
  }
  if (clone(execute, start.stack + kStackBytes, CLONE_VM | CLONE_VFORK | SIGCHLD, memory) < 0)
    start.error = errno;
  return 0;
}

}  // namespace

int pyrometer_start_recorder(const char* executable, char* const* arguments, char* const* environment,
                             int output, int report) {
  void* stacks =
      mmap(nullptr, 2 * kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stacks == MAP_FAILED) return errno;
  auto* const first = static_cast<unsigned char*>(stacks);
  Start start{.executable = executable,
              .arguments = arguments,
              .environment = environment,
              .output = output,
              .report = report,
              .stack = first + kStackBytes,
              .error = 0};
  Blocked all{}, before{};
  for (unsigned long& word : all.mask) word = ~0UL;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, all.mask, before.mask, kKernelMask);
  const int child = clone(startAndLeave, first + kStackBytes, CLONE_VM | CLONE_VFORK, &start);
  const int failed = child < 0 ? errno : 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, before.mask, nullptr, kKernelMask);
  if (child > 0) {
    while (waitpid(child, nullptr, __WCLONE) < 0 && errno == EINTR) {
    }
  }
  munmap(stacks, 2 * kStackBytes);
  return failed != 0 ? failed : start.error;
}
