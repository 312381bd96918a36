#include "daemon/cli/outcome_place.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "daemon/cli/command_line.h"
#include "daemon/cli/complain.h"
#include "daemon/cli/figures.h"
#include "daemon/cli/files.h"
#include "daemon/cli/shell_word.h"
#include "daemon/cli/styled_line.h"
#include "daemon/cli/view.h"
#include "daemon/exporters/bundle/bundle.h"
#include "daemon/exporters/export_file.h"
#include "daemon/importers/registry.h"

namespace pyrometer {
namespace {

/// Below this even a table would mislead.
constexpr std::size_t kNothingToShow = 5;

bool isVmprof(const std::string& path) { return path.ends_with(".vmprof") || path.ends_with(".prof"); }

std::string folderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

/// Where the run was saved and what that lost, or why it was not.
struct Saved {
  std::string path;
  std::vector<std::string> losses;
};

/// As a bundle. Where the recording is not whole on disk, the profile in memory is.
Result<void> saveBundle(const RunOutcome& outcome, const std::string& path) {
  const bool on_disk = !outcome.recording.empty() && outcome.recording_complete;
  if (outcome.recording.empty() && outcome.profile->sampleCount() == 0) {
    return Error{"nothing was recorded that could be written there", path};
  }
  const Result<void> saved =
      on_disk ? bundle::pack(outcome.recording, path) : bundle::save(*outcome.profile, path);
  if (saved.ok() && !outcome.recording.empty()) removeRecording(outcome.recording);
  return saved;
}

Result<Saved> save(const RunOutcome& outcome, const std::optional<std::string>& output, KeptRuns* kept) {
  if (output && isVmprof(*output)) {
    const Exporter* exporter = findExporter("vmprof");
    if (exporter == nullptr) return Error{"vmprof cannot be written here; choose another name", *output};
    const Result<void> written = exportToFile(*outcome.profile, *exporter, {}, *output);
    if (!written.ok()) return written.error();
    if (!outcome.recording.empty()) removeRecording(outcome.recording);
    return Saved{*output, exporter->losses(*outcome.profile, {})};
  }
  if (output) {
    const Result<void> saved = saveBundle(outcome, *output);
    if (!saved.ok()) return saved.error();
    return Saved{*output, {}};
  }
  if (kept == nullptr) return Error{"the recording has no place to be kept in", {}};
  if (outcome.recording.empty()) {
    return Error{"the run could not be kept there; name a file elsewhere with -o", kept->runs()};
  }
  if (outcome.recording_complete) {
    Result<std::string> path = kept->keep(outcome.recording);
    if (!path.ok()) return path.error();
    return Saved{std::move(path).value(), {}};
  }
  // The recording's name is the only one of its kind.
  const std::string name = outcome.recording.substr(outcome.recording.rfind('/') + 1);
  const std::string path = kept->runs() + "/" + name + ".pyrometer";
  const Result<void> saved = saveBundle(outcome, path);
  if (!saved.ok()) return saved.error();
  return Saved{path, {}};
}

/// Says what there is on disk of a run that could not be saved; without a sample it is nothing, and removed.
void tellWhatIsLeft(const RunOutcome& outcome, bool found_later) {
  if (outcome.recording.empty()) return;
  const auto left = readProfile(outcome.recording);
  if (!left.ok() || (*left)->sampleCount() == 0) return removeRecording(outcome.recording);
  remark(
      fmt::format("{} is in the folder {}, which pyrometer show can read{}",
                  outcome.recording_complete ? "what was recorded" : "what of it could be recorded on disk",
                  outcome.recording,
                  found_later ? "; the next pyrometer run makes a kept run of it, once there is room" : ""));
}

std::string report(const Profile& profile, const Saved* saved, bool kept) {
  const Terminal terminal = terminalOf(STDERR_FILENO);
  StyledLine title(terminal);
  title.add("pyrometer", Style::kBold).add("  ").rest(titleOf(profile.info()), Style::kDim);
  std::string out = "\n" + title.text();
  if (profile.sampleCount() >= kNothingToShow) out += flatView(profile, {}, terminal, true) + "\n";
  out += paragraph(terminal, "", summaryText(profile));
  if (const std::string few = tooFewText(profile); !few.empty()) out += paragraph(terminal, "", few);
  out += notesText(profile, terminal);
  if (saved == nullptr) return out;
  for (const std::string& loss : saved->losses) {
    out += paragraph(terminal, "note: ", fmt::format("vmprof cannot hold {}", loss));
  }
  // The path stands alone and uncut, to be copied.
  const std::string path = printable(shellWord(saved->path), terminal.charset);
  out += fmt::format("{}: pyrometer show {}\n", kept ? "Kept. See it again" : "Written. See it again", path);
  return out;
}

}  // namespace

IgnoredSignals::IgnoredSignals() : file_size_(signal(SIGXFSZ, SIG_IGN)), pipe_(signal(SIGPIPE, SIG_IGN)) {}

IgnoredSignals::~IgnoredSignals() {
  signal(SIGXFSZ, file_size_);
  signal(SIGPIPE, pipe_);
}

Result<OutcomePlace> OutcomePlace::open(std::optional<std::string> output, bool quiet) {
  OutcomePlace place;
  if (output) {
    if (const Result<void> fine = checkOutput(*output); !fine.ok()) return fine.error();
  }
  const IgnoredSignals ignored;
  Result<KeptRuns> kept = KeptRuns::open();
  if (kept.ok()) {
    for (const std::string& path : kept->recoverLeft()) {
      if (!quiet) {
        remark(fmt::format("recovered a recording that was left behind: pyrometer show {}", shellWord(path)));
      }
    }
    place.folder_ = kept->recordings();
    place.kept_ = std::move(kept).value();
  } else if (output) {
    place.folder_ = folderOf(*output);
  } else if (!quiet) {
    remark(
        fmt::format("the run will not be kept: {}; name a file with -o, or set XDG_STATE_HOME to a folder "
                    "that can be written",
                    kept.error().text()));
  }
  place.output_ = std::move(output);
  place.quiet_ = quiet;
  return place;
}

bool OutcomePlace::settle(const RunOutcome& outcome, std::string_view none) const {
  const IgnoredSignals ignored;
  const Profile& profile = *outcome.profile;
  if (!outcome.sampled) {
    // There is nothing to save, and a file that says so in silence would be worse than none.
    for (const std::string& note : profile.info().notes) remark(note);
    if (profile.info().notes.empty()) remark(std::string(none));
    if (!outcome.recording.empty()) removeRecording(outcome.recording);
    return false;
  }
  bool fine = true;
  std::optional<Saved> saved;
  if (output_ || kept_) {
    Result<Saved> result = save(outcome, output_, kept_ ? &*kept_ : nullptr);
    fine = result.ok();
    if (fine) {
      saved = std::move(result).value();
    } else {
      complain(result.error(), kRunFailed);
      tellWhatIsLeft(outcome, kept_.has_value());
    }
  }
  if (!quiet_) {
    // If standard error is gone there is nobody to tell.
    const std::string text = report(profile, saved ? &*saved : nullptr, !output_);
    static_cast<void>(writeAll(STDERR_FILENO, text).ok());
  } else if (!outcome.recording_complete) {
    for (const std::string& note : profile.info().notes) remark(note);
  }
  return fine;
}

}  // namespace pyrometer
