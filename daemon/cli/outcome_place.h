#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/run/kept_runs.h"
#include "daemon/run/recording.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// Where what `run` and `attach` recorded goes: a file that was named, else the kept runs; and what is said
/// about it, on standard error.
class OutcomePlace {
 public:
  /// An Error where the file cannot be written. Finishes recordings that were left behind.
  static Result<OutcomePlace> open(std::optional<std::string> output, bool quiet);

  /// Where the recording grows; empty: in memory only.
  const std::string& folder() const { return folder_; }
  /// Saves the recording and shows it, or says why not. False: there is nothing, or it could not be saved.
  /// `none`: what to say where no Python was sampled and no note says why.
  bool settle(const RunOutcome& outcome, std::string_view none) const;

 private:
  std::optional<std::string> output_;
  bool quiet_ = false;
  mutable std::optional<KeptRuns> kept_;
  std::string folder_;
};

/// Writing must fail with a word, not with a signal. Not while a program is started, which would inherit it.
class IgnoredSignals {
 public:
  IgnoredSignals();
  ~IgnoredSignals();
  IgnoredSignals(const IgnoredSignals&) = delete;
  IgnoredSignals& operator=(const IgnoredSignals&) = delete;

 private:
  using Handler = void (*)(int);
  Handler file_size_, pipe_;
};

}  // namespace pyrometer
