#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "daemon/analysis/hot_expressions.h"
#include "daemon/analysis/line_heat.h"
#include "daemon/cli/figures.h"
#include "daemon/cli/places.h"
#include "daemon/cli/source_text.h"
#include "daemon/cli/styled_line.h"
#include "daemon/cli/view.h"

namespace pyrometer {
namespace {

/// A source file with its heat in a gutter, and marks below lines whose heat is in a part of them.
class SourceTable {
 public:
  SourceTable(const Profile& profile, FileId file, const std::vector<std::string_view>& lines, bool charged,
              const Terminal& terminal)
      : profile_(profile),
        terminal_(terminal),
        lines_(lines),
        charged_(charged),
        few_(profile.effectiveSamples() < kFewSamples && terminal.width >= 76),
        heat_(lineHeat(profile, file)),
        expressions_(hotExpressions(profile, file)) {
    last_ = lines.size();
    for (const LineHeat& line : heat_) {
      own_ += timeOf(line.counters);
      if (line.line == 0) {
        nowhere_ += samplesOf(line.counters);
        continue;
      }
      most_ = std::max(most_, timeOf(line.counters));
      last_ = std::max<std::size_t>(last_, line.line);
    }
    number_width_ = std::max<int>(4, static_cast<int>(fmt::format("{}", last_).size()));
    bar_width_ = terminal.width >= 100 ? 8 : 4;
  }

  std::uint64_t ownTime() const { return own_; }
  /// Samples on lines that are not known.
  std::uint64_t nowhere() const { return nowhere_; }

  std::string draw() const;

 private:
  /// Columns left of the line's number.
  int figuresWidth() const {
    return terminal_.isNarrow() ? 8
                                : 7 + 1 + (few_ ? kIntervalWidth + 1 : 0) + 7 + 1 + 7 + 1 + bar_width_ + 1;
  }
  std::uint64_t timeOf(const Counters& c) const { return charged_ ? c.charged_time : c.self_time; }
  std::uint64_t samplesOf(const Counters& c) const { return charged_ ? c.charged : c.self; }

  std::string header() const;
  /// Everything left of the code; `number` 0 for a row that is no line of its own.
  StyledLine gutter(const Counters& counters, bool bar, std::size_t number) const;
  StyledLine coldGutter(std::size_t number) const;
  void endGutter(StyledLine& line, std::size_t number) const;
  std::string marks(const LineExpressions& line) const;
  std::string mark(const HotExpression& expression, std::uint32_t line) const;
  bool isNotable(const HotExpression& expression, const Counters& line) const;

