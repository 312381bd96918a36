#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/profile/profile.h"
#include "daemon/run/recording.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// A run that goes on beside others: the program under the sampler in a pseudo-terminal of its own, and its
/// profile as it grows. `runProgram` (recording.h) is the other way: one run, in our own terminal.
///
/// The program leads a session and has the pseudo-terminal as its controlling terminal, with the usual
/// settings of one (echo, lines, Ctrl-C, \r\n in output). Signals have their default effect in it, no
/// descriptor of ours is open in it, TERM is ours (xterm-256color if we have none), COLUMNS and LINES are not
/// set. No signal disposition of this process is touched; SIGCHLD must not be ignored in it, or the program's
/// exit status is lost. If this process dies, the terminal hangs up: the program gets SIGHUP, and what was
/// recorded is found by KeptRuns::recoverLeft.
///
/// With `run.attach` nothing is started: the program is watched as AttachedProgram has it, and has a terminal
/// of its own, if any; stop() and the destructor end the watching and leave it alone.
///
/// Any number at once. All functions may be called from any thread, but not the destructor from a callback.
class LiveRun {
 public:
  struct Options {
    RunOptions run;                 ///< relative paths in it count from `working_directory`
    std::string working_directory;  ///< absolute; empty: ours
    std::vector<std::pair<std::string, std::string>> environment;  ///< set on top of ours
    unsigned columns = 80, rows = 24;                              ///< of the terminal: 1 to kMostCells
  };
  static constexpr unsigned kMostCells = 65535;
  /// Most bytes of input that may wait for the program.
  static constexpr std::size_t kMostInput = 1'048'576;

  struct Ended {
    RunOutcome outcome;    ///< `profile` is the last snapshot
    bool stopped = false;  ///< stop() was called before the program ended
  };

  /// Never two of one kind at once. They must not throw. Any may be empty.
  struct Events {
    /// Bytes as the terminal shows them, at once when they are written; a piece may end within a character.
    /// May block: then the program waits when its terminal is full (some 64 KiB), and nothing else does. Must
    /// return before the run can end. Thread: the terminal's.
    std::function<void(std::string_view bytes)> output;
    /// snapshot() has more: at once when there is a first sample, then at most ten times a second. Should not
    /// take long. Thread: the run's.
    std::function<void()> changed;
    /// The last call: the program has ended and `output` has had everything. Comes once for each run that was
    /// started, also from the destructor. Thread: the run's.
    std::function<void(const Ended&)> ended;
  };

  /// Returns when the program runs: within milliseconds, unless a shim (pyenv) has to be asked for its
  /// version. An Error means that it was not started, and says what to do. Callbacks may come before this
  /// returns.
  static Result<std::unique_ptr<LiveRun>> start(Options options, Events events);
  /// Kills the program's session if it still runs, and waits for the end.
  ~LiveRun();
  LiveRun(const LiveRun&) = delete;
  LiveRun& operator=(const LiveRun&) = delete;

  pid_t pid() const;
  /// As Options::run has it; of a program that was attached to, its own.
  const std::vector<std::string>& command() const;
  /// The folder of its recording, as RunOutcome::recording; empty if it could not be made.
  const std::string& recording() const;
  /// Types into the terminal; never blocks. "\x03" is Ctrl-C, as the program has set its terminal. An Error,
  /// and nothing typed, where more than kMostInput would wait, or to a program that was attached to. What is
  /// typed after the end is lost.
  Result<void> input(std::string_view bytes);
  /// An Error if a number is out of bounds. After the end: nothing.
  Result<void> resize(unsigned columns, unsigned rows);
  /// Ctrl-C for whatever is in the terminal's foreground; after 3 s SIGTERM for the program; after 3 s more
  /// SIGKILL for its whole session. Returns at once. The second call and one after the end do nothing.
  void stop();
  /// What is there so far, `RunInfo::duration_ns` included. Never null.
  std::shared_ptr<const Profile> snapshot() const;

 private:
  struct State;
  explicit LiveRun(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pyrometer
