#include "daemon/run/launcher.h"

#include <fcntl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <iterator>

#include "daemon/run/process_files.h"

namespace pyrometer {

namespace {

/// What a process gets for its own doing: faults, limits, writing to a closed pipe.
constexpr int kOwnDoing[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGPIPE, SIGXCPU, SIGXFSZ};

/// Those of the kernel that go to every process of the group, and not to one.
constexpr int kToTheGroup[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH, SIGHUP};

bool programHasItsOwn(const RunSignals::Arrived& signal, pid_t program) {
  if (!signal.from_kernel) {
    try {
      return isDescendant(signal.sender, program);
    } catch (const std::exception&) {
      return false;  // no memory to look it up
    }
  }
  // A terminal that hangs up tells the leader of its session only, and that would be the program.
  if (signal.number == SIGHUP && getsid(0) == getpid()) return false;
  return std::find(std::begin(kToTheGroup), std::end(kToTheGroup), signal.number) != std::end(kToTheGroup);
}

bool isStopped(pid_t program) {
  try {
    const char state = stateOf(program);
    return state == 'T' || state == '\0';
  } catch (const std::exception&) {
    return true;
  }
}

void stopWithProgram(int number) {
  if (!FileDescriptor(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY))) return;
  struct sigaction standard {
  }, found{};
  standard.sa_handler = SIG_DFL;
  sigaction(number, &standard, &found);
  // First raised and then let in: one that waits from the terminal is taken by the same stop.
  raise(number);
  sigset_t only, mask;
  sigemptyset(&only);
  sigaddset(&only, number);
  pthread_sigmask(SIG_UNBLOCK, &only, &mask);
  // The SIGCONT that woke us waits with the other signals, and wakes the program if it has not got its own.
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  sigaction(number, &found, nullptr);
}

}  // namespace

RunSignals::RunSignals() {
  // An ignored SIGCHLD, inherited, would take the program's exit status from us.
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &standard, &found_child_);

  // Blocked signals come even where they are ignored, so that nohup and the like need no care.
  sigset_t watched, blocked;
  sigfillset(&watched);
  for (const int number : kOwnDoing) sigdelset(&watched, number);
  blocked = watched;
  sigaddset(&blocked, SIGXFSZ);
  pthread_sigmask(SIG_BLOCK, &blocked, &found_mask_);
  fd_ = FileDescriptor(signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
}

RunSignals::~RunSignals() {
  while (next().number != 0) {
  }
  // A limit that was run into meanwhile must not end us now.
  sigset_t over_limit;
  sigemptyset(&over_limit);
  sigaddset(&over_limit, SIGXFSZ);
  const timespec at_once{};
  sigtimedwait(&over_limit, nullptr, &at_once);
  restoreAsFound();
}

RunSignals::Arrived RunSignals::next() {
  signalfd_siginfo info{};
  if (read(fd_.get(), &info, sizeof info) != sizeof info) return {};
  Arrived arrived{.number = static_cast<int>(info.ssi_signo),
                  .from_kernel = info.ssi_code == SI_KERNEL,
                  .sender = info.ssi_code == SI_KERNEL ? 0 : static_cast<pid_t>(info.ssi_pid),
                  .queued = info.ssi_code == SI_QUEUE};
  arrived.value.sival_ptr = reinterpret_cast<void*>(info.ssi_ptr);
  return arrived;
}

void RunSignals::restoreAsFound() const {
  sigaction(SIGCHLD, &found_child_, nullptr);
  pthread_sigmask(SIG_SETMASK, &found_mask_, nullptr);
}

Result<pid_t> spawnProgram(const Spawn& spawn, const RunSignals& signals) {
  return spawnProgram(spawn, [&] {
    signals.restoreAsFound();
    return 0;
  });
}

void passOn(const RunSignals::Arrived& signal, pid_t program) {
  if (signal.number == SIGCONT) {
    // The shell's `fg` wakes the whole group, and a handler for it should not run twice.
    if (isStopped(program)) kill(program, SIGCONT);
    return;
  }
  if (programHasItsOwn(signal, program)) return;
  // A SIGURG of ours by kill would be taken for one that asks for a sample (signal_handler.h).
  const bool queued = signal.queued || signal.number == SIGURG;
  if (queued && sigqueue(program, signal.number, signal.value) == 0) return;
  kill(program, signal.number);
}

void followStops(pid_t program) {
  siginfo_t stopped{};
  while (waitid(P_PID, static_cast<id_t>(program), &stopped, WSTOPPED | WNOHANG) == 0 &&
         stopped.si_pid == program) {
    const int number = stopped.si_status;
    if (number == SIGTSTP || number == SIGTTIN || number == SIGTTOU) stopWithProgram(number);
    stopped = {};
  }
}

std::string preloadValue(const std::string& library, const char* present) {
  return present == nullptr || *present == '\0' ? library : library + ":" + present;
}

}  // namespace pyrometer
