#include "daemon/importers/vmprof/sample_weights.h"

#include <algorithm>
#include <charconv>

namespace pyrometer::vmprof {
namespace {

constexpr std::uint64_t kMaxWeight = 3'600'000'000'000;  // an hour: longer is a clock that was set
constexpr std::uint64_t kLongestGap = 1'000'000'000;
constexpr std::uint64_t kDefaultPeriod = 1'000'000;
constexpr std::int64_t kNever = INT64_MIN;

}  // namespace

SampleWeights::SampleWeights(const RawProfile& raw, std::size_t samples, std::vector<std::string>& notes)
    : period_(raw.period_ns > 0 ? raw.period_ns : kDefaultPeriod) {
  // The fork's clock is the wall's; where its timer counted CPU time, gaps between samples are no weights.
  timed_ = raw.layout.times || (raw.layout.forked && raw.real_time);
  if (timed_) {
    by_thread_ = raw.real_time;
    last_.assign(by_thread_ ? raw.threadCount() : 1, kNever);
    return;
  }
  const bool told = raw.weight_ns > 0 && raw.weight_ns <= kMaxWeight;
  share((told ? raw.weight_ns : period_) * samples, samples);
  if (told) return;
  if (!raw.start_ns || !raw.end_ns) return;
  if (*raw.end_ns > *raw.start_ns) {
    const std::uint64_t total =
        static_cast<std::uint64_t>(*raw.end_ns) - static_cast<std::uint64_t>(*raw.start_ns);
    if (total / samples > 0 && total / samples <= kMaxWeight) {
      share(total, samples);
      return;
    }
  }
  notes.emplace_back(
      "the file's start and end time make no sense; every sample counts for the period asked for");
}

void SampleWeights::share(std::uint64_t total, std::uint64_t samples) {
  each_ = total / samples;
  rest_ = total % samples;
  samples_ = samples;
}

std::uint64_t SampleWeights::sinceLast(std::int64_t time, std::uint32_t thread) {
  std::int64_t& last = last_[by_thread_ ? thread : 0];
  std::uint64_t gap = period_;
  if (last != kNever && time > last)
    gap = static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(last);
  last = std::max(last, time);
  return std::clamp(gap, std::min(period_, kLongestGap), kLongestGap);
}

}  // namespace pyrometer::vmprof
