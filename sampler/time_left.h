#pragma once

#include <time.h>

/// How long a call that was cut short has yet to wait.
namespace pyrometer::sampler {

inline timespec monotonicTime() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time;
}

/// What is left of `timeout` since `begin`; never less than nothing.
inline timespec timeLeft(const timespec& timeout, const timespec& begin) {
  constexpr long kSecond = 1'000'000'000;
  const timespec end = monotonicTime();
  timespec left{timeout.tv_sec - (end.tv_sec - begin.tv_sec),
                timeout.tv_nsec - (end.tv_nsec - begin.tv_nsec)};
  while (left.tv_nsec < 0) {
    left.tv_nsec += kSecond;
    --left.tv_sec;
  }
  while (left.tv_nsec >= kSecond) {
    left.tv_nsec -= kSecond;
    ++left.tv_sec;
  }
  if (left.tv_sec < 0) return {0, 0};
  return left;
}

}  // namespace pyrometer::sampler
