#pragma once

#include <cstdint>
#include <string>

#include "daemon/cli/characters.h"
#include "daemon/support/figures.h"

/// Numbers as columns of a table hold them.
namespace pyrometer {

/// The 95 % interval of a share seen in `samples` samples: "38-46 %", "7.3-13 %", with a proper dash in
/// Unicode. At most kIntervalWidth columns.
std::string intervalText(double share, std::uint64_t samples, Charset charset);

/// "12 345", "4.6 M": a count in at most seven columns.
std::string shortCount(std::uint64_t count);

inline constexpr int kShareWidth = 7, kIntervalWidth = 9;

/// Below this many the intervals are ten points wide to each side: little can be said about lines.
inline constexpr std::uint64_t kTooFewSamples = 100;

}  // namespace pyrometer
