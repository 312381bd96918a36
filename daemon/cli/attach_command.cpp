#include <fmt/format.h>
#include <unistd.h>

#include "daemon/analysis/line_heat.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/complain.h"
#include "daemon/cli/files.h"
#include "daemon/cli/outcome_place.h"
#include "daemon/cli/places.h"
#include "daemon/cli/styled_line.h"
#include "daemon/run/attached_program.h"
#include "daemon/support/figures.h"

namespace pyrometer {
namespace {

RunOptions optionsOf(const AttachCommand& command) {
  const RunSettings& settings = command.settings;
  RunOptions options;
  options.attach = command.pid;
  options.mode = settings.mode.value_or(Mode::kCpu);
  options.rate_hz = settings.rate_hz.value_or(0);
  options.memory = settings.memory.value_or(true);
  options.children = settings.children.value_or(true);
  options.keep_sources = settings.sources.value_or(true);
  options.keep_argv = settings.argv.value_or(true);
  options.blocking = command.blocking;
  options.duration_ns = static_cast<std::int64_t>(command.seconds.value_or(0) * 1e9);
  return options;
}

/// One line that is drawn anew, where there is a terminal to draw on.
class StatusLine {
 public:
  explicit StatusLine(bool wanted) : draws_(wanted && isatty(STDERR_FILENO) != 0) {}

  void draw(const Profile& profile) {
    if (!draws_) return;
    drawn_ = true;
    std::string text = fmt::format("{}, {} samples", durationText(profile.info().duration_ns),
                                   countText(profile.sampleCount()));
    for (const LineHeat& line : hotLines(profile, Charge::kMyCode, 1)) {
      text +=
          fmt::format(", hottest: {} with {}", PlaceNames(profile).place(line.id), percentText(line.share));
    }
    const Terminal terminal = terminalOf(STDERR_FILENO);
    StyledLine line(terminal);
    say("\r\x1b[K" + line.rest(text + "; Ctrl-C ends this").text());
  }
  void clear() const {
    if (drawn_) say("\r\x1b[K");
  }

 private:
  static void say(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    static_cast<void>(writeAll(STDERR_FILENO, text).ok());
  }
  bool draws_, drawn_ = false;
};

}  // namespace

int attach(const AttachCommand& command) {
  const bool quiet = command.settings.quiet.value_or(false);
  const Result<OutcomePlace> place = OutcomePlace::open(command.settings.output, quiet);
  if (!place.ok()) return complain(place.error(), kFailed);
  RunOptions options = optionsOf(command);
  options.folder = place->folder();

  const EndingSignals until;
  StatusLine status(!quiet);
  if (!quiet)
    remark(fmt::format("attaching to process {}; {}Ctrl-C ends this, and the program goes on", command.pid,
                       command.seconds ? fmt::format("for {}, ", durationText(options.duration_ns)) : ""));
  const Result<RunOutcome> outcome =
      attachProgram(std::move(options), [&](const Profile& profile) { status.draw(profile); });
  status.clear();
  if (!outcome.ok()) return complain(outcome.error(), kFailed);
  return place->settle(*outcome, fmt::format("process {}: its stacks could not be read", command.pid))
             ? 0
             : kFailed;
}

}  // namespace pyrometer
