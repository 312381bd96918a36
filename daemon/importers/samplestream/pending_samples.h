#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "daemon/importers/samplestream/stream_threads.h"
#include "daemon/importers/samplestream/thread_clock.h"
#include "daemon/importers/samplestream/thread_side.h"
#include "daemon/profile/profile_builder.h"

namespace pyrometer::samplestream {

/// From the first process's start to the latest time that a stream has named.
class StreamTime {
 public:
  void begin(std::uint64_t time) { start_ = time; }
  void saw(std::uint64_t time) {
    if (time <= INT64_MAX) last_ = std::max(last_, time);
  }
  std::uint64_t last() const { return last_; }
  std::int64_t sinceStart(std::uint64_t time) const {
    return time <= start_ ? 0 : static_cast<std::int64_t>(std::min<std::uint64_t>(time - start_, INT64_MAX));
  }

 private:
  std::uint64_t start_ = 0, last_ = 0;
};

/// Holds samples back until their batch is whole: threads write each on their own, and the profile wants the
/// order of time. Then weighs them, resolves their stacks and adds them to the profile.
class PendingSamples {
 public:
  static constexpr std::uint64_t kPatience = 1'000'000'000;  ///< ns

  /// All of them must outlive this.
  PendingSamples(StreamThreads& threads, StreamTime& time, ProfileBuilder& target)
      : threads_(threads), time_(time), target_(target) {}

  void setClock(WeightClock clock) { clock_ = clock; }
  /// Where readers of records append.
  std::vector<RawSample>& waiting() { return waiting_; }
  /// Adds the samples up to `time`, oldest first; later ones wait on. So do those behind one whose line table
  /// is still coming in parts, but not longer than kPatience.
  void release(std::uint64_t time);

 private:
  StackResolver& stacksOf(const RawSample& raw);
  void add(const RawSample& raw, RunInfo& info);

  StreamThreads& threads_;
  StreamTime& time_;
  ProfileBuilder& target_;
  std::vector<RawSample> waiting_;
  WeightClock clock_ = WeightClock::kCpu;
};

}  // namespace pyrometer::samplestream
