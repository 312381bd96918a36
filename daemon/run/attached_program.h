#pragma once

#include <signal.h>

#include <atomic>
#include <cstdint>
#include <memory>

#include "daemon/run/running_program.h"
#include "daemon/support/file_descriptor.h"

namespace pyrometer {

/// A program that runs already and is none of ours: watched until it ends, until the time is up, or until
/// somebody has seen enough. It is neither signalled nor waited for, and runs on when we go. Thread: the
/// strand's, but for requestStop().
class AttachedProgram : public RunningProgram {
 public:
  struct Until {
    std::int64_t duration_ns = 0;  ///< 0: no limit
    bool signals = false;          ///< those of EndingSignals, of which there must be one
  };
  AttachedProgram(pid_t program, Until until);
  ~AttachedProgram() override;

  Result<pid_t> start(const Spawn& spawn) override;
  void watch(boost::asio::io_context& io, std::function<void()> ended) override;
  void unwatch() override;
  bool attend() override;

  /// Any thread, any number of times.
  void requestStop() { stop_.store(true, std::memory_order_relaxed); }
  bool stopRequested() const { return stop_.load(std::memory_order_relaxed); }

 private:
  struct Watch;
  void waitForEnd();

  pid_t program_;
  Until until_;
  std::int64_t time_up_ = INT64_MAX;
  FileDescriptor process_, signals_;
  std::atomic<bool> stop_{false};
  std::unique_ptr<Watch> watch_;
};

/// Keeps back SIGINT, SIGTERM and SIGHUP, as long as it lives, for an AttachedProgram; what nobody has taken
/// by then is forgotten. Main thread, before there are others.
class EndingSignals {
 public:
  EndingSignals();
  ~EndingSignals();
  EndingSignals(const EndingSignals&) = delete;
  EndingSignals& operator=(const EndingSignals&) = delete;

  static sigset_t all();

 private:
  sigset_t before_;
};

}  // namespace pyrometer
