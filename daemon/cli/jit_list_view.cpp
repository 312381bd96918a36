#include <fmt/format.h>

#include <algorithm>

#include "daemon/cli/figures.h"
#include "daemon/cli/jit_view.h"
#include "daemon/cli/styled_line.h"

namespace pyrometer {
namespace {

using jit::Trace;
using jit::TraceForest;
using jit::TraceId;

constexpr std::size_t kUsualRows = 40;

std::string_view baseName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// What a trace is called after: the place of its first merge point.
struct Called {
  std::string_view function, file;
  std::uint32_t line = 0;
};
Called calledAfter(const TraceForest& forest, const Trace& trace) {
  if (!trace.first_place) return {trace.driver, {}, 0};
  const auto& place = forest.sources().place(*trace.first_place);
  return {forest.sources().function(place.function).name, forest.sources().file(place.file), place.line};
}

struct Columns {
  int id = 4, ops = 8;
  bool wide = false;    ///< room for guards and failures, and for whole paths
  bool narrow = false;  ///< none for turns and bridges
  bool small = false;   ///< nor for operations and bytes
};

class ListView {
 public:
  ListView(const TraceForest& forest, const Terminal& terminal, const std::vector<TraceId>& rows)
      : forest_(forest), terminal_(terminal), arrow_(terminal.charset == Charset::kUnicode ? "→" : ">") {
    std::uint64_t largest = 0;
    for (const TraceId id : rows) {
      largest = std::max(largest, forest.trace(id).number);
      const int ops = displayWidth(operations(forest.trace(id)));
      columns_.ops = std::max(columns_.ops, ops + 1);
    }
    columns_.id = std::max(4, static_cast<int>(std::to_string(largest).size()));
    columns_.wide = terminal.width >= 110;
    columns_.narrow = terminal.width < 76;
    columns_.small = terminal.width < 56;
  }

  std::string head() const {
    StyledLine line(terminal_);
    line.right("id", columns_.id, Style::kDim).blank(2).left("kind", kKind, Style::kDim);
    line.right("entries", kCount, Style::kDim);
    if (!columns_.narrow) line.right("turns", kCount, Style::kDim);
    if (!columns_.small) line.right("ops", columns_.ops, Style::kDim);
    if (columns_.wide) line.right("guards", kGuards, Style::kDim).right("failures", kCount, Style::kDim);
    if (!columns_.small) line.right("code", kBytes, Style::kDim);
    if (!columns_.narrow) line.right("bridges", kBridges, Style::kDim);
    line.blank(2);
    return line.rest("function", Style::kDim).text();
  }

  std::string row(TraceId id) const {
    const Trace& trace = forest_.trace(id);
    StyledLine line(terminal_);
    line.right(std::to_string(trace.number), columns_.id, Style::kBold).blank(2);
    line.left(kindText(trace.kind), kKind, trace.kind == jit::TraceKind::kLoop ? Style::kPlain : Style::kDim);
    count(line, trace.entries, kCount);
    if (!columns_.narrow) count(line, trace.iterations, kCount);
    if (!columns_.small) line.right(operations(trace), columns_.ops);
    if (columns_.wide) {
      count(line, trace.guards, kGuards);
      count(line, trace.failures, kCount);
    }
    code(line, trace);
    if (!columns_.narrow) count(line, trace.bridges, kBridges);
    line.blank(2);
    place(line, calledAfter(forest_, trace));
    return line.text();
  }

 private:
  static constexpr int kKind = 6, kCount = 8, kGuards = 7, kBytes = 8, kBridges = 8;

  /// Before and after optimisation.
  std::string operations(const Trace& trace) const {
    if (trace.optimised_operations == 0) return std::to_string(trace.recorded_operations);
    return fmt::format("{}{}{}", trace.recorded_operations, arrow_, trace.optimised_operations);
  }

  void count(StyledLine& line, std::uint64_t value, int width) const {
    if (value == 0) {
      line.right(terminal_.charset == Charset::kUnicode ? "·" : "-", width, Style::kDim);
    } else {
      line.right(shortCount(value), width);
    }
  }

  void code(StyledLine& line, const Trace& trace) const {
    if (trace.end != jit::TraceEnd::kCompiled) {
      line.right(trace.end == jit::TraceEnd::kAborted ? "aborted" : "none", kBytes, Style::kHeat2);
    } else if (!columns_.small) {
      line.right(bytesText(trace.code_bytes), kBytes);
    }
  }

  void place(StyledLine& line, const Called& called) const {
    if (called.file.empty()) {
      line.rest(called.function.empty() ? "no merge points" : called.function, Style::kDim);
      return;
    }
    const std::string_view file = columns_.wide ? called.file : baseName(called.file);
    const std::string at = called.line == 0 ? std::string(file) : fmt::format("{}:{}", file, called.line);
    const int room = line.room();
    const int wanted = displayWidth(printable(called.function, terminal_.charset));
    if (columns_.wide) {
      const int function = std::clamp(room / 3, 12, 36);
      line.left(called.function, function)
          .blank(1)
          .leftPath(at, std::max(room - function - 1, 1), Style::kDim);
      return;
    }
    // Where both do not fit, the function gives way, but not more than half of the room.
    const int at_width = displayWidth(printable(at, terminal_.charset));
    line.left(called.function, std::min(wanted, std::max(room - 1 - at_width, room / 2)));
    if (line.room() > 4) line.blank(1).leftPath(at, line.room() - 1, Style::kDim);
  }

  const TraceForest& forest_;
  const Terminal& terminal_;
  std::string_view arrow_;
  Columns columns_;
};

}  // namespace

std::string jitListView(const TraceForest& forest, const JitSelection& selection, const Terminal& terminal) {
  std::vector<TraceId> rows = selectTraces(forest, selection);
  const std::size_t all = rows.size();
  rows.resize(std::min(all, selection.limit != 0 ? selection.limit : kUsualRows));
  std::string out;
  if (rows.empty()) {
    out = paragraph(terminal, "",
                    forest.traces().empty() ? "The log holds no trace." : "No trace of the log fits.");
  } else {
    const ListView view(forest, terminal, rows);
    out = view.head();
    for (const TraceId id : rows) out += view.row(id);
  }
  if (rows.size() < all) {
    out += "\n" + paragraph(terminal, "",
                            fmt::format("{} of {} traces; more with --limit", countText(rows.size()),
                                        countText(all)));
  }
  return out;
}

}  // namespace pyrometer
