#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <utility>

#include "daemon/cli/commands.h"
#include "daemon/cli/complain.h"
#include "daemon/cli/ending.h"
#include "daemon/cli/figures.h"
#include "daemon/cli/files.h"
#include "daemon/cli/shell_word.h"
#include "daemon/cli/styled_line.h"
#include "daemon/exporters/bundle/bundle.h"
#include "daemon/exporters/export_file.h"
#include "daemon/importers/registry.h"
#include "daemon/run/kept_runs.h"
#include "daemon/run/recording.h"

namespace pyrometer {
namespace {

/// Below this even a table would mislead.
constexpr std::size_t kNothingToShow = 5;

/// Writing must fail with a word, not with a signal. Not while the program is started, which would inherit
/// it.
class IgnoredSignals {
 public:
  IgnoredSignals() : file_size_(signal(SIGXFSZ, SIG_IGN)), pipe_(signal(SIGPIPE, SIG_IGN)) {}
  ~IgnoredSignals() {
    signal(SIGXFSZ, file_size_);
    signal(SIGPIPE, pipe_);
  }
  IgnoredSignals(const IgnoredSignals&) = delete;
  IgnoredSignals& operator=(const IgnoredSignals&) = delete;

 private:
  using Handler = void (*)(int);
  Handler file_size_, pipe_;
};

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

RunOptions optionsOf(const RunSettings& settings, const std::vector<std::string>& program) {
  RunOptions options;
  options.command = program;
  options.python = settings.python.value_or("");
  options.mode = settings.mode.value_or(Mode::kCpu);
  options.rate_hz = settings.rate_hz.value_or(0);
  options.outside = settings.outside.value_or(false);
  options.memory = settings.memory.value_or(true);
  options.children = settings.children.value_or(true);
  options.native = settings.native.value_or(false);
  options.keep_sources = settings.sources.value_or(true);
  options.keep_argv = settings.argv.value_or(true);
  return options;
}

}  // namespace

int run(const RunCommand& command) {
  RunSettings settings = command.settings;
  if (!command.config.empty()) {
    const Result<RunSettings> file = readSettings(command.config);
    if (!file.ok()) return complain(file.error(), kRunFailed);
    settings = settings.over(*file);
  }
  for (const std::string& text : settings.remarks) remark(text);
  const bool quiet = settings.quiet.value_or(false);
  if (settings.output) {
    if (const Result<void> fine = checkOutput(*settings.output); !fine.ok())
      return complain(fine.error(), kRunFailed);
  }

  RunOptions options = optionsOf(settings, command.program);
  std::optional<IgnoredSignals> ignored(std::in_place);
  Result<KeptRuns> kept = KeptRuns::open();
  if (kept.ok()) {
    for (const std::string& path : kept->recoverLeft()) {
      if (!quiet) {
        remark(fmt::format("recovered a recording that was left behind: pyrometer show {}", shellWord(path)));
      }
    }
    options.folder = kept->recordings();
  } else if (settings.output) {
    options.folder = folderOf(*settings.output);
  } else if (!quiet) {
    remark(
        fmt::format("the run will not be kept: {}; name a file with -o, or set XDG_STATE_HOME to a folder "
                    "that can be written",
                    kept.error().text()));
  }
  ignored.reset();

  const Result<RunOutcome> ran = runProgram(options);
  if (!ran.ok()) return complain(ran.error(), startFailureStatus(command.program));
  const RunOutcome& outcome = *ran;
  ignored.emplace();
  const Profile& profile = *outcome.profile;

  if (!outcome.sampled) {
    // There is nothing to save, and a file that says so in silence would be worse than none.
    for (const std::string& note : profile.info().notes) remark(note);
    if (profile.info().notes.empty())
      remark(fmt::format("{}: no Python was found running in it", command.program[0]));
    if (!outcome.recording.empty()) removeRecording(outcome.recording);
  } else {
    std::optional<Saved> saved;
    if (settings.output || kept.ok()) {
      Result<Saved> result = save(outcome, settings.output, kept.ok() ? &*kept : nullptr);
      if (result.ok()) {
        saved = std::move(result).value();
      } else {
        complain(result.error(), kRunFailed);
        tellWhatIsLeft(outcome, kept.ok());
      }
    }
    if (!quiet) {
      // If standard error is gone there is nobody to tell.
      const std::string text = report(profile, saved ? &*saved : nullptr, !settings.output);
      static_cast<void>(writeAll(STDERR_FILENO, text).ok());
    } else if (!outcome.recording_complete) {
      for (const std::string& note : profile.info().notes) remark(note);
    }
  }
  return endLike(outcome.wait_status);
}

}  // namespace pyrometer
