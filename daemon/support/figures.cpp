#include "daemon/support/figures.h"

#include <fmt/format.h>

namespace pyrometer {

std::string percentText(double share) {
  const double percent = share * 100;
  if (percent > 0 && percent < 0.05) return "<0.1 %";
  return fmt::format("{:.1f} %", percent);
}

std::string countText(std::uint64_t count) {
  std::string digits = fmt::format("{}", count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ' ');
  return digits;
}

std::string durationText(std::int64_t ns) {
  const double seconds = static_cast<double>(ns) / 1e9;
  if (seconds <= 0) return "0 s";
  if (seconds < 0.00995) return fmt::format("{:.1f} ms", seconds * 1e3);
  if (seconds < 0.9995) return fmt::format("{:.0f} ms", seconds * 1e3);
  if (seconds < 9.995) return fmt::format("{:.2f} s", seconds);
  if (seconds < 119.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::int64_t>(seconds + 0.5);
  if (whole < 7200) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string bytesText(std::uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  auto value = static_cast<double>(bytes);
  int unit = 0;
  while (value >= 999.5 && unit < 6) value /= 1000, ++unit;
  return value < 9.995   ? fmt::format("{:.2f} {}", value, kUnits[unit])
         : value < 99.95 ? fmt::format("{:.1f} {}", value, kUnits[unit])
                         : fmt::format("{:.0f} {}", value, kUnits[unit]);
}

std::string rateText(double hz) {
  if (hz < 10) return fmt::format("{:.1f} Hz", hz);
  if (hz < 9999.5) return fmt::format("{:.0f} Hz", hz);
  return fmt::format("{:.1f} kHz", hz / 1000);
}

std::string boundText(double share) {
  return share < 0.0995 ? fmt::format("{:.1f}", share * 100) : fmt::format("{:.0f}", share * 100);
}

double shareOf(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace pyrometer
