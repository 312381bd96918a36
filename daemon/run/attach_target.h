#pragma once

#include "daemon/run/interpreter.h"
#include "daemon/run/recording.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// Looks at the process `options.attach` before anything is begun: is it there, Python that is supported (or,
/// with children, did it start such), and may we read it? Fills in what `options` cannot know of a program
/// that ran before (command, outside, late). An Error says why it cannot be attached to, and what to do.
Result<LaunchPlan> planAttach(RunOptions& options);

}  // namespace pyrometer
