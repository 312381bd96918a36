#pragma once

#include <cstdint>
#include <string>

/// Numbers as people read them.
namespace pyrometer {

/// 0.421 -> "42.1 %"; what is above 0 and would show as 0.0 is "<0.1 %". At most 7 columns.
std::string percentText(double share);
/// 4873 -> "4 873"
std::string countText(std::uint64_t count);
/// ns: "0.4 ms", "12 ms", "2.41 s", "3 min 12 s", "1 h 02 min"
std::string durationText(std::int64_t ns);
/// "812 B", "1.2 MB", "182 MB" (powers of 1000)
std::string bytesText(std::uint64_t bytes);
/// "917 Hz", "2.1 kHz"
std::string rateText(double hz);
/// An end of an interval in percent: "7.3", "38". An interval is never so narrow that decimals would matter
/// above ten percent.
std::string boundText(double share);

/// Below this many samples intervals are shown: they are wider than three points around the middle.
inline constexpr std::uint64_t kFewSamples = 1000;

/// part / whole, 0 where there is no whole.
double shareOf(std::uint64_t part, std::uint64_t whole);

}  // namespace pyrometer
