#include "daemon/run/ring_reader.h"

#include <algorithm>
#include <atomic>

namespace pyrometer {

namespace {

std::uint64_t grownBy(std::uint64_t now, std::uint64_t& seen) {
  // A program that writes nonsense here must not be able to claim 2^60 drops at once.
  constexpr std::uint64_t kBelievable = std::uint64_t{1} << 32;
  const std::uint64_t difference = now - seen;
  seen = now;
  return difference < kBelievable ? difference : 0;
}

}  // namespace

SegmentReader::SegmentReader(ring::Segment& segment)
    : segment_(&segment), tail_(segment.tail.load(std::memory_order_relaxed)) {}

SegmentReader::Drained SegmentReader::drain(std::string& out) {
  const std::uint64_t head = segment_->head.load(std::memory_order_acquire);
  const std::uint64_t size = head - tail_;
  if (size == 0) return {};
  if (size > ring::kSegmentBytes) {
    tail_ = head;
    segment_->tail.store(tail_, std::memory_order_release);
    return {.bytes = 0, .damaged = true};
  }
  const std::size_t begin = tail_ & (ring::kSegmentBytes - 1);
  const std::size_t first = std::min<std::size_t>(size, ring::kSegmentBytes - begin);
  out.append(reinterpret_cast<const char*>(segment_->bytes) + begin, first);
  out.append(reinterpret_cast<const char*>(segment_->bytes), size - first);
  tail_ = head;
  segment_->tail.store(tail_, std::memory_order_release);
  return {.bytes = size, .damaged = false};
}

SegmentReader::Drops SegmentReader::newDrops() {
  return {.full = grownBy(segment_->dropped_full.load(std::memory_order_relaxed), seen_.full),
          .torn = grownBy(segment_->dropped_torn.load(std::memory_order_relaxed), seen_.torn)};
}

void SegmentReader::giveBack() {
  std::uint32_t released = ring::kReleased;
  segment_->state.compare_exchange_strong(released, ring::kFree, std::memory_order_acq_rel);
}

void SegmentReader::reclaim() { segment_->state.store(ring::kFree, std::memory_order_release); }

}  // namespace pyrometer
