#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "daemon/analysis/line_heat.h"
#include "daemon/cli/flat_tables.h"
#include "daemon/cli/places.h"
#include "daemon/cli/source_text.h"
#include "daemon/cli/styled_line.h"

namespace pyrometer {
namespace {

/// A row of the table: a line, or a sum that is no line (imports, the rest).
struct Row {
  StackWeight weight;
  std::optional<LineId> line;
  std::string name;  ///< of a sum
};

std::vector<Row> rowsOf(const FlatQuestion& ask) {
  std::vector<Row> rows;
  for (const LineHeat& heat : hotLines(ask.profile, ask.by_self ? Charge::kSelf : Charge::kMyCode, 0)) {
    const Counters& c = heat.counters;
    const StackWeight weight =
        ask.by_self ? StackWeight{c.self, c.self_time} : StackWeight{c.charged, c.charged_time};
    if (weight.weight != 0) rows.push_back({weight, heat.id, {}});
  }
  Row more;
  const std::size_t shown = std::min(rows.size(), ask.limitOr(ask.brief ? 10 : 20));
  const std::size_t hidden = rows.size() - shown;
  for (std::size_t i = shown; i < rows.size(); ++i) more.weight += rows[i].weight;
  rows.resize(shown);
  if (!ask.by_self) {
    const auto insert = [&](const StackWeight& weight, std::string name) {
      if (weight.count == 0) return;
      const auto smaller = [&](const Row& row) { return row.weight.weight < weight.weight; };
      rows.insert(std::find_if(rows.begin(), rows.end(), smaller),
                  Row{weight, std::nullopt, std::move(name)});
    };
    insert(ask.charges.importing, "importing modules");
    insert(ask.charges.nobody, "library code that no file of yours called");
    for (const auto& [function, weight] : ask.charges.no_python) {
      insert(weight, packageOf(ask.profile, function));
    }
  }
  if (hidden > 0) {
    more.name = fmt::format("{} more {}", countText(hidden), hidden == 1 ? "line" : "lines");
    rows.push_back(more);
  }
  return rows;
}

class LineTable {
 public:
  explicit LineTable(const FlatQuestion& question)
      : ask_(question), rows_(rowsOf(question)), source_(ask_.profile) {
    int longest = 4;
    std::uint64_t samples = 0;
    for (const Row& row : rows_) {
      samples = std::max(samples, row.weight.count);
      if (!row.line) continue;
      most_ = std::max(most_, row.weight.weight);
      longest =
          std::max(longest, displayWidth(printable(ask_.names.place(*row.line), ask_.terminal.charset)));
    }
    const int width = ask_.terminal.width;
    place_width_ = std::min(longest, std::max(14, width / 4));
    samples_width_ = std::max<int>(7, static_cast<int>(countText(samples).size()));
    bar_width_ = width >= 100 ? 10 : width >= 72 ? 8 : 4;
    few_ = ask_.few && !ask_.terminal.isNarrow();
  }

  std::string draw() {
    StyledLine header(ask_.terminal);
    const bool narrow = ask_.terminal.isNarrow();
    if (!narrow) header.blank(bar_width_ + 1);
    header.right("time", kShareWidth, Style::kDim);
    if (few_) header.blank(1).right("interval", kIntervalWidth, Style::kDim);
    if (!narrow) header.blank(1).right("samples", samples_width_, Style::kDim);
    header.blank(2).left("line", place_width_, Style::kDim).blank(2).rest("code", Style::kDim);
    std::string out = header.text();
    for (const Row& row : rows_) out += drawn(row);
    return out;
  }

 private:
  std::string drawn(const Row& row);
  std::string hintFor(const Row& row) const;
  std::string enclosing(LineId line);

  const FlatQuestion& ask_;
  const std::vector<Row> rows_;
  SourceText source_;
  std::uint64_t most_ = 0;
  int place_width_ = 0, samples_width_ = 0, bar_width_ = 0;
  bool few_ = false;
  std::map<LineId, FunctionId> function_of_;
};

/// Where a line's library time went, if that is much of it.
std::string LineTable::hintFor(const Row& row) const {
  if (ask_.by_self || !row.line) return {};
  const auto found = ask_.charges.below.find(index(*row.line));
  if (found == ask_.charges.below.end() || found->second.all.weight * 10 < row.weight.weight) return {};
  const Charges::Library& library = found->second;
  return fmt::format("{} {:.0f} % {}", ask_.terminal.charset == Charset::kUnicode ? "↳" : "->",
                     shareOf(library.most_time, row.weight.weight) * 100, ask_.names.function(library.most));
}

/// The function around a line, for profiles that hold no source text.
std::string LineTable::enclosing(LineId line) {
  if (function_of_.empty()) {
    for (std::uint32_t i = 0; i < ask_.profile.frames().size(); ++i) {
      const Frame& frame = ask_.profile.frame(FrameId{i});
      function_of_.try_emplace(frame.line, frame.function);
    }
  }
  const auto found = function_of_.find(line);
  if (found == function_of_.end()) return {};
  return fmt::format("in {}", ask_.profile.string(ask_.profile.function(found->second).name));
}

std::string LineTable::drawn(const Row& row) {
  const double share = ask_.share(row.weight.weight);
  const Style heat = row.line ? heatStyle(heatClass(share)) : Style::kPlain;
  StyledLine line(ask_.terminal);
  const bool narrow = ask_.terminal.isNarrow();
  if (!narrow) line.bar(row.line ? shareOf(row.weight.weight, most_) : 0, bar_width_, heat).blank(1);
  line.right(percentText(share), kShareWidth, heat);
  if (few_) {
    line.blank(1).right(intervalText(share, ask_.profile.effectiveSamples(), ask_.terminal.charset),
                        kIntervalWidth, Style::kDim);
  }
  if (!narrow) line.blank(1).right(countText(row.weight.count), samples_width_);
  line.blank(2);
  if (!row.line) return line.rest(row.name, Style::kDim).text();

  const int place_column = line.width();
  line.leftPath(ask_.names.place(*row.line), place_width_).blank(2);
  const std::string_view code = source_.codeAt(*row.line);
  if (code.empty()) {
    line.rest(enclosing(*row.line), Style::kDim);
  } else {
    line.rest(expandTabs(code));
  }
  const std::string hint = hintFor(row);
  if (hint.empty()) return line.text();
  if (displayWidth(printable(hint, ask_.terminal.charset)) + 2 <= line.room()) {
    return line.blank(2).rest(hint, Style::kDim).text();
  }
  StyledLine second(ask_.terminal);
  return line.text() + second.blank(place_column + 2).rest(hint, Style::kDim).text();
}

}  // namespace

std::string lineTable(const FlatQuestion& question) { return LineTable(question).draw(); }

}  // namespace pyrometer
