#include "daemon/analysis/hot_expressions.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "daemon/analysis/stack_sums.h"

namespace pyrometer {
namespace {

/// Counters of a view, and which of them its shares are of.
class View {
 public:
  View(const Profile& profile, FileId file, const Filter& filter, std::stop_token stop)
      : profile_(profile), filtered_(!filter.empty()), charged_(profile.file(file).owner == Owner::kUser) {
    if (filtered_) {
      view_ = viewCounters(profile, filter, std::move(stop), {.only_file = file, .spans = true});
    }
  }

  Counters of(SpanId id) const { return filtered_ ? view_.spans[index(id)] : profile_.spanCounters(id); }
  Counters of(LineId id) const { return filtered_ ? view_.lines[index(id)] : profile_.lineCounters(id); }
  StackWeight own(const Counters& c) const {
    return charged_ ? StackWeight{c.charged, c.charged_time} : StackWeight{c.self, c.self_time};
  }
  static double share(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  }
  std::uint64_t time() const { return filtered_ ? view_.all.weight : profile_.totalWeight(); }

 private:
  const Profile& profile_;
  bool filtered_, charged_;
  ViewCounters view_;
};

/// Finds for each expression what lies around it, and carries its weight there. From the smallest to the
/// largest, so that what is carried on is complete.
void nest(std::vector<HotExpression>& list) {
  const auto columns = [&](std::size_t i) -> const Columns& { return list[i].columns; };
  std::vector<std::size_t> order(list.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  // Larger ones begin earlier or end later; a part comes behind all that is around it.
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const Columns &left = columns(a), &right = columns(b);
    return std::tuple(left.begin, right.lines, right.end) < std::tuple(right.begin, left.lines, left.end);
  });
  std::vector<std::size_t> open;
  for (const std::size_t i : order) {
    while (!open.empty() && !columns(open.back()).contains(columns(i))) open.pop_back();
    if (!open.empty()) list[i].within = open.back();
    open.push_back(i);
  }
  for (auto i = order.rbegin(); i != order.rend(); ++i) {
    if (list[*i].within) list[*list[*i].within].inside += list[*i].inside;
  }
}

LineExpressions expressionsOf(const Profile& profile, LineId id, const View& view) {
  LineExpressions line{.id = id, .line = profile.line(id).line, .expressions = {}};
  const std::uint64_t whole = view.own(view.of(id)).weight;
  for (const SpanId span : profile.lineSpans(id)) {
    const Counters counters = view.of(span);
    if (counters.total == 0 && counters.self == 0) continue;
    const StackWeight own = view.own(counters);
    line.expressions.push_back({.columns = profile.span(span).columns,
                                .counters = counters,
                                .inside = own,
                                .share = View::share(own.weight, view.time()),
                                .share_of_line = View::share(own.weight, whole),
                                .within = {}});
  }
  std::sort(line.expressions.begin(), line.expressions.end(),
            [&](const HotExpression& a, const HotExpression& b) {
              const auto place = [](const HotExpression& e) {
                return std::tuple(e.columns.begin, e.columns.lines, e.columns.end);
              };
              const auto key = [&](const HotExpression& e) {
                return std::tuple(view.own(e.counters).weight, e.counters.total_time, e.counters.total);
              };
              return key(a) != key(b) ? key(a) > key(b) : place(a) < place(b);
            });
  nest(line.expressions);
  return line;
}

bool isContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

}  // namespace

std::vector<LineExpressions> hotExpressions(const Profile& profile, FileId file, const Filter& filter,
                                            std::stop_token stop, double least_share) {
  const View view(profile, file, filter, stop);
  std::vector<LineExpressions> lines;
  for (const LineId id : profile.fileLines(file)) {
    if (stop.stop_requested()) break;
    if (View::share(view.of(id).total_time, view.time()) < least_share) continue;
    LineExpressions line = expressionsOf(profile, id, view);
    if (!line.expressions.empty()) lines.push_back(std::move(line));
  }
  std::sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
  return lines;
}

LineExpressions hotExpressions(const Profile& profile, LineId line) {
  return expressionsOf(profile, line, View(profile, profile.line(line).file, {}, {}));
}

std::string_view partOf(std::string_view line, const Columns& columns) {
  const bool goes_on = columns.lines != 0;
  if (columns.begin >= line.size() || (!goes_on && columns.end > line.size())) return {};
  if (isContinuation(line[columns.begin])) return {};
  if (!goes_on) {
    if (columns.end <= columns.begin || (columns.end < line.size() && isContinuation(line[columns.end])))
      return {};
    return line.substr(columns.begin, columns.end - columns.begin);
  }
  const std::string_view rest = line.substr(columns.begin);
  const std::size_t last = rest.find_last_not_of(" \t\f\\");
  return last == std::string_view::npos ? std::string_view() : rest.substr(0, last + 1);
}

}  // namespace pyrometer