  const Profile& profile_;
  const Terminal& terminal_;
  const std::vector<std::string_view>& lines_;
  const bool charged_, few_;
  const std::vector<LineHeat> heat_;
  const std::vector<LineExpressions> expressions_;
  std::uint64_t own_ = 0, nowhere_ = 0, most_ = 0;
  std::size_t last_ = 0;
  int number_width_ = 0, bar_width_ = 0;
};

std::string SourceTable::header() const {
  StyledLine header(terminal_);
  header.right("time", 7, Style::kDim).blank(1);
  if (few_) header.right("interval", kIntervalWidth, Style::kDim).blank(1);
  if (!terminal_.isNarrow()) header.right("total", 7, Style::kDim).blank(1).right("samples", 7, Style::kDim);
  header.blank(figuresWidth() - header.width()).right("line", number_width_, Style::kDim);
  return header.text();
}

void SourceTable::endGutter(StyledLine& line, std::size_t number) const {
  line.right(number == 0 ? "" : fmt::format("{}", number), number_width_, Style::kDim).blank(1);
  line.add(terminal_.charset == Charset::kUnicode ? "│ " : "| ", Style::kDim);
}

StyledLine SourceTable::gutter(const Counters& c, bool bar, std::size_t number) const {
  const double share = shareOf(timeOf(c), profile_.totalWeight());
  const Style style = heatStyle(heatClass(share));
  StyledLine line(terminal_);
  line.right(timeOf(c) == 0 ? "" : percentText(share), 7, style).blank(1);
  if (few_) {
    line.right(timeOf(c) == 0 ? "" : intervalText(share, profile_.effectiveSamples(), terminal_.charset),
               kIntervalWidth, Style::kDim);
    line.blank(1);
  }
  if (terminal_.isNarrow()) {
    endGutter(line, number);
    return line;
  }
  line.right(percentText(shareOf(c.total_time, profile_.totalWeight())), 7, Style::kDim).blank(1);
  line.right(samplesOf(c) == 0 ? "" : countText(samplesOf(c)), 7).blank(1);
  if (bar) {
    line.bar(shareOf(timeOf(c), most_), bar_width_, style).blank(1);
  } else {
    line.blank(bar_width_ + 1);
  }
  endGutter(line, number);
  return line;
}

StyledLine SourceTable::coldGutter(std::size_t number) const {
  StyledLine line(terminal_);
  line.blank(figuresWidth());
  endGutter(line, number);
  return line;
}

/// Much of all time, and much of its line's.
bool SourceTable::isNotable(const HotExpression& expression, const Counters& line) const {
  const std::uint64_t time = expression.counters.total_time;
  return heatClass(shareOf(time, profile_.totalWeight())) >= 2 && time * 8 >= line.total_time;
}

std::string SourceTable::marks(const LineExpressions& line) const {
  constexpr std::size_t kMost = 3;
  const Counters counters = profile_.lineCounters(line.id);
  std::vector<const HotExpression*> notable;
  for (const HotExpression& expression : line.expressions) {
    if (notable.size() < kMost && isNotable(expression, counters)) notable.push_back(&expression);
  }
  if (notable.empty()) return {};
  // One mark under all of the line would say nothing.
  const std::string_view text = line.line <= lines_.size() ? lines_[line.line - 1] : std::string_view();
  const std::size_t code = text.size() - std::min(text.size(), text.find_first_not_of(" \t\f"));
  if (notable.size() == 1 && partOf(text, notable[0]->columns).size() * 10 >= code * 9) return {};
  std::string out;
  for (const HotExpression* expression : notable) out += mark(*expression, line.line);
  return out;
}

/// The expression underlined in the line above; named where the line is cut before its end.
std::string SourceTable::mark(const HotExpression& expression, std::uint32_t number) const {
  const std::string_view code = number <= lines_.size() ? lines_[number - 1] : std::string_view();
  const std::string_view part = partOf(code, expression.columns);
  if (part.empty()) return {};
  StyledLine line = gutter(expression.counters, false, 0);
  const auto before = static_cast<std::size_t>(part.data() - code.data());
  const auto width = [&](std::size_t bytes) {
    return displayWidth(printable(expandTabs(code.substr(0, bytes)), terminal_.charset));
  };
  const int begin = width(before), end = width(before + part.size());
  const bool cut = width(code.size()) > line.room() && end >= line.room();
  const Style style = heatStyle(heatClass(shareOf(timeOf(expression.counters), profile_.totalWeight())));
  if (cut) {
    const std::string arrow = terminal_.charset == Charset::kUnicode ? "↳ " : "-> ";
    return line.blank(width(code.find_first_not_of(" \t\f")))
        .rest(arrow, Style::kDim)
        .rest(part, style)
        .text();
  }
  return line.blank(begin).add(std::string(static_cast<std::size_t>(end - begin), '^'), style).text();
}

std::string SourceTable::draw() const {
  std::string out;
  auto next = heat_.begin();
  while (next != heat_.end() && next->line == 0) ++next;
  auto parts = expressions_.begin();
  // A line number without text may be anything up to 2^32: lines that do not exist are shown only where they
  // are hot.
  for (std::size_t number = 1; number <= last_;) {
    const bool known = number <= lines_.size();
    if (!known && (next == heat_.end() || next->line != number)) {
      if (next == heat_.end()) break;
      number = next->line;
      continue;
    }
    const bool hot = next != heat_.end() && next->line == number;
    StyledLine line = hot ? gutter((next++)->counters, true, number) : coldGutter(number);
    if (known) line.rest(expandTabs(lines_[number - 1]));
    out += line.text();
    while (parts != expressions_.end() && parts->line < number) ++parts;
    if (parts != expressions_.end() && parts->line == number) out += marks(*parts);
    ++number;
  }
  return out.empty() ? out : header() + out;
}

}  // namespace

std::string sourceView(const Profile& profile, FileId file, std::string_view text, const ViewOptions& options,
                       const Terminal& terminal) {
  SourceText recorded(profile);
  const std::vector<std::string_view>* lines = recorded.linesOf(file);
  const std::vector<std::string_view> given =
      lines == nullptr ? splitLines(text) : std::vector<std::string_view>();
  if (lines == nullptr) lines = &given;

  // Time of library code belongs to the user's line; in a library's own file, and with --all, self is what
  // there is.
  const bool charged = !options.all && profile.file(file).owner == Owner::kUser;
  const SourceTable table(profile, file, *lines, charged, terminal);

  StyledLine title(terminal);
  title.add(cutStart(printable(PlaceNames(profile).path(file), terminal.charset), terminal.width - 24,
                     terminal.charset),
            Style::kBold);
  title.add(fmt::format("  {} of all time", percentText(shareOf(table.ownTime(), profile.totalWeight()))),
            Style::kDim);
  std::string out = title.text() + table.draw();
  if (table.nowhere() != 0) {
    out += paragraph(terminal, "",
                     fmt::format("{} samples are somewhere in this file, {}.", countText(table.nowhere()),
                                 profile.info().has_lines ? "on a line that is not known"
                                                          : "and the recording does not say on which lines"),
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
