#include "daemon/run/rate_schedule.h"

#include <algorithm>
#include <cmath>

namespace pyrometer {

namespace {
constexpr std::int64_t kYoung = 2'000'000'000;
constexpr std::int64_t kGrown = 10'000'000'000;
constexpr std::int64_t kYoungPeriod = 499'000;
constexpr std::int64_t kMiddlePeriod = 997'000;
constexpr std::int64_t kGrownPeriod = 3'989'000;
constexpr int kJitterShare = 16;  // up to a sixteenth of the period either way
}  // namespace

RateSchedule::RateSchedule(double rate_hz, std::int64_t start, std::uint64_t seed)
    : start_(start), due_(0), random_(seed | 1) {
  if (rate_hz > 0) asked_period_ = 1e9 / std::clamp(rate_hz, kLowestHz, kHighestHz);
}

std::int64_t RateSchedule::periodAt(std::int64_t elapsed) const {
  if (asked_period_ > 0) return std::llround(asked_period_);
  if (elapsed < kYoung) return kYoungPeriod;
  return elapsed < kGrown ? kMiddlePeriod : kGrownPeriod;
}

std::int64_t RateSchedule::next(std::int64_t now) {
  const auto elapsed = static_cast<double>(now - start_);
  const std::int64_t period = periodAt(now - start_);
  const double step = asked_period_ > 0 ? asked_period_ : static_cast<double>(period);
  due_ += step;
  if (due_ < elapsed) due_ += std::ceil((elapsed - due_) / step) * step;
  const std::int64_t look = start_ + std::llround(due_) + jitter(period);
  return std::max(look, now);
}

std::int64_t RateSchedule::jitter(std::int64_t period) {
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  const std::int64_t width = period / kJitterShare;
  return static_cast<std::int64_t>(random_ % static_cast<std::uint64_t>(2 * width + 1)) - width;
}

}  // namespace pyrometer
