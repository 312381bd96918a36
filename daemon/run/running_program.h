#pragma once

#include <sys/types.h>

#include <functional>

#include "daemon/run/spawn.h"
#include "daemon/support/result.h"

namespace boost::asio {
class io_context;
}

namespace pyrometer {

/// How the program of a run is started and watched: in our own place in the terminal (ForegroundProgram), or
/// in a terminal of its own (TerminalProgram). It is never reaped here: the run does that when its samples
/// are taken, so that its pid stays its own until then. Thread: the strand's.
class RunningProgram {
 public:
  virtual ~RunningProgram() = default;
  virtual Result<pid_t> start(const Spawn& spawn) = 0;
  /// Calls `ended` once, on the loop, when the program has ended.
  virtual void watch(boost::asio::io_context& io, std::function<void()> ended) = 0;
  /// Before the loop goes.
  virtual void unwatch() = 0;
  /// What is to be done now and then, also where there is no loop for want of memory. Whether the program has
  /// ended. Does not throw.
  virtual bool attend() = 0;
};

}  // namespace pyrometer
