#include "daemon/server/end_watch.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <limits>
#include <utility>

namespace pyrometer {
namespace {

sigset_t endingSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, number);
  return set;
}

FileDescriptor openSignals() {
  const sigset_t set = endingSignals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return FileDescriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

bool isAlive(std::int64_t pid) { return ::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM; }

}  // namespace

EndWatch::EndWatch(std::function<void(std::string)> on_end)
    : on_end_(std::move(on_end)),
      signals_(openSignals()),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this] { watch(); }) {}

EndWatch::~EndWatch() {
  ending_ = true;
  const std::uint64_t one = 1;
  static_cast<void>(::write(wake_.get(), &one, sizeof one));
  thread_.join();
}

void EndWatch::watchProcess(std::int64_t pid) {
  if (pid <= 0 || pid > std::numeric_limits<pid_t>::max()) return;
  pid_ = pid;
  const std::uint64_t one = 1;
  static_cast<void>(::write(wake_.get(), &one, sizeof one));
}

void EndWatch::watch() {
  FileDescriptor process;  // readable once the process has ended
  while (true) {
    // Where the kernel gives no descriptor for a process, it is looked at now and then.
    constexpr int kLook = 1000;
    const std::int64_t pid = pid_;
    const bool looks = pid != 0 && !process;
    pollfd ready[3] = {{signals_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}, {process.get(), POLLIN, 0}};
    if (::poll(ready, 3, looks ? kLook : -1) < 0 && errno != EINTR) return;
    if (ending_) return;
    if (ready[1].revents != 0) {
      std::uint64_t count = 0;
      static_cast<void>(::read(wake_.get(), &count, sizeof count));
      if (pid_ != 0 && !process) {
        process = FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(pid_), 0)));
      }
    }
    if (ready[0].revents != 0) {
      signalfd_siginfo info;
      while (::read(signals_.get(), &info, sizeof info) > 0) {
      }
      on_end_("asked to end by a signal");
    }
    const bool has_ended = process ? ready[2].revents != 0 : pid_ != 0 && !isAlive(pid_);
    if (has_ended) {
      on_end_("the client's process has ended");
      process = FileDescriptor();
      pid_ = 0;
    }
  }
}

}  // namespace pyrometer
