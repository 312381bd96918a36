#pragma once

#include <cstdint>

#include "sampler/interpreters/ring_cursor.h"
#include "sampler/sample_stream.h"

namespace pyrometer::interpreters {

/// A frame as it is compared and written. Python: bit 63 clear, code reference in bits 32 to 62, position (0:
/// not begun, else the offset + 1) in the low 32. Native: bit 63 set, the address below.
using PackedFrame = std::uint64_t;

inline constexpr std::uint32_t kUnknownCode = 0;  ///< the reference that is never described

constexpr PackedFrame packPythonFrame(std::uint32_t reference, std::int64_t offset) {
  const auto position = offset < 0 ? 0 : static_cast<std::uint32_t>(offset + 1);
  return (std::uint64_t{reference} << 32) | position;
}

/// Of a Python frame.
constexpr std::uint32_t codeReference(PackedFrame frame) { return static_cast<std::uint32_t>(frame >> 32); }

/// The last stack of a thread, and the times with it: what the next sample is the difference to.
struct LastStack {
  std::uint64_t wall = 0;
  std::uint64_t cpu = 0;
  std::uint32_t depth = 0;
  const PackedFrame* frames = nullptr;  ///< leaf first
};

struct NewStack {
  std::uint64_t wall = 0;
  std::uint64_t cpu = 0;
  std::uint8_t flags = 0;  ///< stream::SampleFlag; kElided is set from `elided`
  std::uint32_t elided = 0;
  std::uint32_t depth = 0;
  const PackedFrame* frames = nullptr;  ///< leaf first
};

/// Writes a kSample. Leaves the cursor as it was and answers false if there is no room.
inline bool encodeSample(const LastStack& last, const NewStack& now, RingCursor& cursor) {
  const std::uint64_t mark = cursor.position();
  const std::uint32_t least = now.depth < last.depth ? now.depth : last.depth;
  std::uint32_t keep = 0;
  while (keep < least && now.frames[now.depth - 1 - keep] == last.frames[last.depth - 1 - keep]) ++keep;
  const std::uint32_t fresh = now.depth - keep;

  cursor.put(static_cast<std::uint8_t>(stream::Record::kSample));
  // A clock that steps back would make a delta of 2^64; it cannot, but the reader need not know.
  cursor.putVarint(now.wall > last.wall ? now.wall - last.wall : 0);
  cursor.putVarint(now.cpu > last.cpu ? now.cpu - last.cpu : 0);
  cursor.put(static_cast<std::uint8_t>(now.flags | (now.elided != 0 ? stream::kElided : 0)));
  if (now.elided != 0) cursor.putVarint(now.elided);
  cursor.putVarint(keep);
  cursor.putVarint(fresh);
  for (std::uint32_t i = 0; i < fresh; ++i) {
    const PackedFrame frame = now.frames[i];
    if ((frame >> 63) != 0) {
      cursor.putVarint((frame << 1) | 1);
    } else {
      cursor.putVarint((frame >> 32) << 1);
      cursor.putVarint(frame & 0xffffffff);
    }
  }
  if (!cursor.overflowed()) return true;
  cursor.rewind(mark);
  return false;
}

}  // namespace pyrometer::interpreters
