#pragma once

#include <atomic>
#include <cstdint>

/// What timed_handler writes into the file named by PYROMETER_TIMES: the CPU time of each call of the
/// handler.
namespace pyrometer::benchmark {

inline constexpr std::uint32_t kMostTimes = 1 << 20;

struct Times {
  std::atomic<std::uint32_t> count;
  std::uint32_t empty_ns;  ///< what taking the time costs by itself: median of many
  std::uint32_t ns[kMostTimes];
};

}  // namespace pyrometer::benchmark
