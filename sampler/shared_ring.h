#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

/// The memory that the daemon and one sampled process share: a control page and segments, each a byte ring
/// with one writer (the handler of the thread that owns it) and one reader (the daemon). The daemon creates
/// it as a memfd with every page allocated, so that a store can not raise SIGBUS; the target maps it and
/// closes the descriptor.
///
///   +---------+-----------+-----------+--- ...
///   | Control | Segment 0 | Segment 1 |         one block; more blocks come when threads need them
///   +---------+-----------+-----------+--- ...
///
/// A thread takes a segment at its first signal (or when it blocks SIGURG), without a system call: kFree to
/// kOwned, then it writes its tid and starts `last_*` afresh; head, tail and the counters go on from where
/// they are. `tid` is right whenever there are bytes to read. A thread that ends without its destructors
/// leaves its segment kOwned: the daemon takes it back when the thread is gone.
///
/// Who writes what: `head`, the counters and everything below "owned by the thread" by the target; `tail` and
/// the return of a released segment to the pool by the daemon. The daemon believes nothing it reads here:
/// head - tail is checked against the capacity, records are copied out before they are decoded.
namespace pyrometer::ring {

inline constexpr std::uint32_t kMagic = 0x4f525950;  // "PYRO"
inline constexpr std::uint32_t kVersion = 4;         // of this layout; daemon and sampler must agree

inline constexpr std::size_t kSegmentBytes = 128 * 1024;  ///< of records in one segment, a power of two
inline constexpr std::uint32_t kSegmentsPerBlock = 64;
/// The first block of a child: most have one thread, and there may be thousands of them.
inline constexpr std::uint32_t kSegmentsOfChild = 2;
inline constexpr std::uint32_t kMaxBlocks = 32;
inline constexpr std::uint32_t kForkPlaces = 256;
// No pid is so large.
inline constexpr std::uint64_t kForkUnreachable = 1u << 31;  ///< cannot register
inline constexpr std::uint64_t kForkExecutes = 1u << 30;     ///< is about to become another program
inline constexpr std::uint64_t kForkPid = kForkExecutes - 1;

enum SegmentState : std::uint32_t {
  kFree = 0,      ///< in the pool; a thread takes it by compare-and-swap to kOwned
  kOwned = 1,     ///< its thread is alive
  kReleased = 2,  ///< its thread has ended; the daemon drains it and puts it back (kFree)
};

enum SegmentFlags : std::uint32_t {
  kSignalBlocked = 1,  ///< the thread has SIGURG blocked: do not signal, read from outside
};

struct alignas(4096) Segment {
  std::atomic<std::uint32_t> state;
  std::atomic<std::uint32_t> flags;
  std::atomic<std::int32_t> tid;  ///< as the target sees it
  /// ns between the daemon's last two looks at the thread, before the signal was sent (0: not known), and how
  /// much of that is believed in any case (looked_time.h). Written by the daemon, and by a thread that takes
  /// the segment.
  std::atomic<std::uint32_t> between_looks, most_between;
  alignas(64) std::atomic<std::uint64_t> head;  ///< bytes ever written; released after the record is whole
  std::atomic<std::uint64_t> handled;           ///< signals of ours answered, with a sample or a drop
  std::atomic<std::uint64_t> samples;
  std::atomic<std::uint64_t> dropped_full;      ///< no room
  std::atomic<std::uint64_t> dropped_torn;      ///< nothing of the stack could be read
  std::atomic<std::uint64_t> without_python;    ///< no thread state
  alignas(64) std::atomic<std::uint64_t> tail;  ///< bytes ever read; written by the daemon
  // Owned by the thread: what its next record differs from.
  alignas(64) std::uint64_t last_wall, last_cpu;
  std::uint32_t last_depth;
  std::uint32_t looks;                 ///< samples since the thread's name was first looked at
  std::uint64_t last_name, last_task;  ///< fingerprints of what was written last; 0: nothing
  std::uint32_t last_buffer;           ///< which of the two holds the last stack; the other is the workbench
  std::uint64_t frames[2][1024];  ///< leaf first, stream::kMaxFrames each, as PackedFrame (stack_encoder.h)
  alignas(4096) std::uint8_t bytes[kSegmentBytes];
};

struct alignas(4096) Control {
  std::uint32_t magic, version;
  std::uint32_t segment_count;                 ///< in this block
  std::uint32_t block_number;                  ///< from 0
  std::atomic<std::uint32_t> ready;            ///< 1 once the target's handler is installed
  std::atomic<std::uint32_t> threads_started;  ///< bumped by pthread_create: look at the thread list again
  std::atomic<std::uint32_t> looked_at;        ///< 1 once each of its threads has been looked at
  /// 1 while the program has a handler of its own for the signal: none of ours is sent then, as the kernel
  /// would keep one of both.
  std::atomic<std::uint32_t> own_handler;
  std::atomic<std::uint64_t> no_segment;  ///< signals answered by a thread that found no free segment
  std::atomic<std::uint32_t> paused;      ///< above 0: the program wants no samples for now
  /// ns between two looks, as the daemon means it; 0: not known. What a thread's first look stands for.
  std::atomic<std::uint32_t> period;
  std::atomic<std::uint32_t> pauses;           ///< how often it wanted them again after that
  std::atomic<std::uint64_t> foreign_signals;  ///< SIGURGs that were not ours and were passed on
  std::atomic<std::uint32_t> doubt;  ///< interpreters::Doubt: not 0 if nothing can be sampled after all
  /// Samples that met native code which the area for unwinding does not know: look at the mappings again.
  std::atomic<std::uint32_t> unmapped;
  /// 0: not known; else 1 + the status that the process gave to exit or _exit.
  std::atomic<std::uint32_t> exit_status;
  /// Children that were forked: each takes the next number and writes number << 32 | pid to its place, and
  /// once more with kForkUnreachable if it cannot register; before it calls exec it adds kForkExecutes to
  /// what it wrote, should that still stand. The memory is the parent's; a grandchild that never registered
  /// writes to it, too.
  std::atomic<std::uint32_t> forks_begun;
  std::atomic<std::uint64_t> forks[kForkPlaces];
};

/// A block may have fewer segments than this: Control::segment_count says.
struct Block {
  Control control;
  Segment segments[kSegmentsPerBlock];
};

/// Bytes of a block with so many segments.
constexpr std::size_t blockBytes(std::uint32_t segments) {
  return sizeof(Control) + segments * sizeof(Segment);
}

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace pyrometer::ring
