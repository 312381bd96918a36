#include "sampler/pypy/stack.h"

#include <link.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include "sampler/interpreters/ring_cursor.h"
#include "sampler/interpreters/stack_encoder.h"
#include "sampler/own_memory.h"
#include "sampler/pypy/names.h"
#include "sampler/ring.h"
#include "sampler/target.h"

namespace pyrometer::sampler::pypy {

namespace {

using interpreters::PackedFrame;
using interpreters::RingCursor;

constinit std::atomic<Handler> g_handler{nullptr};

/// Where PyPy itself is mapped: what holds its handler.
struct Range {
  std::uint64_t low = 0, high = 0;
  bool holds(std::uint64_t address) const { return address >= low && address < high; }
};
constinit Range g_interpreter{};

/// A sample on its way through PyPy's handler.
struct Pending {
  ring::Segment* segment;
  const Interrupted* at;
  interpreters::NewStack now;
  std::uint64_t limit;
  bool written = false, no_room = false;
};
thread_local constinit Pending* t_pending = nullptr;

constexpr std::uint8_t kSampleMark = 1;
constexpr std::size_t kHead = 1 + 8 + 8;  // mark, count, depth
/// As many cells as `_vmprof` has room for, nearly: callers are missing then.
constexpr std::uint64_t kFullCells = 1016;
/// Room that names leave for the sample behind them.
constexpr std::uint64_t kSampleBytes = 12 * 1024;

enum Kind : std::uint64_t { kCode = 1, kJitted = 3, kAssembler = 6, kNative = 7 };

/// Where in a block of machine code: up to so far behind its beginning it is looked for. Blocks are smaller.
constexpr std::uint64_t kBlockReach = std::uint64_t{1} << 20;
constexpr std::uint32_t kMostPlaces = 4;
constexpr std::uint32_t kStackWords = 256;

std::uint64_t nanoseconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

std::uint64_t wordAt(const std::uint8_t* bytes, std::size_t index) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes + 8 * index, sizeof word);
  return word;
}

PackedFrame packPlace(std::uint64_t offset) {
  return interpreters::packPythonFrame(interpreters::kUnknownCode, static_cast<std::int64_t>(offset));
}

/// Where the thread was in the block at `block`: the interrupted instruction; or, where the code has called
/// out to C, the words on the stack that may be the return address into it, nearest first.
std::uint32_t findPlaces(const Interrupted& at, std::uint64_t block, PackedFrame* places) {
  const auto inside = [&](std::uint64_t address) { return address - block < kBlockReach; };
  if (inside(at.place)) {
    places[0] = packPlace(at.place - block);
    return 1;
  }
  std::uint32_t count = 0;
  constexpr std::uint64_t kPage = 4096;
  for (std::uint32_t i = 0; i < kStackWords && count < kMostPlaces; ++i) {
    const std::uint64_t address = at.stack_pointer + 8 * i;
    if ((i == 0 || address % kPage < 8) && !isReadable(address, 8)) break;
    std::uint64_t word = 0;
    std::memcpy(&word, reinterpret_cast<const void*>(address), sizeof word);
    if (inside(word) && word != block) places[count++] = packPlace(word - 1 - block);
  }
  return count;
}

/// Cells to frames as the stream has them (sample_stream.h). How many.
std::uint32_t packCells(const std::uint8_t* cells, std::uint64_t count, const Interrupted& at,
                        PackedFrame* frames) {
  constexpr PackedFrame kNativeFrame = std::uint64_t{1} << 63;
  std::uint64_t first = 0;
  while (first + 1 < count && wordAt(cells, first) == kNative) first += 2;
  const bool compiled = first + 1 < count && wordAt(cells, first) == kAssembler;
  std::uint32_t depth = compiled ? findPlaces(at, wordAt(cells, first + 1), frames) : 0;
  bool in_interpreter = false;
  for (std::uint64_t i = 0; i + 1 < count && depth < stream::kMaxFrames; i += 2) {
    const std::uint64_t kind = wordAt(cells, i), value = wordAt(cells, i + 1);
    if (kind == kNative && g_interpreter.holds(value)) {
      // One stands for all that follow each other.
      if (!std::exchange(in_interpreter, true))
        frames[depth++] = kNativeFrame | stream::kInInterpreter | value | 1;
      continue;
    }
    in_interpreter = false;
    switch (kind) {
      case kCode:
      case kJitted:
        frames[depth++] = interpreters::packPythonFrame(static_cast<std::uint32_t>(value / 4 & 0x7fffffff),
                                                        kind == kCode ? -1 : 0);
        break;
      case kAssembler:
        frames[depth++] = kNativeFrame | (value & ~std::uint64_t{1});
        break;
      case kNative:
        frames[depth++] = kNativeFrame | value | 1;
        break;
      default:
        break;
    }
  }
  return depth;
}

