#include "daemon/analysis/line_heat.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "daemon/analysis/stack_sums.h"

namespace pyrometer {
namespace {

bool isEmpty(const Counters& counters) { return counters.total == 0 && counters.self == 0; }

LineHeat lineOf(const Profile& profile, LineId id, const Counters& counters, Charge charge,
                std::uint64_t all_time) {
  const std::uint64_t time = charge == Charge::kMyCode ? counters.charged_time : counters.self_time;
  const double share = all_time == 0 ? 0 : static_cast<double>(time) / static_cast<double>(all_time);
  return {.id = id,
          .line = profile.line(id).line,
          .counters = counters,
          .heat = heatClass(share),
          .share = share};
}

/// Counters by line of a view, and its time. Unfiltered nothing is copied or summed.
class LineCounters {
 public:
  LineCounters(const Profile& profile, const Filter& filter, std::stop_token stop,
               std::optional<FileId> only_file = {})
      : profile_(profile), filtered_(!filter.empty()) {
    if (filtered_) view_ = viewCounters(profile, filter, std::move(stop), {.only_file = only_file});
  }
  Counters of(LineId id) const { return filtered_ ? view_.lines[index(id)] : profile_.lineCounters(id); }
  std::uint64_t time() const { return filtered_ ? view_.all.weight : profile_.totalWeight(); }

 private:
  const Profile& profile_;
  bool filtered_;
  ViewCounters view_;
};

std::vector<LineHeat> hotLinesBy(const Profile& profile, const LineCounters& view, Charge charge,
                                 std::stop_token stop) {
  std::vector<LineHeat> lines;
  for (std::size_t i = 0; i < profile.lines().size() && !stop.stop_requested(); ++i) {
    const LineId id{static_cast<std::uint32_t>(i)};
    const Counters counters = view.of(id);
    const std::uint64_t samples = charge == Charge::kMyCode ? counters.charged : counters.self;
    if (samples != 0) lines.push_back(lineOf(profile, id, counters, charge, view.time()));
  }
  return lines;
}

}  // namespace

std::uint8_t heatClass(double share) {
  if (share >= 0.1) return 3;
  if (share >= 0.025) return 2;
  return share >= 0.005 ? 1 : 0;
}

std::vector<LineHeat> lineHeat(const Profile& profile, FileId file, const Filter& filter,
                               std::stop_token stop) {
  const LineCounters view(profile, filter, std::move(stop), file);
  const Charge charge = profile.file(file).owner == Owner::kUser ? Charge::kMyCode : Charge::kSelf;
  std::vector<LineHeat> lines;
  for (const LineId id : profile.fileLines(file)) {
    const Counters counters = view.of(id);
    if (!isEmpty(counters)) lines.push_back(lineOf(profile, id, counters, charge, view.time()));
  }
  std::sort(lines.begin(), lines.end(), [](const LineHeat& a, const LineHeat& b) { return a.line < b.line; });
  return lines;
}

std::vector<LineHeat> hotLines(const Profile& profile, Charge charge, std::size_t limit, const Filter& filter,
                               std::stop_token stop) {
  const LineCounters view(profile, filter, stop);
  auto lines = hotLinesBy(profile, view, charge, stop);
  if (lines.empty() && charge == Charge::kMyCode) {
    charge = Charge::kSelf;
    lines = hotLinesBy(profile, view, charge, stop);
  }
  const std::size_t count = limit == 0 ? lines.size() : std::min(limit, lines.size());
  const auto hotter = [charge](const LineHeat& a, const LineHeat& b) {
    const auto key = [charge](const LineHeat& line) {
      const Counters& c = line.counters;
      return charge == Charge::kMyCode ? std::pair(c.charged_time, c.charged)
                                       : std::pair(c.self_time, c.self);
    };
    if (key(a) != key(b)) return key(a) > key(b);
    return index(a.id) < index(b.id);
  };
  const auto end = lines.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(lines.begin(), end, lines.end(), hotter);
  lines.resize(count);
  return lines;
}

std::vector<Counters> lineCounters(const Profile& profile, const Filter& filter, std::stop_token stop) {
  if (!filter.empty()) return viewCounters(profile, filter, std::move(stop)).lines;
  std::vector<Counters> lines(profile.lines().size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    lines[i] = profile.lineCounters(LineId{static_cast<std::uint32_t>(i)});
  }
  return lines;
}

}  // namespace pyrometer
