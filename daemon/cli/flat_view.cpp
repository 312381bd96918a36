#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "daemon/analysis/functions.h"
#include "daemon/analysis/line_heat.h"
#include "daemon/cli/charges.h"
#include "daemon/cli/figures.h"
#include "daemon/cli/places.h"
#include "daemon/cli/source_text.h"
#include "daemon/cli/styled_line.h"
#include "daemon/cli/view.h"

namespace pyrometer {
namespace {

constexpr int kShareWidth = 7, kIntervalWidth = 13;

/// A row of the table of lines: a line, or a sum that is no line (imports, the rest).
struct Row {
  std::uint64_t samples = 0, time = 0;
  std::optional<LineId> line;
  std::string name;  ///< of a sum
};

/// Both tables of one profile, with what they share.
class FlatView {
 public:
  FlatView(const Profile& profile, const ViewOptions& options, const Terminal& terminal, bool brief)
      : profile_(profile),
        options_(options),
        terminal_(terminal),
        brief_(brief),
        source_(profile),
        charges_(chargesOf(profile)),
        by_self_(options.all || charges_.user.count == 0),
        few_(profile.sampleCount() < kFewSamples) {}

  std::string lines();
  std::string functions();

 private:
  std::vector<Row> rows() const;
  std::string lineRow(const Row& row, std::uint64_t most, int samples_width, int place_width);
  std::string hintFor(const Row& row) const;
  std::string enclosing(LineId line);
  std::string libraryRows(const std::vector<FunctionHeat>& heat, int samples_width, int name_width) const;
  void figures(StyledLine& line, std::uint64_t time) const;

  int barWidth() const { return terminal_.width >= 100 ? 10 : terminal_.width >= 72 ? 8 : few_ ? 0 : 4; }
  std::size_t limitOr(std::size_t usual) const { return options_.limit != 0 ? options_.limit : usual; }
  double share(std::uint64_t time) const { return shareOf(time, profile_.totalWeight()); }

  const Profile& profile_;
  const ViewOptions& options_;
  const Terminal& terminal_;
  const bool brief_;
  SourceText source_;
  const Charges charges_;
  const bool by_self_;  ///< nothing is charged: every line for itself
  const bool few_;
  std::map<LineId, FunctionId> function_of_;
};

std::vector<Row> FlatView::rows() const {
  std::vector<Row> rows;
  for (const LineHeat& heat : hotLines(profile_, by_self_ ? Charge::kSelf : Charge::kMyCode, 0)) {
    const Counters& c = heat.counters;
    const std::uint64_t time = by_self_ ? c.self_time : c.charged_time;
    if (time != 0) rows.push_back({by_self_ ? c.self : c.charged, time, heat.id, {}});
  }
  const std::size_t limit = limitOr(brief_ ? 10 : 20);
  Row more;
  const std::size_t hidden = rows.size() > limit ? rows.size() - limit : 0;
  for (std::size_t i = rows.size() - hidden; i < rows.size(); ++i) {
    more.samples += rows[i].samples, more.time += rows[i].time;
  }
  rows.resize(rows.size() - hidden);
  if (!by_self_) {
    const auto insert = [&](const StackWeight& part, std::string name) {
      if (part.count == 0) return;
      const auto at =
          std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.time < part.weight; });
      rows.insert(at, Row{part.count, part.weight, std::nullopt, std::move(name)});
    };
    insert(charges_.importing, "importing modules");
    insert(charges_.nobody, "library code that no file of yours called");
  }
  if (hidden > 0) {
    more.name = fmt::format("{} more {}", countText(hidden), hidden == 1 ? "line" : "lines");
    rows.push_back(more);
  }
  return rows;
}

void FlatView::figures(StyledLine& line, std::uint64_t time) const {
  const double part = share(time);
  line.right(percentText(part), kShareWidth, heatStyle(heatClass(part)));
  if (few_)
    line.blank(1).right(intervalText(part, profile_.sampleCount(), terminal_.charset), kIntervalWidth,
                        Style::kDim);
}

std::string FlatView::hintFor(const Row& row) const {
  if (by_self_ || !row.line) return {};
  const auto found = charges_.below.find(index(*row.line));
  if (found == charges_.below.end() || found->second.all.weight * 10 < row.time) return {};
  const Charges::Library& library = found->second;
  return fmt::format("{} {} {:.0f} %", terminal_.charset == Charset::kUnicode ? "↳" : "->",
                     functionPlace(profile_, library.most), shareOf(library.most_time, row.time) * 100);
}

/// The function around a line, for profiles that hold no source text.
std::string FlatView::enclosing(LineId line) {
  if (function_of_.empty()) {
    for (std::uint32_t i = 0; i < profile_.frames().size(); ++i) {
      const Frame& frame = profile_.frame(FrameId{i});
      function_of_.try_emplace(frame.line, frame.function);
    }
  }
  const auto found = function_of_.find(line);
  if (found == function_of_.end()) return {};
  return fmt::format("in {}", profile_.string(profile_.function(found->second).name));
}

