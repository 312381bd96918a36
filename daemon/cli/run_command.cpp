#include <fmt/format.h>

#include "daemon/cli/commands.h"
#include "daemon/cli/complain.h"
#include "daemon/cli/ending.h"
#include "daemon/cli/outcome_place.h"

namespace pyrometer {
namespace {

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
  const Result<OutcomePlace> place = OutcomePlace::open(settings.output, settings.quiet.value_or(false));
  if (!place.ok()) return complain(place.error(), kRunFailed);
  RunOptions options = optionsOf(settings, command.program);
  options.folder = place->folder();
  const Result<RunOutcome> outcome = runProgram(options);
  if (!outcome.ok()) return complain(outcome.error(), startFailureStatus(command.program));
  place->settle(*outcome, fmt::format("{}: no Python was found running in it", command.program[0]));
  return endLike(outcome->wait_status);
}

}  // namespace pyrometer
