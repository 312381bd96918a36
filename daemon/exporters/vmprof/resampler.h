#pragma once

#include <cstdint>

#include "daemon/profile/profile.h"

namespace pyrometer::vmprof {

/// How often each sample is written so that every copy stands for the same time: error diffusion along the
/// rows, so the counts of any set of samples follow their weights.
class Resampler {
 public:
  /// `weighted` false: once each.
  Resampler(const Profile& profile, bool weighted)
      : weighted_(weighted), period_(weighted ? periodFor(profile) : 0), carried_(period_ / 2) {}

  /// ns; 0 when every sample is written once.
  std::uint64_t period() const { return period_; }

  std::uint64_t copies(std::uint64_t weight) {
    if (!weighted_) return 1;
    const std::uint64_t sum = carried_ + weight;
    carried_ = sum % period_;
    return sum / period_;
  }

 private:
  /// A quarter of the mean weight: fine enough for mixed rates, and the file has four samples for one. The
  /// file holds whole microseconds.
  static std::uint64_t periodFor(const Profile& profile) {
    const std::uint64_t samples = profile.sampleCount();
    const std::uint64_t quarter = samples == 0 ? 0 : profile.totalWeight() / samples / 4;
    return quarter < 1000 ? 1000 : quarter / 1000 * 1000;
  }

  bool weighted_;
  std::uint64_t period_;
  std::uint64_t carried_;
};

}  // namespace pyrometer::vmprof
