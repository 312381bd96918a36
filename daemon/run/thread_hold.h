#pragma once

#include <sys/types.h>
#include <sys/user.h>

#include <vector>

namespace pyrometer {

/// Stops threads of another process for a look, by ptrace: exact, and at a price of some 20 to 50 us to the
/// thread. For threads that run only: one that sleeps stands still anyway, and some system calls (epoll_wait)
/// would return early. Signals that come meanwhile are passed on; the program's parent and shell see nothing.
/// If we die, all that is held goes on. All members but tryOn on one thread (ptrace's rule), to its end.
class ThreadHold {
 public:
  /// Whether we may hold threads of this process: 0, or an errno. The process is not stopped.
  static int tryOn(pid_t pid);

  /// Stops the thread. False if it has ended, may not be held, or did not come to a stop within 20 ms (it may
  /// be deep in the kernel; then it goes on when it has).
  bool hold(pid_t tid);
  /// As hold() found it.
  bool registers(user_regs_struct& registers) const;
  void letGo();
  /// Lets go of those that came to a stop too late, and buries those that were killed. Now and then.
  void collect();
  /// errno of the last hold() that was refused; 0: none was.
  int refused() const { return refused_; }

 private:
  enum class Wait { kStopped, kRuns, kGone };
  static Wait stopOf(pid_t tid, int& status);
  /// False: it was killed while it was held. Until we have waited for it, its process can neither end nor
  /// become another program.
  static bool release(pid_t tid, int status);

  pid_t held_ = 0;
  int status_ = 0;
  int refused_ = 0;
  std::vector<pid_t> late_;
};

}  // namespace pyrometer