std::string FlatView::lineRow(const Row& row, std::uint64_t most, int samples_width, int place_width) {
  const Style heat = heatStyle(heatClass(share(row.time)));
  StyledLine line(terminal_);
  if (barWidth() > 0) {
    if (row.line) {
      line.bar(shareOf(row.time, most), barWidth(), heat).blank(1);
    } else {
      line.blank(barWidth() + 1);
    }
  }
  if (row.line) {
    figures(line, row.time);
  } else {
    line.right(percentText(share(row.time)), kShareWidth);
    if (few_) {
      line.blank(1).right(intervalText(share(row.time), profile_.sampleCount(), terminal_.charset),
                          kIntervalWidth, Style::kDim);
    }
  }
  line.blank(1).right(countText(row.samples), samples_width).blank(2);
  if (!row.line) return line.rest(row.name, Style::kDim).text();

  line.leftPath(placeText(profile_, *row.line), place_width).blank(2);
  const int code_column = line.width();
  const std::string_view code = source_.codeAt(*row.line);
  if (code.empty()) {
    line.rest(enclosing(*row.line), Style::kDim);
  } else {
    line.rest(expandTabs(code));
  }
  const std::string hint = hintFor(row);
  if (hint.empty()) return line.text();
  const int hint_width = displayWidth(printable(hint, terminal_.charset));
  if (hint_width + 2 <= line.room()) return line.blank(2).rest(hint, Style::kDim).text();
  StyledLine second(terminal_);
  // Where the code column is narrow the hint may begin further left: it stands alone on its line.
  const int column = std::max(2, std::min(code_column, terminal_.width - hint_width));
  second.blank(column).rest(hint, Style::kDim);
  return line.text() + second.text();
}

std::string FlatView::lines() {
  const std::vector<Row> all = rows();
  std::uint64_t most = 0, samples = 0;
  int longest = 4;
  for (const Row& row : all) {
    samples = std::max(samples, row.samples);
    if (!row.line) continue;
    most = std::max(most, row.time);
    longest = std::max(longest, displayWidth(printable(placeText(profile_, *row.line), terminal_.charset)));
  }
  const int place_width = std::min(longest, std::max(14, terminal_.width / 4));
  const int samples_width = std::max<int>(7, static_cast<int>(countText(samples).size()));

  StyledLine header(terminal_);
  header.blank(barWidth() > 0 ? barWidth() + 1 : 0).right("time", kShareWidth, Style::kDim);
  if (few_) header.blank(1).right("95 % interval", kIntervalWidth, Style::kDim);
  header.blank(1).right("samples", samples_width, Style::kDim).blank(2);
  header.left("line", place_width, Style::kDim).blank(2);
  header.rest(by_self_ ? "code" : "code, with the library code that it calls", Style::kDim);
  std::string out = header.text();
  for (const Row& row : all) out += lineRow(row, most, samples_width, place_width);
  return out;
}

/// Libraries as one row each: their own time, which is part of what the rows above it are charged with.
std::string FlatView::libraryRows(const std::vector<FunctionHeat>& heat, int samples_width,
                                  int name_width) const {
  struct Package {
    std::uint64_t samples = 0, time = 0;
    std::size_t functions = 0;
    std::string_view most;  ///< its hottest function: the first met, as `heat` is sorted
  };
  std::map<std::string, Package> packages;
  for (const FunctionHeat& function : heat) {
    const Function& row = profile_.function(function.function);
    if (profile_.file(row.file).owner == Owner::kUser || function.counters.self == 0) continue;
    Package& package = packages[packageOf(profile_, row.file)];
    package.samples += function.counters.self;
    package.time += function.counters.self_time;
    if (++package.functions == 1) package.most = profile_.string(row.name);
  }
  std::vector<std::pair<std::string, Package>> sorted(packages.begin(), packages.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.time > b.second.time; });
  const std::size_t limit = brief_ ? 3 : limitOr(8);
  std::string out;
  for (std::size_t i = 0; i < std::min(limit, sorted.size()); ++i) {
    const Package& package = sorted[i].second;
    StyledLine line(terminal_);
    line.blank(kShareWidth + 1 + (few_ ? kIntervalWidth + 1 : 0))
        .right(percentText(share(package.time)), kShareWidth);
    line.blank(1 + kShareWidth + 1).right(countText(package.samples), samples_width).blank(2);
    line.left(sorted[i].first, name_width, Style::kDim).blank(2);
    line.rest(package.functions == 1
                  ? fmt::format("library, {}", package.most)
                  : fmt::format("library, {} functions, most in {}", package.functions, package.most),
              Style::kDim);
    out += line.text();
  }
  if (sorted.size() > limit) {
    Package more;
    for (std::size_t i = limit; i < sorted.size(); ++i) {
      more.samples += sorted[i].second.samples, more.time += sorted[i].second.time;
    }
    StyledLine line(terminal_);
    line.blank(kShareWidth + 1 + (few_ ? kIntervalWidth + 1 : 0))
        .right(percentText(share(more.time)), kShareWidth);
    line.blank(1 + kShareWidth + 1).right(countText(more.samples), samples_width).blank(2);
    const std::size_t hidden = sorted.size() - limit;
    out += line.rest(fmt::format("{} more {}", hidden, hidden == 1 ? "library" : "libraries"), Style::kDim)
               .text();
  }
  return out;
}