/// Names of code objects that the daemon was not told of yet.
void describe(const PackedFrame* frames, std::uint32_t depth, RingCursor& cursor, std::uint64_t limit) {
  const std::uint32_t session = nameSession();
  for (std::uint32_t i = 0; i < depth; ++i) {
    if (frames[i] >> 63 != 0 || interpreters::codeReference(frames[i]) == interpreters::kUnknownCode)
      continue;
    const std::uint32_t reference = interpreters::codeReference(frames[i]);
    Name* name = findName(std::uint64_t{reference} * 4);
    if (name == nullptr || name->described.load(std::memory_order_relaxed) == session) continue;
    if (limit - cursor.position() < kSampleBytes) return;
    const std::uint64_t mark = cursor.position();
    cursor.put(static_cast<std::uint8_t>(stream::Record::kPypyCode));
    cursor.putVarint(reference);
    cursor.putVarint(name->length);
    cursor.putBytes(reinterpret_cast<const std::uint8_t*>(name->text()), name->length);
    if (cursor.overflowed()) return cursor.rewind(mark);
    // Told twice by two threads it would be as good.
    name->described.store(session, std::memory_order_relaxed);
  }
}

/// The mapped file that holds an address.
Range rangeAround(std::uint64_t address) {
  struct Search {
    std::uint64_t address;
    Range found;
  } search{address, {}};
  dl_iterate_phdr(
      [](dl_phdr_info* object, std::size_t, void* data) {
        Range range{UINT64_MAX, 0};
        for (std::size_t i = 0; i < object->dlpi_phnum; ++i) {
          const auto& part = object->dlpi_phdr[i];
          if (part.p_type != PT_LOAD) continue;
          const std::uint64_t begin = object->dlpi_addr + part.p_vaddr;
          range = {std::min(range.low, begin), std::max(range.high, begin + part.p_memsz)};
        }
        auto& wanted = *static_cast<Search*>(data);
        if (range.holds(wanted.address)) wanted.found = range;
        return 0;
      },
      &search);
  return search.found;
}

void write(Pending& pending) {
  ring::Segment& segment = *pending.segment;
  RingCursor cursor(segment.bytes, ring::kSegmentBytes, segment.head.load(std::memory_order_relaxed),
                    pending.limit);
  describe(pending.now.frames, pending.now.depth, cursor, pending.limit);
  const interpreters::LastStack last{.wall = segment.last_wall,
                                     .cpu = segment.last_cpu,
                                     .depth = std::min(segment.last_depth, stream::kMaxFrames),
                                     .frames = segment.frames[segment.last_buffer & 1]};
  pending.written = interpreters::encodeSample(last, pending.now, cursor);
  pending.no_room = !pending.written;
  if (pending.written) {
    segment.last_wall = pending.now.wall;
    segment.last_cpu = pending.now.cpu;
    segment.last_depth = pending.now.depth;
    segment.last_buffer ^= 1;
  }
  segment.head.store(cursor.position(), std::memory_order_release);
}

}  // namespace

void setHandler(Handler handler) {
  g_interpreter = rangeAround(reinterpret_cast<std::uint64_t>(handler));
  g_handler.store(handler, std::memory_order_release);
}

bool hasHandler() { return g_handler.load(std::memory_order_acquire) != nullptr; }

bool inHandler() { return t_pending != nullptr; }

Taken takeSample(ring::Segment& segment, const Interrupted& at, siginfo_t* info, void* context) {
  if (gettid() != segment.tid.load(std::memory_order_relaxed)) return Taken::kOtherProcess;
  const std::uint64_t wall = nanoseconds(CLOCK_MONOTONIC);
  const std::uint64_t cpu = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
  const std::uint64_t head = segment.head.load(std::memory_order_relaxed);
  const std::uint64_t used = head - segment.tail.load(std::memory_order_acquire);
  Pending pending{.segment = &segment,
                  .at = &at,
                  .now = {.wall = wall,
                          .cpu = lookedTime(segment, cpu),
                          .flags = stream::kStateRunning,
                          .frames = segment.frames[(segment.last_buffer & 1) ^ 1]},
                  .limit = head + (used <= ring::kSegmentBytes ? ring::kSegmentBytes - used : 0)};
  t_pending = &pending;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (const Handler handler = g_handler.load(std::memory_order_acquire)) handler(SIGPROF, info, context);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  t_pending = nullptr;
  if (!pending.written && !pending.no_room) {
    // PyPy found none of its frames.
    pending.now.flags |= stream::kNoPython;
    write(pending);
  }
  if (!pending.written) return Taken::kNoRoom;
  return pending.now.depth == 0 ? Taken::kSampleWithoutPython : Taken::kSample;
}

void takeProfile(const void* bytes, std::size_t size) {
  const auto* at = static_cast<const std::uint8_t*>(bytes);
  if (size < kHead || *at != kSampleMark) return addNames(bytes, size);
  // One that had to wait for its turn and comes late is of another time: it is left out.
  if (t_pending == nullptr || t_pending->written || t_pending->no_room) return;
  Pending& pending = *t_pending;
  const std::uint64_t cells = std::min<std::uint64_t>(wordAt(at + 9, 0), (size - kHead) / 8);
  auto* frames = pending.segment->frames[(pending.segment->last_buffer & 1) ^ 1];
  pending.now.depth = packCells(at + kHead, cells, *pending.at, frames);
  if (cells >= kFullCells) pending.now.flags |= stream::kTorn;
  if (pending.now.depth == 0) pending.now.flags |= stream::kNoPython;
  write(pending);
}

}  // namespace pyrometer::sampler::pypy
