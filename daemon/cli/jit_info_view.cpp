#include <fmt/format.h>

#include "daemon/cli/info_sheet.h"
#include "daemon/cli/jit_view.h"
#include "daemon/cli/styled_line.h"
#include "daemon/cli/view.h"
#include "daemon/support/figures.h"

namespace pyrometer {
namespace {

std::string numberOf(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", countText(count), what, count == 1 ? "" : "s");
}

}  // namespace

std::string jitInfoView(const jit::TraceForest& forest, const Terminal& terminal) {
  const jit::LogInfo& info = forest.info();
  std::uint64_t kinds[4] = {}, ends[3] = {}, code = 0, bytes = 0;
  for (const jit::Trace& trace : forest.traces()) {
    ++kinds[static_cast<std::size_t>(trace.kind)];
    ++ends[static_cast<std::size_t>(trace.end)];
    bytes += trace.code_bytes;
  }
  for (const jit::Stage& stage : forest.allStages()) code += stage.code.empty() ? 0 : 1;
  InfoSheet sheet(terminal);
  sheet.row("log", info.path);
  sheet.row("file format", fmt::format("jitlog {}, {}, {} bit, {}", info.version, info.machine,
                                       info.word_bits, bytesText(info.bytes)));
  std::string traces =
      fmt::format("{}: {}, {}, {}", countText(forest.traces().size()), numberOf(kinds[0], "loop"),
                  numberOf(kinds[1], "bridge"), kinds[2] == 1 ? "1 entry" : countText(kinds[2]) + " entries");
  if (kinds[3] > 0) traces += fmt::format(", {} of unknown kind", countText(kinds[3]));
  sheet.row("traces", traces);
  if (ends[1] + ends[2] > 0) {
    sheet.row("not compiled",
              fmt::format("{} aborted, {} unfinished", countText(ends[1]), countText(ends[2])));
  }
  sheet.row("code", fmt::format("{} in {}", bytesText(bytes), numberOf(code, "block")));
  sheet.row("source", fmt::format("{}, {}", numberOf(forest.sources().functions().size(), "function"),
                                  numberOf(forest.sources().files().size(), "file")));
  sheet.row("source text", forest.sources().texts().empty()
                               ? std::string("not in the log")
                               : numberOf(forest.sources().texts().size(), "line"));
  sheet.row("counters", info.counters == 0
                            ? std::string("none: the program was killed, or is still running")
                            : fmt::format("{}{}", countText(info.counters),
                                          info.counters_of_others == 0
                                              ? std::string()
                                              : fmt::format(", {} of traces that the log does not have",
                                                            countText(info.counters_of_others))));
  if (info.headers > 1) sheet.row("switched on", fmt::format("{} times", info.headers));
  return sheet.take();
}

std::string jitNotesText(const jit::TraceForest& forest, const Terminal& terminal) {
  std::string out;
  for (const std::string& note : forest.info().notes) out += paragraph(terminal, "note: ", note);
  if (!forest.info().damage.empty()) out += paragraph(terminal, "note: ", damageText(forest.info().damage));
  return out;
}

}  // namespace pyrometer
