#include "daemon/run/thread_hold.h"

#include <sys/ptrace.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <thread>

#include "daemon/run/process_files.h"

namespace pyrometer {

namespace {

constexpr std::int64_t kPatience = 20'000'000;
/// So long it is asked without a pause: a thread that runs on another processor stops within microseconds.
constexpr std::int64_t kImpatience = 100'000;
constexpr timespec kPause{.tv_sec = 0, .tv_nsec = 50'000};

}  // namespace

int ThreadHold::tryOn(pid_t pid) {
  int failed = 0;
  // When the thread that holds it ends, it is let go without ever having been stopped.
  std::thread([&] {
    if (ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) != 0) failed = errno;
  }).join();
  return failed;
}

ThreadHold::Wait ThreadHold::stopOf(pid_t tid, int& status) {
  const pid_t got = waitpid(tid, &status, __WALL | WNOHANG);
  if (got == 0 || (got < 0 && errno == EINTR)) return Wait::kRuns;
  return got == tid && WIFSTOPPED(status) ? Wait::kStopped : Wait::kGone;
}

bool ThreadHold::release(pid_t tid, int status) {
  // Stopped by a signal on its way: that goes on its way.
  const bool by_signal = status >> 16 == 0;
  return ptrace(PTRACE_DETACH, tid, nullptr, static_cast<std::intptr_t>(by_signal ? WSTOPSIG(status) : 0)) ==
         0;
}

bool ThreadHold::hold(pid_t tid) {
  const auto known = std::find(late_.begin(), late_.end(), tid);
  if (known != late_.end()) {
    late_.erase(known);
  } else {
    if (ptrace(PTRACE_SEIZE, tid, nullptr, nullptr) != 0) {
      if (errno != ESRCH) refused_ = errno;
      return false;
    }
    ptrace(PTRACE_INTERRUPT, tid, nullptr, nullptr);
  }
  const std::int64_t begin = monotonicNow();
  while (true) {
    const Wait wait = stopOf(tid, status_);
    if (wait == Wait::kGone) return false;
    if (wait == Wait::kStopped) {
      held_ = tid;
      return true;
    }
    const std::int64_t waited = monotonicNow() - begin;
    if (waited > kPatience) break;
    if (waited > kImpatience) nanosleep(&kPause, nullptr);
  }
  late_.push_back(tid);
  return false;
}

bool ThreadHold::registers(user_regs_struct& registers) const {
  return held_ != 0 && ptrace(PTRACE_GETREGS, held_, nullptr, &registers) == 0;
}

void ThreadHold::letGo() {
  if (held_ != 0 && !release(held_, status_)) late_.push_back(held_);
  held_ = 0;
}

void ThreadHold::collect() {
  std::erase_if(late_, [](pid_t tid) {
    int status = 0;
    const Wait wait = stopOf(tid, status);
    return wait == Wait::kStopped ? release(tid, status) : wait == Wait::kGone;
  });
}

}  // namespace pyrometer
