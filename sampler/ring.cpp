#include "sampler/ring.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "sampler/target.h"

namespace pyrometer::sampler {

namespace {

struct MappedBlock {
  std::atomic<ring::Block*> block;
  std::size_t bytes;
  std::uint32_t segments;
};

constinit MappedBlock g_blocks[ring::kMaxBlocks]{};
constinit std::atomic<std::uint32_t> g_block_count{0};
constinit std::atomic<std::uint32_t> g_segment_count{0};
constinit std::atomic<std::uint32_t> g_threads{1};
constinit std::atomic<bool> g_asking{false};
/// What this process, being a fork's child, has written to its parent's memory; 0 if nothing.
constinit std::atomic<std::uint64_t> g_fork{0};
/// Counts how often the blocks were dropped: a thread may still believe in a segment of blocks that are gone.
constinit std::atomic<std::uint32_t> g_session{0};

/// Segments kept free for threads that are being started, or drained after their end: one in four.
constexpr std::uint32_t kSpareOf = 4;

ring::Control* firstControl() {
  ring::Block* block = g_blocks[0].block.load(std::memory_order_acquire);
  return block == nullptr ? nullptr : &block->control;
}

std::uint32_t flagsFor(bool blocked) { return blocked ? std::uint32_t{ring::kSignalBlocked} : 0; }

ring::Segment* takeFree(std::int32_t tid) {
  const std::uint32_t blocks = g_block_count.load(std::memory_order_acquire);
  for (std::uint32_t b = 0; b < blocks; ++b) {
    ring::Block* block = g_blocks[b].block.load(std::memory_order_acquire);
    for (std::uint32_t i = 0; i < g_blocks[b].segments; ++i) {
      ring::Segment& segment = block->segments[(i + static_cast<std::uint32_t>(tid)) % g_blocks[b].segments];
      std::uint32_t expected = ring::kFree;
      if (segment.state.load(std::memory_order_relaxed) != ring::kFree ||
          !segment.state.compare_exchange_strong(expected, ring::kOwned, std::memory_order_acq_rel)) {
        continue;
      }
      segment.tid.store(tid, std::memory_order_relaxed);
      segment.flags.store(flagsFor(t_thread.blocked), std::memory_order_relaxed);
      segment.last_wall = 0;
      segment.last_cpu = 0;
      const std::uint32_t period =
          g_blocks[0].block.load(std::memory_order_relaxed)->control.period.load(std::memory_order_relaxed);
      segment.most_between.store(period, std::memory_order_relaxed);
      segment.between_looks.store(period, std::memory_order_relaxed);
      segment.last_depth = 0;
      segment.last_buffer = 0;
      segment.last_name = 0;
      segment.last_task = 0;
      segment.looks = 0;
      return &segment;
    }
  }
  return nullptr;
}

}  // namespace

bool addBlock(void* memory, std::size_t bytes) {
  auto* block = static_cast<ring::Block*>(memory);
  if (bytes < sizeof(ring::Control) || block->control.magic != ring::kMagic ||
      block->control.version != ring::kVersion) {
    return false;
  }
  const std::uint32_t segments = block->control.segment_count;
  if (segments == 0 || segments > ring::kSegmentsPerBlock || bytes < ring::blockBytes(segments)) {
    return false;
  }
  const std::uint32_t number = g_block_count.load(std::memory_order_relaxed);
  if (number == ring::kMaxBlocks) return false;
  g_blocks[number].bytes = bytes;
  g_blocks[number].segments = segments;
  g_blocks[number].block.store(block, std::memory_order_release);
  g_block_count.store(number + 1, std::memory_order_release);
  g_segment_count.fetch_add(segments, std::memory_order_relaxed);
  return true;
}

void dropBlocks() {
  const std::uint32_t blocks = g_block_count.exchange(0, std::memory_order_relaxed);
  for (std::uint32_t b = 0; b < blocks; ++b) munmap(g_blocks[b].block.exchange(nullptr), g_blocks[b].bytes);
  g_segment_count.store(0, std::memory_order_relaxed);
  g_fork.store(0, std::memory_order_relaxed);
  g_threads.store(1, std::memory_order_relaxed);
  g_asking.store(false, std::memory_order_relaxed);
  g_session.fetch_add(1, std::memory_order_release);
  t_thread.segment = nullptr;
}

ring::Segment* ownSegment() {
  const std::uint32_t session = g_session.load(std::memory_order_acquire);
  if (t_thread.session != session) {
    t_thread.segment = nullptr;
    t_thread.session = session;
  }
  // In a fork's child the blocks are its parent's.
  if (!g_target.active.load(std::memory_order_acquire)) return nullptr;
  if (t_thread.segment == nullptr && !t_thread.ended) t_thread.segment = takeFree(gettid());
  return t_thread.segment;
}

void releaseSegment() {
  t_thread.ended = true;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  ring::Segment* segment =
      t_thread.session == g_session.load(std::memory_order_acquire) ? t_thread.segment : nullptr;
  t_thread.segment = nullptr;
  if (segment != nullptr) segment->state.store(ring::kReleased, std::memory_order_release);
}

void showBlocked(bool blocked) {
  t_thread.blocked = blocked;
  const bool was_busy = t_thread.busy;
  t_thread.busy = true;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  // A thread that never blocks needs no segment for this.
  ring::Segment* segment = blocked ? ownSegment() : t_thread.segment;
  if (segment != nullptr) segment->flags.store(flagsFor(blocked), std::memory_order_release);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  t_thread.busy = was_busy;
}

void announceFork(std::int32_t pid, bool unreachable) {
  ring::Control* control = firstControl();
  if (control == nullptr) return;
  const std::uint64_t number = control->forks_begun.fetch_add(1, std::memory_order_relaxed);
  const std::uint64_t written =
      number << 32 | (unreachable ? ring::kForkUnreachable : 0) | static_cast<std::uint32_t>(pid);
  g_fork.store(written, std::memory_order_relaxed);
  control->forks[number % ring::kForkPlaces].store(written, std::memory_order_release);
}

void announceExec() {
  std::uint64_t written = g_fork.load(std::memory_order_relaxed);
  if (written == 0 || static_cast<std::int32_t>(written & ring::kForkPid) != getpid()) return;
  ring::Control* control = firstControl();
  if (control == nullptr) return;
  control->forks[(written >> 32) % ring::kForkPlaces].compare_exchange_strong(
      written, written | ring::kForkExecutes, std::memory_order_release);
}

void showExitStatus(int status) {
  if (ring::Control* control = firstControl())
    control->exit_status.store((static_cast<std::uint32_t>(status) & 0xff) + 1, std::memory_order_relaxed);
}

void announceThread() {
  if (ring::Control* control = firstControl())
    control->threads_started.fetch_add(1, std::memory_order_release);
}

void threadStarted() { g_threads.fetch_add(1, std::memory_order_relaxed); }

void threadEnded() { g_threads.fetch_sub(1, std::memory_order_relaxed); }

bool wantsBlock() {
  const std::uint32_t segments = g_segment_count.load(std::memory_order_relaxed);
  const std::uint32_t spare = std::max(segments / kSpareOf, 1u);
  if (g_threads.load(std::memory_order_relaxed) + spare < segments) return false;
  if (g_block_count.load(std::memory_order_relaxed) == ring::kMaxBlocks) return false;
  return !g_asking.exchange(true, std::memory_order_acquire);
}

void blockRequestDone(bool got_one) {
  // Who was refused once does not ask again at every thread.
  if (got_one) g_asking.store(false, std::memory_order_release);
}

void countNoSegment() {
  if (ring::Control* control = firstControl()) control->no_segment.fetch_add(1, std::memory_order_relaxed);
}

void countForeignSignal() {
  if (ring::Control* control = firstControl())
    control->foreign_signals.fetch_add(1, std::memory_order_relaxed);
}

void showDoubt(std::uint32_t doubt) {
  if (ring::Control* control = firstControl()) control->doubt.store(doubt, std::memory_order_release);
}

void showUnmapped() {
  if (ring::Control* control = firstControl()) control->unmapped.fetch_add(1, std::memory_order_relaxed);
}

void showPaused(std::uint32_t paused, std::uint32_t pauses) {
  ring::Control* control = firstControl();
  if (control == nullptr) return;
  control->pauses.store(pauses, std::memory_order_relaxed);
  control->paused.store(paused, std::memory_order_release);
}

void showOwnHandler(bool has) {
  if (ring::Control* control = firstControl())
    control->own_handler.store(has ? 1 : 0, std::memory_order_seq_cst);
}

bool lookedAt() {
  const ring::Control* control = firstControl();
  return control != nullptr && control->looked_at.load(std::memory_order_acquire) != 0;
}

void showReady() {
  if (ring::Control* control = firstControl()) control->ready.store(1, std::memory_order_release);
}

}  // namespace pyrometer::sampler
