#include "daemon/run/recording.h"

#include <exception>
#include <utility>

#include "daemon/run/attach_target.h"
#include "daemon/run/attached_program.h"
#include "daemon/run/foreground_program.h"
#include "daemon/run/interpreter.h"
#include "daemon/run/process_files.h"
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

Result<RunOutcome> attachProgram(RunOptions options, const OnProgress& progress) {
  constexpr std::int64_t kBetweenReports = 500'000'000;
  try {
    auto plan = planAttach(options);
    if (!plan) return plan.error();
    AttachedProgram program(options.attach, {.duration_ns = options.duration_ns, .signals = true});
    std::int64_t reported_at = 0;
    RunStrand strand(options, std::move(plan).value(), program, [&](ProfileBuilder& builder) {
      const std::int64_t now = monotonicNow();
      if (!progress || now - reported_at < kBetweenReports) return;
      reported_at = now;
      progress(*builder.snapshot());
    });
    if (const auto begun = strand.start(); !begun) return begun.error();
    return strand.finish();
  } catch (const std::exception& error) {
    return Error{std::string("the process could not be attached to (") + error.what() +
                     "); a limit on memory or open files (ulimit) may be too low",
                 {}};
  }
}

}  // namespace pyrometer
