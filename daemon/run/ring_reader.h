#pragma once

#include <cstdint>
#include <string>

#include "sampler/shared_ring.h"

namespace pyrometer {

/// Reads one segment of the shared ring. The segment is the sampled program's memory: whatever it says is
/// checked, and bytes are copied out before anyone looks at them. Where it was read to is kept here, not
/// there: the `tail` in the segment is only told to the writer.
class SegmentReader {
 public:
  explicit SegmentReader(ring::Segment& segment);

  struct Drained {
    std::size_t bytes = 0;
    bool damaged = false;  ///< head and tail made no sense; what was there is skipped
  };
  /// Appends what was committed since the last call to `out`.
  Drained drain(std::string& out);

  /// What a counter of the segment grew by since the last call; a counter that went backwards gives nothing.
  struct Drops {
    std::uint64_t full = 0, torn = 0;
  };
  Drops newDrops();

  std::uint32_t state() const { return segment_->state.load(std::memory_order_acquire); }
  std::int32_t tid() const { return segment_->tid.load(std::memory_order_relaxed); }
  std::uint32_t flags() const { return segment_->flags.load(std::memory_order_relaxed); }
  std::uint64_t handled() const { return segment_->handled.load(std::memory_order_relaxed); }
  /// Gives a released and drained segment back to the pool.
  void giveBack();
  /// The same for a segment whose thread ended without releasing it.
  void reclaim();

 private:
  ring::Segment* segment_;
  std::uint64_t tail_;
  Drops seen_;
};

}  // namespace pyrometer
