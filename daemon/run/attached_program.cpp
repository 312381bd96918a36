#include "daemon/run/attached_program.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <string>
#include <utility>

#include "daemon/run/process_files.h"
#include "daemon/support/system_error.h"

namespace pyrometer {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kLookEvery{10};

bool isReadable(const FileDescriptor& fd) {
  pollfd ready{.fd = fd.get(), .events = POLLIN, .revents = 0};
  return fd && poll(&ready, 1, 0) > 0;
}

}  // namespace

sigset_t EndingSignals::all() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

EndingSignals::EndingSignals() {
  const sigset_t signals = all();
  pthread_sigmask(SIG_BLOCK, &signals, &before_);
}

EndingSignals::~EndingSignals() {
  const sigset_t signals = all();
  constexpr timespec kNow{};
  while (sigtimedwait(&signals, nullptr, &kNow) > 0) {
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

struct AttachedProgram::Watch {
  Watch(asio::io_context& io, std::function<void()> tell) : timer(io), ended(std::move(tell)) {}
  asio::steady_timer timer;
  std::function<void()> ended;
};

AttachedProgram::AttachedProgram(pid_t program, Until until) : program_(program), until_(until) {}

AttachedProgram::~AttachedProgram() { unwatch(); }

Result<pid_t> AttachedProgram::start(const Spawn&) {
  process_ = FileDescriptor(static_cast<int>(syscall(SYS_pidfd_open, program_, 0)));
  if (!process_) return Error{systemErrorText(errno), "process " + std::to_string(program_)};
  if (until_.signals) {
    const sigset_t signals = EndingSignals::all();
    signals_ = FileDescriptor(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_) return Error{"no descriptor for signals: " + systemErrorText(errno), {}};
  }
  if (until_.duration_ns != 0) time_up_ = monotonicNow() + until_.duration_ns;
  return program_;
}

void AttachedProgram::watch(asio::io_context& io, std::function<void()> ended) {
  watch_ = std::make_unique<Watch>(io, std::move(ended));
  waitForEnd();
}

void AttachedProgram::waitForEnd() {
  watch_->timer.expires_after(kLookEvery);
  watch_->timer.async_wait([this](const boost::system::error_code& error) {
    if (error || !watch_) return;
    if (attend()) return watch_->ended();
    waitForEnd();
  });
}

void AttachedProgram::unwatch() { watch_.reset(); }

bool AttachedProgram::attend() {
  if (isReadable(signals_)) requestStop();
  return stopRequested() || isReadable(process_) || monotonicNow() >= time_up_;
}

}  // namespace pyrometer
