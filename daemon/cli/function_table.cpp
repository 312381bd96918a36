#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/analysis/functions.h"
#include "daemon/analysis/line_heat.h"
#include "daemon/cli/flat_tables.h"
#include "daemon/cli/places.h"
#include "daemon/cli/styled_line.h"

namespace pyrometer {
namespace {

/// A row of the table; times that make no sense for it are empty.
struct Row {
  std::optional<std::uint64_t> time, own, total;
  std::optional<std::uint64_t> samples;
  std::string name, where;
  bool mine = true;
};

Row rowOf(const FlatQuestion& ask, const FunctionHeat& heat) {
  const Counters& c = heat.counters;
  const Function& function = ask.profile.function(heat.function);
  Row row;
  const std::uint64_t time = ask.by_self ? c.self_time : c.charged_time;
  if (time != 0) {
    row.time = time;
    if (c.self_time != 0) row.own = c.self_time;
    row.samples = ask.by_self ? c.self : c.charged;
  }
  row.total = c.total_time;
  row.name = ask.profile.string(function.name);
  if (row.name.empty()) row.name = "unknown code";
  row.where = ask.names.place(function.file, function.first_line);
  return row;
}

Row sumRow(std::string name) {
  Row row;
  row.name = std::move(name);
  row.mine = false;
  return row;
}

/// Libraries as one row each: their own time, which is part of what the rows above them are charged with.
std::vector<Row> libraryRows(const FlatQuestion& ask, const std::vector<FunctionHeat>& heat) {
  struct Package {
    StackWeight weight;
    bool native = false;
  };
  std::map<std::string, Package> packages;
  for (const FunctionHeat& function : heat) {
    const FileId file = ask.profile.function(function.function).file;
    if (ask.profile.file(file).owner == Owner::kUser || function.counters.self == 0) continue;
    Package& package = packages[packageOf(ask.profile, function.function)];
    package.weight += {function.counters.self, function.counters.self_time};
    package.native = ask.profile.file(file).owner == Owner::kNative;
  }
  std::vector<std::pair<std::string, Package>> sorted(packages.begin(), packages.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.second.weight.weight > b.second.weight.weight;
  });
  const std::size_t shown = std::min(sorted.size(), ask.brief ? 3 : ask.limitOr(8));
  std::vector<Row> rows;
  StackWeight more;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const Package& package = sorted[i].second;
    if (i >= shown) {
      more += package.weight;
      continue;
    }
    Row row = sumRow(sorted[i].first);
    row.own = package.weight.weight;
    row.samples = package.weight.count;
    row.where = package.native ? "no Python code" : "library";
    rows.push_back(std::move(row));
  }
  if (const std::size_t hidden = sorted.size() - shown; hidden != 0) {
    Row row = sumRow(fmt::format("{} more {}", hidden, hidden == 1 ? "library" : "libraries"));
    row.own = more.weight;
    row.samples = more.count;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Row> rowsOf(const FlatQuestion& ask) {
  const std::vector<FunctionHeat> heat = functionHeat(ask.profile);
  std::vector<FunctionHeat> mine;
  for (const FunctionHeat& function : heat) {
    const Owner owner = ask.profile.file(ask.profile.function(function.function).file).owner;
    if (ask.by_self || owner == Owner::kUser) mine.push_back(function);
  }
  std::stable_sort(mine.begin(), mine.end(), [&](const FunctionHeat& a, const FunctionHeat& b) {
    const std::uint64_t left = ask.by_self ? a.counters.self_time : a.counters.charged_time;
    const std::uint64_t right = ask.by_self ? b.counters.self_time : b.counters.charged_time;
    return left != right ? left > right : a.counters.total_time > b.counters.total_time;
  });
  const std::size_t shown = std::min(mine.size(), ask.limitOr(ask.brief ? 6 : 15));
  std::vector<Row> rows;
  for (std::size_t i = 0; i < shown; ++i) rows.push_back(rowOf(ask, mine[i]));
  if (const std::size_t hidden = mine.size() - shown; hidden != 0) {
    rows.push_back(
        sumRow(fmt::format("{} more {}", countText(hidden), hidden == 1 ? "function" : "functions")));
  }
  if (ask.by_self) return rows;
  for (Row& row : libraryRows(ask, heat)) rows.push_back(std::move(row));
  return rows;
}

}  // namespace

std::string functionTable(const FlatQuestion& ask) {
  const std::vector<Row> rows = rowsOf(ask);
  std::uint64_t samples = 0;
  int longest = 8;
  for (const Row& row : rows) {
    samples = std::max(samples, row.samples.value_or(0));
    longest = std::max(longest, displayWidth(printable(row.name, ask.terminal.charset)));
  }
  const int samples_width = std::max<int>(7, static_cast<int>(countText(samples).size()));
  const bool own = !ask.by_self && ask.terminal.width >= 72;
  const bool narrow = ask.terminal.isNarrow(), few = ask.few && !narrow;

  StyledLine header(ask.terminal);
  header.right("time", kShareWidth, Style::kDim).blank(1);
  if (few) header.right("interval", kIntervalWidth, Style::kDim).blank(1);
  if (own) header.right("own", kShareWidth, Style::kDim).blank(1);
  header.right("total", kShareWidth, Style::kDim);
  if (!narrow) header.blank(1).right("samples", samples_width, Style::kDim);
  header.blank(2);
  const int name_width = std::min(longest, narrow ? header.room() : std::max(12, header.room() * 3 / 5));
  header.left("function", name_width, Style::kDim);
  if (!narrow) header.blank(2).rest("where", Style::kDim);
  std::string out = header.text();

  const auto percent = [&](const std::optional<std::uint64_t>& time) {
    return time ? percentText(ask.share(*time)) : std::string();
  };
  for (const Row& row : rows) {
    if (narrow && !row.time && !row.total) continue;  // a library: its own time has no column here
    StyledLine line(ask.terminal);
    line.right(percent(row.time), kShareWidth, heatStyle(heatClass(ask.share(row.time.value_or(0)))))
        .blank(1);
    if (few) {
      line.right(
          row.time ? intervalText(ask.share(*row.time), ask.profile.effectiveSamples(), ask.terminal.charset)
                   : "",
          kIntervalWidth, Style::kDim);
      line.blank(1);
    }
    if (own) line.right(percent(row.own), kShareWidth).blank(1);
    line.right(percent(row.total), kShareWidth);
    if (!narrow) line.blank(1).right(row.samples ? countText(*row.samples) : "", samples_width);
    line.blank(2).left(row.name, name_width, row.mine ? Style::kPlain : Style::kDim);
    if (narrow) {
      out += line.text();
      continue;
    }
    line.blank(2);
    if (row.mine) {
      line.add(cutStart(printable(row.where, ask.terminal.charset), line.room(), ask.terminal.charset),
               Style::kDim);
    } else if (displayWidth(row.where) <= line.room()) {
      line.add(row.where, Style::kDim);
    } else {
      line.rest(std::string_view(row.where).substr(0, row.where.find(',')), Style::kDim);
    }
    out += line.text();
  }
  return out;
}

}  // namespace pyrometer
