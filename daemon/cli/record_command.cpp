#include "daemon/cli/commands.h"
#include "daemon/cli/complain.h"
#include "daemon/run/record.h"

namespace pyrometer {

int record(const RecordCommand& command) {
  const Result<void> recorded = recordProgram({.program = command.pid,
                                               .output = command.output,
                                               .report = command.report,
                                               .rate_hz = command.rate_hz,
                                               .mode = command.mode,
                                               .lines = command.lines,
                                               .memory = command.memory,
                                               .keep_argv = command.argv,
                                               .thread = command.thread});
  return recorded.ok() ? 0 : complain(recorded.error(), kFailed);
}

}  // namespace pyrometer
