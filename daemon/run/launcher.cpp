#include "daemon/run/launcher.h"

#include <fcntl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <string_view>

#include "daemon/run/process_files.h"

namespace pyrometer {

RunSignals::RunSignals() {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  for (int i = 0; i < 5; ++i) sigaction(kIgnored[i], &ignore, &found_[i]);
  // An ignored SIGCHLD, inherited, would take the program's exit status from us.
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &standard, &found_child_);

  sigset_t watched, blocked;
  sigemptyset(&watched);
  for (const int number : {SIGCHLD, SIGTERM, SIGHUP}) sigaddset(&watched, number);
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
  return {.number = static_cast<int>(info.ssi_signo), .from_kernel = info.ssi_code == SI_KERNEL};
}

void RunSignals::restoreAsFound() const {
  for (int i = 0; i < 5; ++i) sigaction(kIgnored[i], &found_[i], nullptr);
  sigaction(SIGCHLD, &found_child_, nullptr);
  pthread_sigmask(SIG_SETMASK, &found_mask_, nullptr);
}

Result<pid_t> spawnProgram(const Spawn& spawn, const RunSignals& signals) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view name(*variable, std::strcspn(*variable, "="));
    bool replaced = false;
    for (const auto& [ours, value] : spawn.environment) replaced |= ours == name;
    if (!replaced) variables.emplace_back(*variable);
  }
  for (const auto& [name, value] : spawn.environment) variables.push_back(name + "=" + value);
  const auto pointers = [](const std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
    result.push_back(nullptr);
    return result;
  };
  const std::vector<char*> environment = pointers(variables);
  const std::vector<char*> arguments = pointers(spawn.argv);

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return Error{std::string("cannot be started: ") + std::strerror(errno), spawn.executable};
  const FileDescriptor reading(ends[0]);
  FileDescriptor writing(ends[1]);
  const pid_t pid = fork();
  if (pid < 0) return Error{std::string("cannot be started: ") + std::strerror(errno), spawn.executable};
  if (pid == 0) {
    signals.restoreAsFound();
    execve(spawn.executable.c_str(), arguments.data(), environment.data());
    const int failed = errno;
    // Nobody is left to tell if this fails.
    [[maybe_unused]] const ssize_t told = write(writing.get(), &failed, sizeof failed);
    _exit(127);
  }
  writing.close();
  int failed = 0;
  ssize_t n = 0;
  do {
    n = read(reading.get(), &failed, sizeof failed);
  } while (n < 0 && errno == EINTR);
  if (n != sizeof failed) return pid;
  waitpid(pid, nullptr, 0);
  if (failed == ENOENT)
    return Error{"cannot be started: the interpreter in its first line does not exist", spawn.executable};
  return Error{std::string("cannot be started: ") + std::strerror(failed), spawn.executable};
}

void stopWithProgram(pid_t program, int stop_signal) {
  if (!FileDescriptor(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY))) return;
  if (stop_signal == SIGSTOP) {
    raise(SIGSTOP);
  } else {
    struct sigaction standard {
    }, ours{};
    standard.sa_handler = SIG_DFL;
    sigaction(stop_signal, &standard, &ours);
    raise(stop_signal);
    sigaction(stop_signal, &ours, nullptr);
  }
  // We go on: the shell's `fg` woke the whole group, but a SIGCONT to us alone means the program too.
  if (stateOf(program) == 'T') kill(program, SIGCONT);
}

std::string preloadValue(const std::string& library, const char* present) {
  return present == nullptr || *present == '\0' ? library : library + ":" + present;
}

}  // namespace pyrometer
