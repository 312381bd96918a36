#include "daemon/run/foreground_program.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <utility>

namespace pyrometer {

namespace asio = boost::asio;

struct ForegroundProgram::Watch {
  Watch(asio::io_context& io, int descriptor, std::function<void()> tell)
      : signals(io, descriptor), ended(std::move(tell)) {}
  asio::posix::stream_descriptor signals;
  std::function<void()> ended;
};

ForegroundProgram::ForegroundProgram() = default;

ForegroundProgram::~ForegroundProgram() { unwatch(); }

Result<pid_t> ForegroundProgram::start(const Spawn& spawn) {
  auto program = spawnProgram(spawn, signals_);
  if (program) program_ = program.value();
  return program;
}

void ForegroundProgram::watch(asio::io_context& io, std::function<void()> ended) {
  watch_ = std::make_unique<Watch>(io, signals_.descriptor(), std::move(ended));
  waitForSignals();
}

void ForegroundProgram::unwatch() {
  if (!watch_) return;
  watch_->signals.release();  // the descriptor is the signals' own
  watch_.reset();
}

void ForegroundProgram::waitForSignals() {
  watch_->signals.async_wait(asio::posix::descriptor_base::wait_read,
                             [this](const boost::system::error_code& error) {
                               if (error) return;
                               if (attend()) return watch_->ended();
                               waitForSignals();
                             });
}

bool ForegroundProgram::attend() {
  // Stops and the end are looked for after the signals are taken: one that comes later wakes us again.
  for (RunSignals::Arrived signal = signals_.next(); signal.number != 0; signal = signals_.next()) {
    if (signal.number == SIGCHLD) {
      followStops(program_);
    } else {
      passOn(signal, program_);
    }
  }
  return hasEnded(program_);
}

}  // namespace pyrometer
