#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace pyrometer {

/// Which lines of two texts are the same, as (line of the first, line of the second), both growing. Lines are
/// numbers: equal lines have equal numbers. Patience: what both ends have in common, then lines that occur
/// once on either side, and between these the longest common subsequence where the stretch is small. The cost
/// is bounded whatever the texts are; where it would be more, lines count as different.
using LinePair = std::pair<std::uint32_t, std::uint32_t>;
std::vector<LinePair> diffLines(std::span<const std::uint32_t> before, std::span<const std::uint32_t> after);

}  // namespace pyrometer
