#pragma once

#include <memory>

#include "daemon/run/launcher.h"
#include "daemon/run/running_program.h"

namespace pyrometer {

/// A program that runs in our place: signals sent to us are for it, and where it is stopped so are we. Main
/// thread; one at a time; signal dispositions are ours as long as it exists.
class ForegroundProgram : public RunningProgram {
 public:
  ForegroundProgram();
  ~ForegroundProgram() override;

  Result<pid_t> start(const Spawn& spawn) override;
  void watch(boost::asio::io_context& io, std::function<void()> ended) override;
  void unwatch() override;
  bool attend() override;

 private:
  struct Watch;
  void waitForSignals();

  RunSignals signals_;
  pid_t program_ = 0;
  std::unique_ptr<Watch> watch_;
};

}  // namespace pyrometer
