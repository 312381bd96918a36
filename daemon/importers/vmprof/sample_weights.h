#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "daemon/importers/vmprof/raw_profile.h"

namespace pyrometer::vmprof {

/// What a sample stands for, one after the other. A file whose samples have times tells it for each: the time
/// since the one before, of the same thread where the clock is the wall's, at least the period and at most a
/// second. Otherwise end minus start is shared evenly; without these, each counts for the period.
class SampleWeights {
 public:
  /// May leave a note.
  SampleWeights(const RawProfile& raw, std::size_t samples, std::vector<std::string>& notes);

  /// Whether samples have weights of their own.
  bool timed() const { return timed_; }
  /// ns. `time` is the sample's, ns of any clock; only looked at where timed().
  std::uint64_t next(std::int64_t time, std::uint32_t thread) {
    return timed_ ? sinceLast(time, thread) : shared();
  }

 private:
  void share(std::uint64_t total, std::uint64_t samples);
  std::uint64_t shared() {
    carried_ += rest_;
    if (carried_ < samples_) return each_;
    carried_ -= samples_;
    return each_ + 1;
  }
  std::uint64_t sinceLast(std::int64_t time, std::uint32_t thread);

  bool timed_ = false, by_thread_ = false;
  std::uint64_t period_;
  std::uint64_t each_ = 0, rest_ = 0, samples_ = 1, carried_ = 0;
  std::vector<std::int64_t> last_;  ///< by thread, or one
};

}  // namespace pyrometer::vmprof
