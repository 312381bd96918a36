#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/profile/phase_log.h"

namespace pyrometer::pypylog {

/// Finds out what a tick is, from what the log says here and there: a program may write its clocks into
/// sections of its own ("unix=... monotonic_ns=... unit=tsc"), and the JIT states how long
/// it ran in all.
class ClockPoints {
 public:
  /// A line of text in a section of the program's own that began at `stamp`.
  void onProgramLine(std::uint64_t stamp, std::string_view line);
  /// A line of the section jit-summary.
  void onSummaryLine(std::string_view line);

  PhaseClock clock(std::uint64_t first, std::uint64_t last) const;

 private:
  struct Point {
    std::uint64_t stamp;
    std::int64_t monotonic_ns;
    std::optional<double> unix_seconds;
  };
  std::optional<Point> first_, last_;
  bool nanoseconds_ = false;
  double total_seconds_ = 0;
};

}  // namespace pyrometer::pypylog
