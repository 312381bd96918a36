#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/run/kept_runs.h"
#include "daemon/run/recording.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// What is left of a run once it is over and put away.
struct RunEnd {
  std::shared_ptr<const Profile> profile;
  std::string file;                ///< where it is kept; empty if nowhere
  std::vector<std::string> notes;  ///< of the saving
  std::string message;             ///< one sentence: what was recorded and where it is kept
  /// Or minus the number of the signal; of a program that was attached to it is not known.
  std::optional<int> exit_status;
};

/// A wait status (as of waitpid) as the exit status, or minus the number of the signal.
int exitStatusOf(int wait_status);
std::optional<int> exitStatusOf(const RunOutcome& outcome);

/// Puts runs away among the user's kept runs. Any thread.
class RunSaver {
 public:
  /// For RunOptions::folder; an Error if runs cannot be kept.
  Result<std::string> recordings();
  RunEnd finish(const RunOutcome& outcome);
  /// Bundles of recordings that were left behind.
  std::vector<std::string> recoverLeft(const std::stop_token& stop, const KeptRuns::OnRecovery& on_begin);

 private:
  Result<std::string> save(const RunOutcome& outcome);

  std::mutex packing_;  ///< one run at a time: their names are looked for first and taken then
  std::mutex mutex_;    ///< of what is below; held for moments, since starting a run waits for it
  std::optional<Result<KeptRuns>> kept_;
};

/// Where the recording of a run has gone that a dead daemon left: it is finished now if it was not yet, and
/// the bundle that was made of it is the answer. The path as it is for all else, and for the recording of a
/// daemon that lives.
std::string afterRecovery(const std::string& path, const std::stop_token& stop);

}  // namespace pyrometer
