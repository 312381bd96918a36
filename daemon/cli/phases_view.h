#pragma once

#include <string>

#include "daemon/cli/terminal.h"
#include "daemon/cli/view.h"
#include "daemon/profile/phase_log.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// What the interpreter wrote down of its own doings: sections by time of their own, with counts.
std::string phasesView(const PhaseLog& log, const ViewOptions& options, const Terminal& terminal);
/// The same as a JSON document; with `options.all` each phase as well.
std::string phasesJson(const PhaseLog& log, const ViewOptions& options);

/// The texts of the sections whose names begin so, in the order of the log, with the time of each.
Result<std::string> sectionTexts(const PhaseLog& log, const std::string& name, const ViewOptions& options,
                                 const Terminal& terminal);

/// What is known of the log as a whole, for `info`.
std::string phaseLogInfo(const PhaseLog& log, const Terminal& terminal);

}  // namespace pyrometer