std::string FlatView::functions() {
  const std::vector<FunctionHeat> heat = functionHeat(profile_);
  const auto charged = [&](const FunctionHeat& f) {
    return by_self_ ? StackWeight{f.counters.self, f.counters.self_time}
                    : StackWeight{f.counters.charged, f.counters.charged_time};
  };
  std::vector<FunctionHeat> shown;
  for (const FunctionHeat& function : heat) {
    const bool mine = profile_.file(profile_.function(function.function).file).owner == Owner::kUser;
    if (by_self_ || mine) shown.push_back(function);
  }
  std::stable_sort(shown.begin(), shown.end(), [&](const FunctionHeat& a, const FunctionHeat& b) {
    const std::uint64_t left = charged(a).weight, right = charged(b).weight;
    return left != right ? left > right : a.counters.total_time > b.counters.total_time;
  });
  const std::size_t all = shown.size();
  shown.resize(std::min(shown.size(), limitOr(brief_ ? 6 : 15)));

  std::uint64_t samples = 0;
  int longest = 8;
  for (const FunctionHeat& function : shown) {
    samples = std::max(samples, charged(function).count);
    const std::string_view name = profile_.string(profile_.function(function.function).name);
    longest = std::max(longest, displayWidth(printable(name, terminal_.charset)));
  }
  const int name_width = std::min(longest, std::max(14, terminal_.width / 3));
  const int samples_width = std::max<int>(7, static_cast<int>(countText(samples).size()));

  StyledLine header(terminal_);
  header.right("time", kShareWidth, Style::kDim).blank(1);
  if (few_) header.right("95 % interval", kIntervalWidth, Style::kDim).blank(1);
  if (!by_self_) header.right("own", kShareWidth, Style::kDim).blank(1);
  header.right("total", kShareWidth, Style::kDim)
      .blank(1)
      .right("samples", samples_width, Style::kDim)
      .blank(2);
  header.left("function", name_width, Style::kDim).blank(2).rest("where", Style::kDim);
  std::string out = header.text();
  for (const FunctionHeat& function : shown) {
    const Function& row = profile_.function(function.function);
    StyledLine line(terminal_);
    figures(line, charged(function).weight);
    line.blank(1);
    if (!by_self_) line.right(percentText(share(function.counters.self_time)), kShareWidth).blank(1);
    line.right(percentText(share(function.counters.total_time)), kShareWidth).blank(1);
    line.right(countText(charged(function).count), samples_width).blank(2);
    const std::string_view name = profile_.string(row.name);
    line.left(name.empty() ? "unknown code" : name, name_width).blank(2);
    std::string place = shortPath(profile_, row.file);
    if (row.first_line != 0) place += fmt::format(":{}", row.first_line);
    line.add(cutStart(printable(place, terminal_.charset), line.room(), terminal_.charset), Style::kDim);
    out += line.text();
  }
  if (all > shown.size()) {
    StyledLine line(terminal_);
    line.blank(2 * kShareWidth + 3 + (by_self_ ? 0 : kShareWidth + 1) + (few_ ? kIntervalWidth + 1 : 0) +
               samples_width);
    const std::size_t hidden = all - shown.size();
    out += line.rest(fmt::format("{} more {}", countText(hidden), hidden == 1 ? "function" : "functions"),
                     Style::kDim)
               .text();
  }
  if (!by_self_) out += libraryRows(heat, samples_width, name_width);
  return out;
}

}  // namespace

std::string flatView(const Profile& profile, const ViewOptions& options, const Terminal& terminal,
                     bool brief) {
  std::string out;
  if (!brief) {
    StyledLine title(terminal);
    title.rest(titleOf(profile.info()), Style::kBold);
    out += title.text() + paragraph(terminal, "", summaryText(profile), Style::kDim) + "\n";
  }
  if (profile.sampleCount() == 0) return out;
  FlatView view(profile, options, terminal, brief);
  if (profile.info().has_lines) out += view.lines() + "\n";
  return out += view.functions();
}

}  // namespace pyrometer
