#include "daemon/run/terminal_program.h"

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "daemon/run/process_files.h"

namespace pyrometer {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kTick{10};
constexpr std::int64_t kPatience = 3'000'000'000;
constexpr std::int64_t kKillEvery = 100'000'000;

/// Between fork and exec.
void forgetSignals() {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) sigaction(number, &standard, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Between fork and exec: whatever was opened in this process without a thought of programs it starts.
void keepNoDescriptors() {
#if defined SYS_close_range && defined CLOSE_RANGE_CLOEXEC
  syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
#endif
}

}  // namespace

struct TerminalProgram::Watch {
  Watch(asio::io_context& io, std::function<void()> tell) : timer(io), process(io), ended(std::move(tell)) {}
  asio::steady_timer timer;
  asio::posix::stream_descriptor process;  ///< becomes readable at its end
  std::function<void()> ended;
};

TerminalProgram::TerminalProgram(PseudoTerminal& terminal, std::string working_directory)
    : terminal_(terminal), working_directory_(std::move(working_directory)) {}

TerminalProgram::~TerminalProgram() { unwatch(); }

Result<pid_t> TerminalProgram::start(const Spawn& spawn) {
  Spawn in_terminal = spawn;
  in_terminal.without = {"COLUMNS", "LINES"};
  const char* term = variableIn(spawn.environment, "TERM");
  if (term == nullptr || *term == '\0') setVariable(in_terminal.environment, "TERM", "xterm-256color");
  // No handler of ours may run in the child while it still has it.
  sigset_t all, found;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &found);
  auto program = spawnProgram(in_terminal, [this] {
    forgetSignals();
    keepNoDescriptors();
    if (!working_directory_.empty() && chdir(working_directory_.c_str()) != 0) return errno;
    return terminal_.enterInChild();
  });
  pthread_sigmask(SIG_SETMASK, &found, nullptr);
  if (program) program_ = program.value();
  return program;
}

void TerminalProgram::watch(asio::io_context& io, std::function<void()> ended) {
  watch_ = std::make_unique<Watch>(io, std::move(ended));
  // Where there is none (no descriptor left), the ticks find the end a little later.
  const int process = static_cast<int>(syscall(SYS_pidfd_open, program_, 0));
  if (process >= 0) {
    watch_->process.assign(process);
    watch_->process.async_wait(asio::posix::descriptor_base::wait_read,
                               [this](const boost::system::error_code& error) {
                                 if (!error && watch_) watch_->timer.cancel();
                               });
  }
  waitForEnd();
}

void TerminalProgram::unwatch() { watch_.reset(); }

void TerminalProgram::waitForEnd() {
  watch_->timer.expires_after(kTick);
  watch_->timer.async_wait([this](const boost::system::error_code&) {
    if (!watch_) return;
    if (attend()) return watch_->ended();
    waitForEnd();
  });
}

bool TerminalProgram::attend() {
  if (hasEnded(program_)) return true;
  stopFurther(monotonicNow());
  return false;
}

void TerminalProgram::stopFurther(std::int64_t now) {
  if (kill_.load(std::memory_order_relaxed) && asked_ < 2) {
    asked_ = 2;
    next_step_ = now;
  }
  if ((asked_ == 0 && !stopRequested()) || now < next_step_) return;
  next_step_ = now + kPatience;
  switch (asked_) {
    case 0:
      if (!terminal_.interrupt()) kill(program_, SIGINT);
      break;
    case 1:
      kill(program_, SIGTERM);
      kill(program_, SIGCONT);  // a stopped program takes no notice of anything
      break;
    default:
      killSession();
      next_step_ = now + kKillEvery;  // for what was started meanwhile
  }
  ++asked_;
}

void TerminalProgram::killSession() const {
  const std::unique_ptr<DIR, int (*)(DIR*)> processes(opendir("/proc"), closedir);
  while (const dirent* entry = processes ? readdir(processes.get()) : nullptr) {
    const auto pid = static_cast<pid_t>(std::strtol(entry->d_name, nullptr, 10));
    if (pid > 1 && pid != program_ && getsid(pid) == program_) kill(pid, SIGKILL);
  }
  kill(program_, SIGKILL);
}

}  // namespace pyrometer
