#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/support/result.h"

namespace pyrometer {

/// The runs that are kept without being asked for a file: $XDG_STATE_HOME/pyrometer (or
/// ~/.local/state/pyrometer), for the user's eyes alone (0700).
///   recordings/NAME-DATE-XXXXXX   folders of recordings that go on, or were left by a daemon that died
///   runs/NAME-DATE.pyrometer      bundles; the oldest are removed when they take more than the limit. Where
///                                 that name was taken: runs/NAME-DATE-XXXXXX.pyrometer
class KeptRuns {
 public:
  static constexpr std::uint64_t kDefaultLimit = 10'000'000'000;     ///< bytes
  static constexpr char kLimitVariable[] = "PYROMETER_STATE_LIMIT";  ///< bytes; another limit

  /// Makes the folders where they are missing.
  static Result<KeptRuns> open();
  static Result<KeptRuns> openAt(const std::string& folder, std::uint64_t limit);

  /// For RunOptions::folder.
  const std::string& recordings() const { return recordings_; }
  const std::string& runs() const { return runs_; }

  /// Makes a recording a bundle among the kept runs and removes its folder. The path of the bundle.
  Result<std::string> keep(const std::string& recording, std::stop_token stop = {});
  /// The bundle that keep() made of a recording; empty if it is not there.
  std::string bundleOf(const std::string& recording) const;

  /// Finishes recordings whose daemon died (their lock is free): the bundles' paths. Those without a sample
  /// are only removed. One that cannot be finished stays, for the next time; so do those that are left when
  /// it is stopped. `on_begin` hears the name of each before it is finished.
  using OnRecovery = std::function<void(const std::string& name)>;
  std::vector<std::string> recoverLeft(const std::stop_token& stop = {}, const OnRecovery& on_begin = {});

 private:
  KeptRuns(const std::string& folder, std::uint64_t limit);
  /// Without the ending; the first is the one to be had, the second is the recording's alone.
  std::vector<std::string> namesFor(const std::string& recording) const;
  void removeOldest(const std::string& except);

  std::string recordings_, runs_;
  std::uint64_t limit_;
};

/// Removes the folder of a recording that was packed elsewhere.
void removeRecording(const std::string& recording);

}  // namespace pyrometer
