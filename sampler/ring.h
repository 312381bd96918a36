#pragma once

#include <cstddef>
#include <cstdint>

#include "sampler/looked_time.h"
#include "sampler/shared_ring.h"

/// The target's side of the shared ring: blocks as they come, and a segment for each thread that needs one.
namespace pyrometer::sampler {

/// Takes a mapped block of `bytes` into use; false if it is not what this build understands. Not in a
/// handler.
bool addBlock(void* memory, std::size_t bytes);
/// Unmaps all blocks: for a fork's child, which must not write into its parent's ring, and at the end of a
/// session that the program goes on after. No other thread may be in the handler.
void dropBlocks();

/// This thread's segment; takes one from the pool if it has none. Null: none free, or the thread is ending.
/// May be called in a handler, with t_thread.busy set.
ring::Segment* ownSegment();
/// The CPU time up to and with a sample that is taken now, where the thread's clock shows `used` (ns).
inline std::uint64_t lookedTime(const ring::Segment& segment, std::uint64_t used) {
  return ring::lookedTime(segment.last_cpu, used, segment.between_looks.load(std::memory_order_relaxed),
                          segment.most_between.load(std::memory_order_relaxed));
}
/// Gives this thread's segment back, for good.
void releaseSegment();
/// Tells the daemon, through the segment, whether this thread can be signalled.
void showBlocked(bool blocked);

/// For a fork's child: leaves its pid in its parent's memory.
void announceFork(std::int32_t pid, bool unreachable = false);
/// And that it is about to exec. Nothing in any other process, nor in a child of vfork.
void announceExec();
/// For the daemon, should it not see the end itself.
void showExitStatus(int status);

/// For pthread_create: the daemon shall look at the list of threads again.
void announceThread();
void threadStarted();
void threadEnded();
/// True once for each time that the pool is about to run short.
bool wantsBlock();
void blockRequestDone(bool got_one);

/// A signal that no segment could take, or that was not ours.
void countNoSegment();
void countForeignSignal();
/// The program wants no samples (paused above 0), or wants them again for the `pauses`th time.
void showPaused(std::uint32_t paused, std::uint32_t pauses);
/// Whether the program has a handler of its own for the signal: then none of ours is sent.
void showOwnHandler(bool has);
/// The handler is in place.
void showReady();
/// The daemon has looked at the threads for the first time: what they do from now on counts.
bool lookedAt();
/// The interpreter is not what it is taken for (interpreters::Doubt): no more samples come.
void showDoubt(std::uint32_t doubt);
/// Native code was met that is not known: called by the handler.
void showUnmapped();

}  // namespace pyrometer::sampler
