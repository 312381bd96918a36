#include "daemon/run/recording.h"

#include <exception>
#include <utility>

#include "daemon/run/foreground_program.h"
#include "daemon/run/interpreter.h"
#include "daemon/run/run_strand.h"

namespace pyrometer {

Result<RunOutcome> runProgram(const RunOptions& options) {
  // Library exceptions (memory, descriptors) before the program runs; later ones are the strand's.
  try {
    auto plan = planLaunch({.command = options.command,
                            .python = options.python,
                            .outside = options.outside,
                            .python_option = options.python_option,
                            .outside_option = options.outside_option},
                           Surroundings::ofThisProcess());
    if (!plan) return plan.error();
    ForegroundProgram program;
    RunStrand strand(options, std::move(plan).value(), program);
    if (const auto begun = strand.start(); !begun) return begun.error();
    return strand.finish();
  } catch (const std::exception& error) {
    return Error{std::string("the run could not be started (") + error.what() +
                     "); a limit on memory or open files (ulimit) may be too low",
                 {}};
  }
}

}  // namespace pyrometer
