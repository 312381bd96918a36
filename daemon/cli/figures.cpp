#include "daemon/cli/figures.h"

#include <fmt/format.h>

#include <array>

#include "daemon/analysis/interval.h"

namespace pyrometer {

std::string intervalText(double share, std::uint64_t samples, Charset charset) {
  const auto n = static_cast<double>(samples);
  const Interval interval = wilson(share * n, n);
  return fmt::format("{}{}{} %", boundText(interval.low), charset == Charset::kUnicode ? "–" : "-",
                     boundText(interval.high));
}

std::string shortCount(std::uint64_t count) {
  if (count < 1'000'000) return countText(count);
  constexpr std::array<const char*, 5> kUnits = {"M", "G", "T", "P", "E"};
  double value = static_cast<double>(count) / 1e6;
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return value < 9.95 ? fmt::format("{:.1f} {}", value, kUnits[unit])
                      : fmt::format("{:.0f} {}", value, kUnits[unit]);
}

}  // namespace pyrometer
