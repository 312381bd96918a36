#pragma once

#include <cstdint>

namespace pyrometer {

/// When the pacer looks next. A rate that was asked for is kept to on average; `auto` (0) looks often while a
/// run is young and seldom later, so that a short run has samples enough and a long one costs little. No
/// period is a round number and each look is moved by a little chance, so that looks do not fall into step
/// with what a program does by the clock. Pure arithmetic: times are ns of one clock, given by the caller.
class RateSchedule {
 public:
  static constexpr double kLowestHz = 1;
  static constexpr double kHighestHz = 10'000;

  RateSchedule(double rate_hz, std::int64_t start, std::uint64_t seed = 0x9e3779b97f4a7c15);

  /// The period in force `elapsed` ns after the start.
  std::int64_t periodAt(std::int64_t elapsed) const;
  /// The time of the look after the last one returned; looks that `now` has overtaken are left out.
  std::int64_t next(std::int64_t now);

 private:
  std::int64_t jitter(std::int64_t period);

  double asked_period_ = 0;  ///< ns; 0: auto
  std::int64_t start_;
  double due_;  ///< the next look before jitter; a fraction, so that a rate is exact over hours
  std::uint64_t random_;
};

}  // namespace pyrometer
