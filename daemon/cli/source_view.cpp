#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "daemon/analysis/line_heat.h"
#include "daemon/cli/figures.h"
#include "daemon/cli/places.h"
#include "daemon/cli/source_text.h"
#include "daemon/cli/styled_line.h"
#include "daemon/cli/view.h"

namespace pyrometer {

std::string sourceView(const Profile& profile, FileId file, std::string_view text, const ViewOptions& options,
                       const Terminal& terminal) {
  const std::vector<LineHeat> heat = lineHeat(profile, file);
  SourceText recorded(profile);
  const std::vector<std::string_view>* lines = recorded.linesOf(file);
  const std::vector<std::string_view> given =
      lines == nullptr ? splitLines(text) : std::vector<std::string_view>();
  if (lines == nullptr) lines = &given;

  // Time of library code belongs to the user's line; in a library's own file, and with --all, self is what
  // there is.
  const bool charged = !options.all && profile.file(file).owner == Owner::kUser;
  const auto timeOf = [&](const Counters& c) { return charged ? c.charged_time : c.self_time; };
  const auto samplesOf = [&](const Counters& c) { return charged ? c.charged : c.self; };
  std::uint64_t most = 0, own = 0, nowhere = 0;
  std::size_t last = lines->size();
  for (const LineHeat& line : heat) {
    own += timeOf(line.counters);
    if (line.line == 0) {
      nowhere += samplesOf(line.counters);
      continue;
    }
    most = std::max(most, timeOf(line.counters));
    last = std::max<std::size_t>(last, line.line);
  }

  StyledLine title(terminal);
  title.add(cutStart(printable(PlaceNames(profile).path(file), terminal.charset), terminal.width - 24,
                     terminal.charset),
            Style::kBold);
  title.add(fmt::format("  {} of all time", percentText(shareOf(own, profile.totalWeight()))), Style::kDim);
  std::string out = title.text();
  const bool few = profile.effectiveSamples() < kFewSamples && terminal.width >= 76;
  const int number_width = std::max<int>(4, static_cast<int>(fmt::format("{}", last).size()));
  const int bar_width = terminal.width >= 100 ? 8 : 4;
  const std::string edge = terminal.charset == Charset::kUnicode ? "│ " : "| ";

  StyledLine header(terminal);
  header.right("time", 7, Style::kDim).blank(1);
  if (few) header.right("interval", kIntervalWidth, Style::kDim).blank(1);
  header.right("total", 7, Style::kDim).blank(1).right("samples", 7, Style::kDim).blank(bar_width + 2);
  header.right("line", number_width, Style::kDim);
  out += header.text();

  auto next = heat.begin();
  while (next != heat.end() && next->line == 0) ++next;
  // A line number without text may be anything up to 2^32: lines that do not exist are shown only where they
  // are hot.
  for (std::size_t number = 1; number <= last;) {
    StyledLine line(terminal);
    const bool known = number <= lines->size();
    if (!known && (next == heat.end() || next->line != number)) {
      if (next == heat.end()) break;
      number = next->line;
      continue;
    }
    if (next != heat.end() && next->line == number) {
      const Counters& c = next->counters;
      const double share = shareOf(timeOf(c), profile.totalWeight());
      const Style style = heatStyle(heatClass(share));
      line.right(timeOf(c) == 0 ? "" : percentText(share), 7, style).blank(1);
      if (few) {
        line.right(timeOf(c) == 0 ? "" : intervalText(share, profile.effectiveSamples(), terminal.charset),
                   kIntervalWidth, Style::kDim);
        line.blank(1);
      }
      line.right(percentText(shareOf(c.total_time, profile.totalWeight())), 7, Style::kDim).blank(1);
      line.right(samplesOf(c) == 0 ? "" : countText(samplesOf(c)), 7).blank(1);
      line.bar(shareOf(timeOf(c), most), bar_width, style).blank(1);
      ++next;
    } else {
      line.blank(7 + 1 + (few ? kIntervalWidth + 1 : 0) + 7 + 1 + 7 + 1 + bar_width + 1);
    }
    line.right(fmt::format("{}", number), number_width, Style::kDim).blank(1).add(edge, Style::kDim);
    if (known) line.rest(expandTabs((*lines)[number - 1]));
    out += line.text();
    ++number;
  }
  if (nowhere != 0) {
    out += paragraph(terminal, "",
                     fmt::format("{} samples are somewhere in this file, on a line that is not known.",
                                 countText(nowhere)),
                     Style::kDim);
  }
  if (const Source* source = profile.findSource(file); source != nullptr && source->changed_during_run) {
    out +=
        paragraph(terminal, "",
                  "The file was written after the program had started: lines may not be where the heat is.",
                  Style::kDim);
  }
  return out;
}

}  // namespace pyrometer
