#include "daemon/run/recording.h"

#include <exception>
#include <utility>

#include "daemon/run/interpreter.h"
#include "daemon/run/run_strand.h"

namespace pyrometer {

Result<RunOutcome> runProgram(const RunOptions& options) {
  // Library exceptions (memory, descriptors) before the program runs; later ones are the strand's.
  try {
    auto plan = planLaunch({.command = options.command, .python = options.python, .outside = options.outside},
                           Surroundings::ofThisProcess());
    if (!plan) return plan.error();
    return RunStrand(options, std::move(plan).value()).run();
  } catch (const std::exception& error) {
    return Error{std::string("the run could not be started (") + error.what() +
                     "); a limit on memory or open files (ulimit) may be too low",
                 {}};
  }
}

}  // namespace pyrometer
