#include <fmt/format.h>
#include <unistd.h>

#include "daemon/cli/commands.h"
#include "daemon/cli/complain.h"
#include "daemon/cli/files.h"
#include "daemon/cli/jit_view.h"
#include "daemon/cli/watched_reading.h"
#include "daemon/support/figures.h"

namespace pyrometer {
namespace {

int written(const Result<std::string>& text) {
  if (!text.ok()) return complain(text.error(), kFailed);
  const Result<void> done = writeAll(STDOUT_FILENO, *text);
  return done.ok() ? 0 : complain(done.error(), kFailed);
}

Error noSuchTrace(const jit::TraceForest& forest, std::uint64_t number) {
  if (forest.traces().empty()) return {"the log holds no trace", forest.info().path};
  return {fmt::format("the log has no trace {}; it has {}, from {} to {}", number,
                      countText(forest.traces().size()), forest.traces().front().number,
                      forest.traces().back().number),
          forest.info().path};
}

std::string withNotes(std::string view, const jit::TraceForest& forest, const Terminal& terminal) {
  const std::string notes = jitNotesText(forest, terminal);
  return notes.empty() ? view : std::move(view) + "\n" + notes;
}

}  // namespace

int jitTraces(const JitCommand& command) {
  const Result<OpenedFile> opened = openWatched(command.file, {.import = {.log_process = command.process}});
  if (!opened.ok()) return complain(opened.error(), kFailed);
  if (opened->jit == nullptr) {
    std::string why = "holds no log of a JIT; PyPy writes one with JITLOG=FILE, or with _jitlog.enable";
    if (!opened->notes.empty()) why += " (" + opened->notes.front() + ")";
    return complain({why, command.file}, kFailed);
  }
  const jit::TraceForest& forest = *opened->jit;
  const Terminal terminal = terminalOf(STDOUT_FILENO);
  if (!command.trace) {
    if (command.json) return written(jitListJson(forest, command.selection));
    return written(withNotes(jitListView(forest, command.selection, terminal), forest, terminal));
  }
  const auto trace = forest.findTrace(*command.trace);
  if (!trace) return complain(noSuchTrace(forest, *command.trace), kFailed);
  if (command.json) return written(jitTraceJson(forest, *trace, command.stage));
  return written(jitTraceView(forest, *trace, command.stage, terminal));
}

}  // namespace pyrometer
