#include <fmt/format.h>

#include <algorithm>

#include "daemon/analysis/state_shares.h"
#include "daemon/cli/figures.h"
#include "daemon/cli/styled_line.h"
#include "daemon/cli/view.h"

namespace pyrometer {

std::string statesView(const Profile& profile, const Terminal& terminal) {
  StyledLine title(terminal);
  title.rest(titleOf(profile.info()), Style::kBold);
  std::string out = title.text() + paragraph(terminal, "", summaryText(profile), Style::kDim);
  const std::vector<StateShare> shares = stateShares(profile);
  if (shares.empty()) return out;
  out += "\n";
  const bool narrow = terminal.isNarrow();
  const bool few = profile.effectiveSamples() < kFewSamples && !narrow;
  const int bar_width = terminal.width >= 72 ? 16 : 8;
  StyledLine header(terminal);
  header.right("time", 7, Style::kDim);
  if (few) header.blank(1).right("interval", kIntervalWidth, Style::kDim);
  if (!narrow) header.blank(1).right("samples", 9, Style::kDim).blank(2 + bar_width);
  out += header.blank(2).rest("state", Style::kDim).text();
  for (const StateShare& row : shares) {
    const double share = shareOf(row.time, profile.totalWeight());
    StyledLine line(terminal);
    line.right(percentText(share), 7);
    if (few) {
      line.blank(1).right(intervalText(share, profile.effectiveSamples(), terminal.charset), kIntervalWidth,
                          Style::kDim);
    }
    if (!narrow) {
      line.blank(1).right(countText(row.samples), 9).blank(2).bar(share, bar_width, Style::kHeat1);
    }
    line.blank(2);
    const std::string_view vm = vmStateText(row.state.vm);
    // Files of other tools know nothing of threads.
    line.rest(row.state.thread == ThreadState::kUnknown
                  ? std::string(vm)
                  : fmt::format("{}, {}", threadStateText(row.state.thread), vm));
    out += line.text();
  }
  const JitShare jit = jitShare(profile);
  if (jit.own.count + jit.inlined.count == 0) return out;
  const std::size_t blocks = profile.jitBlocks().size();
  return out + "\n" +
         paragraph(terminal, "",
                   fmt::format(
                       "Of the samples in compiled code, {} ({} of all time) were in functions that the JIT "
                       "inlined into a caller's code, {} in the functions that it compiled; {} {} of "
                       "machine code.",
                       countText(jit.inlined.count),
                       percentText(shareOf(jit.inlined.weight, profile.totalWeight())),
                       countText(jit.own.count), countText(blocks), blocks == 1 ? "block" : "blocks"));
}

}  // namespace pyrometer
