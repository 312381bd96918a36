#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/profile/profile_builder.h"
#include "daemon/support/result.h"

namespace pyrometer {

class ChosenThreads;

/// What `pyrometer run` asks for.
struct RunOptions {
  std::vector<std::string> command;  ///< as typed behind the options: "prog.py", "-m", "mod", "python3", ...
  std::string python;                ///< --python, or empty
  /// What the user knows `python` and `outside` as, for messages that say what to do.
  std::string python_option = "--python", outside_option = "--outside";
  Mode mode = Mode::kCpu;
  double rate_hz = 0;  ///< 0: auto
  bool outside = false;
  bool memory = true;
  bool native = false;
  bool children = true;  ///< sample the Python processes that the program starts, too
  bool keep_sources = true;
  bool keep_argv = true;
  /// Absolute folders whose files are the user's own, beside those that the command tells (MyCode).
  std::vector<std::string> my_code;
  /// Where the recording's folder is made (0700); must exist. KeptRuns::recordings() is the usual place.
  /// Empty: the recording is in memory only.
  std::string folder;
  /// The program ran before the recording began (see PacedTarget).
  bool late = false;
  /// A process to attach to; 0: `command` is started.
  std::int32_t attach = 0;
  std::int64_t duration_ns = 0;  ///< of an attachment: when to end it; 0: with the program
  /// Threads that run are stopped for each look from outside.
  bool blocking = false;
  std::shared_ptr<const ChosenThreads> chosen{};
  std::string sampler_library;  ///< empty: the one beside the executable
};

/// Says that a recording is alive: as long as it exists nobody else takes the folder for one left behind.
class RecordingLock;

/// What a run left. The profile is complete and its recording is the folder `recording`, ready to be made a
/// bundle (KeptRuns::keep, or bundle::pack and then removeRecording).
struct RunOutcome {
  std::shared_ptr<const Profile> profile;
  std::string recording;                ///< empty if nothing could be kept on disk (the notes say why)
  bool recording_complete = true;       ///< false: the disk was full; only `profile` has everything
  bool sampled = true;                  ///< false: no Python process was sampled (the notes say why)
  int wait_status = 0;                  ///< the program's own end, as of waitpid
  std::shared_ptr<RecordingLock> lock;  ///< hold it until the recording is packed and removed
};

/// What becomes of an attachment meanwhile.
using OnProgress = std::function<void(const Profile&)>;

/// Samples the process `options.attach` from outside until it ends, the time is up, or SIGINT, SIGTERM or
/// SIGHUP come, which EndingSignals (attached_program.h) must keep back; it runs on then. `progress` is
/// called twice a second. An Error: it cannot be attached to. Thread: the main one.
Result<RunOutcome> attachProgram(RunOptions options, const OnProgress& progress = {});

/// Runs a program under the sampler to its end: same stdin, stdout, stderr, process group and terminal as
/// without us. Ctrl-C reaches the program from the terminal and is not ours to act on; what is sent to us is
/// passed on. Blocks until the program has ended. An Error means that the program was not started. Thread:
/// the main one; signal dispositions are ours for the length of the run.
Result<RunOutcome> runProgram(const RunOptions& options);

}  // namespace pyrometer
