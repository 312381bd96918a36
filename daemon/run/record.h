#pragma once

#include <sys/types.h>

#include <cstdint>

#include "daemon/profile/run_info.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// What `pyrometer record` is told by the program that it is to record.
struct RecordOptions {
  pid_t program = 0;
  int output = -1;  ///< a descriptor that we have inherited: where the profile goes
  int report = -1;  ///< another: "ready FOLDER" or "failed MESSAGE" is written there, and it is closed
  double rate_hz = 1000;
  Mode mode = Mode::kCpu;
  bool lines = false;
  bool memory = false;
  bool keep_argv = true;
  /// In wall mode only these threads are sampled, at first this one alone; 0: all of them.
  std::int32_t thread = 0;
};

/// Records a program that runs already from beside it, until it says so or has ended, and writes vmprof
/// version 6 to the descriptor meanwhile (RecordedProgram says how it is told to stop). Leaves the terminal's
/// session and closes all other descriptors. Its own death leaves the program undisturbed and the file
/// readable; the program's death loses nothing that was sampled. Main thread, before there are others.
Result<void> recordProgram(const RecordOptions& options);

}  // namespace pyrometer
