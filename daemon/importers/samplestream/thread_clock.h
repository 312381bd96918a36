#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "daemon/importers/samplestream/thread_side.h"

namespace pyrometer::samplestream {

/// Which clock the weights of a stream are differences of.
enum class WeightClock : std::uint8_t {
  kCpu,
  kWall,
  kRecorded,  ///< a bundle made from another tool's file: sums of its weights stand in the CPU clock's place
};

/// Gives each sample of one thread the time that it stands for: what its clock went on since the thread's
/// sample before, from whichever source. Samples must come in order of time.
///
/// In CPU time, a sample without a CPU clock (read from outside) stands for the wall time since the look
/// before; what such samples have claimed is not given again to the next sample that has the clock. A look
/// from outside that found the thread asleep stands for no CPU time and is no sample then, and neither is a
/// mark, which the next sample counts from.
class ThreadClock {
 public:
  /// `start`: when the thread began, on the stream's clock. `cpu_before`: what its CPU clock had already
  /// counted for an earlier program image in the same thread (exec).
  ThreadClock(std::uint64_t start, std::uint64_t cpu_before) : wall_(start), cpu_(cpu_before) {}

  std::optional<std::uint64_t> weigh(const RawSample& sample, WeightClock clock) {
    const std::uint64_t wall = sample.time > wall_ ? sample.time - wall_ : 0;
    wall_ = std::max(wall_, sample.time);
    if ((sample.flags & stream::kMark) == stream::kMark) {
      cpu_ = std::max(cpu_, sample.cpu);
      claimed_ = 0;
      return std::nullopt;
    }
    if (clock == WeightClock::kWall) return wall;
    const bool asleep = (sample.flags & stream::kStateMask) == stream::kStateOffCpu;
    if (sample.cpu == 0 && clock == WeightClock::kCpu) {
      if (asleep) return std::nullopt;
      claimed_ += wall;
      return wall;
    }
    std::uint64_t cpu = sample.cpu > cpu_ ? sample.cpu - cpu_ : 0;
    cpu_ = std::max(cpu_, sample.cpu);
    cpu -= std::min(cpu, claimed_);
    claimed_ = 0;
    if (cpu == 0 && asleep && clock == WeightClock::kCpu) return std::nullopt;
    return cpu;
  }

  std::uint64_t wall() const { return wall_; }
  std::uint64_t cpu() const { return cpu_; }

 private:
  std::uint64_t wall_, cpu_;
  std::uint64_t claimed_ = 0;
};

}  // namespace pyrometer::samplestream
