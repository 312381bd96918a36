#include "daemon/importers/pypylog/clock_points.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace pyrometer::pypylog {
namespace {

/// The number behind "key=", up to the next blank.
template <class Number>
std::optional<Number> numberOf(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  Number number{};
  const std::string_view text = line.substr(at + key.size());
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) return std::nullopt;
  return number;
}

/// From a tenth of a gigahertz to a hundred: what is outside is no clock, or no calibration.
bool plausible(double ns_per_tick) { return ns_per_tick > 0.01 && ns_per_tick < 10; }

}  // namespace

void ClockPoints::onProgramLine(std::uint64_t stamp, std::string_view line) {
  const auto monotonic = numberOf<std::int64_t>(line, "monotonic_ns=");
  if (!monotonic || *monotonic < 0) return;
  nanoseconds_ = nanoseconds_ || line.find("unit=ns") != std::string_view::npos;
  const Point point{stamp, *monotonic, numberOf<double>(line, "unix=")};
  if (!first_) first_ = point;
  last_ = point;
}

void ClockPoints::onSummaryLine(std::string_view line) {
  if (!line.starts_with("TOTAL:")) return;
  line.remove_prefix(std::min(line.find_first_of("0123456789"), line.size()));
  double seconds = 0;
  if (std::from_chars(line.data(), line.data() + line.size(), seconds).ec == std::errc() && seconds > 0)
    total_seconds_ = seconds;
}

PhaseClock ClockPoints::clock(std::uint64_t first, std::uint64_t last) const {
  PhaseClock clock;
  const auto span = static_cast<double>(last - first);
  if (nanoseconds_) {
    clock.how = PhaseClock::How::kCalibrated;
    clock.ns_per_tick = 1;
  } else if (first_ && last_->stamp > first_->stamp && last_->monotonic_ns > first_->monotonic_ns) {
    const double ratio = static_cast<double>(last_->monotonic_ns - first_->monotonic_ns) /
                         static_cast<double>(last_->stamp - first_->stamp);
    if (plausible(ratio)) {
      clock.how = PhaseClock::How::kCalibrated;
      clock.ns_per_tick = ratio;
    }
  }
  if (clock.how == PhaseClock::How::kCalibrated && first_ && first_->stamp >= first) {
    const double before = static_cast<double>(first_->stamp - first) * clock.ns_per_tick;
    clock.monotonic_at_zero = first_->monotonic_ns - static_cast<std::int64_t>(std::min(before, 9e18));
    constexpr double kLatest = 9e9;  // seconds
    if (first_->unix_seconds && *first_->unix_seconds > 0 && *first_->unix_seconds < kLatest)
      clock.unix_at_zero = std::llround(*first_->unix_seconds * 1e9 - std::min(before, 9e17));
  }
  if (clock.how == PhaseClock::How::kUnknown && total_seconds_ > 0 && span > 0) {
    const double ratio = total_seconds_ * 1e9 / span;
    if (plausible(ratio)) {
      clock.how = PhaseClock::How::kSummary;
      clock.ns_per_tick = ratio;
    }
  }
  return clock;
}

}  // namespace pyrometer::pypylog
