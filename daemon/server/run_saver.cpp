#include "daemon/server/run_saver.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "daemon/exporters/bundle/bundle.h"
#include "daemon/support/figures.h"

namespace pyrometer {
namespace {

constexpr const char* kEnding = ".pyrometer";

std::string nameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// One recovery at a time in this process. Not the savers' own: to pack what was left may take long, and a
/// run that ends meanwhile should not wait for it.
std::timed_mutex& recoveryMutex() {
  static std::timed_mutex mutex;
  return mutex;
}

std::string whatWasRecorded(const Profile& profile) {
  const std::size_t samples = profile.sampleCount();
  return fmt::format("Recorded {} {} in {}", countText(samples), samples == 1 ? "sample" : "samples",
                     durationText(profile.info().duration_ns));
}

}  // namespace

int exitStatusOf(int wait_status) {
  return WIFSIGNALED(wait_status) ? -WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

std::optional<int> exitStatusOf(const RunOutcome& outcome) {
  if (outcome.profile->info().attached) return std::nullopt;
  return exitStatusOf(outcome.wait_status);
}

Result<std::string> RunSaver::recordings() {
  const std::scoped_lock lock(mutex_);
  if (!kept_ || !kept_->ok()) kept_ = KeptRuns::open();
  if (!kept_->ok()) return kept_->error();
  return (*kept_)->recordings();
}

Result<std::string> RunSaver::save(const RunOutcome& outcome) {
  std::optional<KeptRuns> kept;
  {
    const std::scoped_lock lock(mutex_);
    if (kept_ && kept_->ok()) kept = **kept_;
  }
  if (!kept || outcome.recording.empty()) return Error{"the recording has no place to be kept in", {}};
  const std::scoped_lock packing(packing_);
  if (outcome.recording_complete) return kept->keep(outcome.recording);
  // Not all of it reached the disk; the profile in memory has everything. The recording's name is the only
  // one of its kind.
  const std::string path = kept->runs() + "/" + nameOf(outcome.recording) + kEnding;
  if (const Result<void> saved = bundle::save(*outcome.profile, path); !saved.ok()) return saved.error();
  removeRecording(outcome.recording);
  return path;
}

RunEnd RunSaver::finish(const RunOutcome& outcome) {
  RunEnd end{.profile = outcome.profile,
             .file = {},
             .notes = {},
             .message = {},
             .exit_status = exitStatusOf(outcome)};
  if (!outcome.sampled) {
    if (!outcome.recording.empty()) removeRecording(outcome.recording);
    const auto& notes = outcome.profile->info().notes;
    end.message = notes.empty() ? "No Python was found running in the program; there is nothing to show."
                                : "Nothing was recorded: " + notes.front();
    return end;
  }
  Result<std::string> path = save(outcome);
  if (path.ok()) {
    end.file = std::move(path).value();
    end.message = fmt::format("{}; kept in {}.", whatWasRecorded(*outcome.profile), end.file);
  } else {
    end.notes.push_back(fmt::format("the run could not be kept: {}", path.error().text()));
    end.message =
        fmt::format("{}; it could not be kept: {}", whatWasRecorded(*outcome.profile), path.error().text());
    if (!outcome.recording.empty()) end.file = outcome.recording;
  }
  return end;
}

std::vector<std::string> RunSaver::recoverLeft(const std::stop_token& stop,
                                               const KeptRuns::OnRecovery& on_begin) {
  const std::scoped_lock lock(recoveryMutex());
  Result<KeptRuns> kept = KeptRuns::open();
  return kept.ok() ? kept->recoverLeft(stop, on_begin) : std::vector<std::string>();
}

std::string afterRecovery(const std::string& path, const std::stop_token& stop) {
  Result<KeptRuns> kept = KeptRuns::open();
  if (!kept.ok() || !path.starts_with(kept->recordings() + "/")) return path;
  std::unique_lock lock(recoveryMutex(), std::defer_lock);
  while (!lock.try_lock_for(std::chrono::milliseconds(50))) {
    if (stop.stop_requested()) return path;
  }
  std::error_code error;
  if (std::filesystem::exists(path, error)) kept->recoverLeft(stop);
  if (std::filesystem::exists(path, error)) return path;
  const std::string bundle = kept->bundleOf(path);
  return bundle.empty() ? path : bundle;
}

}  // namespace pyrometer
