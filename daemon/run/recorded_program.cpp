#include "daemon/run/recorded_program.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <utility>

#include "daemon/run/attached_program.h"
#include "daemon/run/process_files.h"
#include "daemon/support/system_error.h"
#include "sampler/session.h"

namespace pyrometer {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kLookEvery{100};

bool isReadable(int fd) {
  pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&ready, 1, 0) > 0;
}

}  // namespace

struct RecordedProgram::Watch {
  Watch(asio::io_context& io, int process, int signal, std::function<void()> tell)
      : ended_process(io, process), ended_us(io, signal), timer(io), ended(std::move(tell)) {}
  asio::posix::stream_descriptor ended_process, ended_us;
  asio::steady_timer timer;
  std::function<void()> ended;
};

RecordedProgram::RecordedProgram(pid_t program, FileDescriptor report, std::shared_ptr<ChosenThreads> chosen)
    : program_(program), report_(std::move(report)), chosen_(std::move(chosen)) {}

RecordedProgram::~RecordedProgram() { unwatch(); }

void RecordedProgram::report(std::string_view line) {
  if (!report_) return;
  std::string text(line);
  text += '\n';
  // If it has gone away meanwhile, there is nobody to tell.
  static_cast<void>(write(report_.get(), text.data(), text.size()));
  report_ = FileDescriptor();
}

Result<pid_t> RecordedProgram::start(const Spawn& spawn) {
  process_ = FileDescriptor(static_cast<int>(syscall(SYS_pidfd_open, program_, 0)));
  if (!process_) return Error{systemErrorText(errno), "process " + std::to_string(program_)};
  image_ = imageOf(program_);
  const sigset_t signals = EndingSignals::all();
  signals_ = FileDescriptor(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals_) return Error{"no descriptor for signals: " + systemErrorText(errno), {}};
  const char* folder = variableIn(spawn.environment, session::kFolderVariable);
  auto control = RecordControl::open(folder, program_, chosen_);
  if (!control) return control.error();
  control_ = std::move(control).value();
  report("ready " + std::string(folder));
  return program_;
}

void RecordedProgram::watch(asio::io_context& io, std::function<void()> ended) {
  control_->listen(io, [this] {
    over_ = true;
    watch_->ended();
  });
  watch_ = std::make_unique<Watch>(io, process_.get(), signals_.get(), std::move(ended));
  const auto end = [this](const boost::system::error_code& error) {
    if (!error && attend()) watch_->ended();
  };
  watch_->ended_process.async_wait(asio::posix::descriptor_base::wait_read, end);
  watch_->ended_us.async_wait(asio::posix::descriptor_base::wait_read, end);
  waitForEnd();
}

/// Whether it was replaced by exec only looking tells.
void RecordedProgram::waitForEnd() {
  watch_->timer.expires_after(kLookEvery);
  watch_->timer.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    if (attend()) return watch_->ended();
    waitForEnd();
  });
}

void RecordedProgram::unwatch() {
  if (control_) control_->close();
  if (!watch_) return;
  watch_->ended_process.release();  // the descriptors are our own
  watch_->ended_us.release();
  watch_.reset();
}

bool RecordedProgram::attend() {
  if (over_ || isReadable(process_.get()) || isReadable(signals_.get())) return over_ = true;
  const std::string image = imageOf(program_);
  if (!image.empty() && !image_.empty() && image != image_) over_ = true;
  return over_;
}

void RecordedProgram::answer(std::string_view text) {
  if (control_) control_->answer(text);
}

}  // namespace pyrometer
