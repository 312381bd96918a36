#pragma once

#include <algorithm>
#include <cstdint>

namespace pyrometer {

/// A thread's CPU clock as seen from another process. What the kernel tells (schedstat) is exact, but moves
/// only at clock ticks and when the thread leaves a processor; between, time is taken to go on for as long as
/// a tick may be. Never goes back, and never ahead of the kernel's word by more than a tick. Never 0 either,
/// which would say that there is no clock: the reader would then take wall time for CPU time.
class ThreadCpuClock {
 public:
  static constexpr std::int64_t kLongestTick = 4'000'000;  ///< ns, of a kernel at 250 Hz

  /// `told`: the kernel's word at the time `now`, of a thread that runs.
  std::int64_t at(std::int64_t now, std::int64_t told) {
    if (told != told_) {
      told_ = told;
      since_ = now;
    }
    value_ = std::max(value_, told_ + std::clamp<std::int64_t>(now - since_, 0, kLongestTick));
    return value();
  }

  /// Without the kernel's word: the thread was seen running for `since_last_look` until now, and has used up
  /// `known` at least.
  std::int64_t watched(std::int64_t since_last_look, std::int64_t known) {
    value_ = std::max(value_, known) + std::max<std::int64_t>(since_last_look, 0);
    return value();
  }

 private:
  std::int64_t value() const { return std::max<std::int64_t>(value_, 1); }

  std::int64_t told_ = -1;
  std::int64_t since_ = 0;
  std::int64_t value_ = 0;
};

}  // namespace pyrometer
