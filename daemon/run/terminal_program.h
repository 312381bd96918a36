#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "daemon/run/pseudo_terminal.h"
#include "daemon/run/running_program.h"

namespace pyrometer {

/// A program in a pseudo-terminal: leader of a session of its own, with default signals and none of our
/// descriptors. Leaves this process's signal dispositions alone. Thread: the strand's, but for the requests.
class TerminalProgram : public RunningProgram {
 public:
  /// `working_directory` empty: ours.
  TerminalProgram(PseudoTerminal& terminal, std::string working_directory);
  ~TerminalProgram() override;

  Result<pid_t> start(const Spawn& spawn) override;
  void watch(boost::asio::io_context& io, std::function<void()> ended) override;
  void unwatch() override;
  bool attend() override;

  // Any thread; acted on within a tick.
  void requestStop() { stop_.store(true, std::memory_order_relaxed); }
  void requestKill() { kill_.store(true, std::memory_order_relaxed); }
  bool stopRequested() const { return stop_.load(std::memory_order_relaxed); }

 private:
  struct Watch;
  void waitForEnd();
  void stopFurther(std::int64_t now);
  void killSession() const;

  PseudoTerminal& terminal_;
  const std::string working_directory_;
  pid_t program_ = 0;
  std::unique_ptr<Watch> watch_;
  std::atomic<bool> stop_{false}, kill_{false};
  int asked_ = 0;               ///< how often it was asked to end, each time more firmly
  std::int64_t next_step_ = 0;  ///< when to ask again
};

}  // namespace pyrometer
