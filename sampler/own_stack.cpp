#include "sampler/own_stack.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "sampler/interpreters/code_describer.h"
#include "sampler/interpreters/collector.h"
#include "sampler/interpreters/frame_walker.h"
#include "sampler/interpreters/self_check.h"
#include "sampler/interpreters/stack_buffer.h"
#include "sampler/interpreters/stack_encoder.h"
#include "sampler/interpreters/thread_labels.h"
#include "sampler/mixed_stack.h"
#include "sampler/own_memory.h"
#include "sampler/ring.h"
#include "sampler/target.h"
#include "sampler/unwinder.h"

namespace pyrometer::sampler {

namespace {

using interpreters::RawFrame;
using interpreters::read;
using interpreters::RingCursor;

/// Room that code descriptions leave for the sample behind them: a whole stack of new frames.
constexpr std::uint64_t kSampleBytes = 12 * 1024;

/// Below the stack pointer, which no signal touches.
constexpr std::uint64_t kRedZone = 128;

/// 0: there is no such clock.
std::uint64_t nanoseconds(clockid_t clock) {
  timespec now{};
  if (clock_gettime(clock, &now) != 0) return 0;
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

/// The CPU clock of a thread of this process, as the kernel numbers these clocks. A child of vfork has its
/// parent's memory, and so its segments, but no thread of that id: it has no such clock. To ask so saves the
/// call that would tell.
clockid_t cpuClockOf(std::int32_t tid) {
  constexpr std::uint32_t kOfThread = 4, kScheduled = 2;
  return static_cast<clockid_t>(~static_cast<std::uint32_t>(tid) << 3 | kOfThread | kScheduled);
}

/// Memory that was checked a moment ago, in this same signal.
struct CheckedMemory {
  const std::uint8_t* view(std::uint64_t address, std::size_t) const {
    return reinterpret_cast<const std::uint8_t*>(address);
  }
};

/// Code objects to references; describes the new ones into the ring, up to a limit for each signal.
class CodeResolver {
 public:
  CodeResolver(OwnMemory& memory, RingCursor& cursor, ring::Segment& segment, std::uint64_t limit)
      : memory_(memory),
        cursor_(cursor),
        bytes_(segment.bytes),
        limit_(std::min(limit - std::min(limit - cursor.position(), kSampleBytes),
                        cursor.position() + stream::kMaxCodeBytesPerSignal)) {}

  /// `trampoline` is set if this is the one to leave out.
  std::uint32_t reference(std::uint64_t address, bool& trampoline) {
    // In a recursion it is the same for a long way.
    if (address != last_address_ || last_address_ == 0) {
      last_reference_ = look(address, trampoline);
      last_address_ = trampoline ? 0 : address;
    }
    return last_reference_;
  }

 private:
  std::uint32_t look(std::uint64_t address, bool& trampoline) {
    interpreters::CodeTable::Slot* slot = g_target.codes.find(address);
    if (slot == nullptr) {
      // Only what is a code object for certain is ever put into the table, so that what is in it can be read
      // at once.
      if (!isCode(address)) return interpreters::kUnknownCode;
      slot = g_target.codes.findOrAdd(address);
      if (slot == nullptr) return interpreters::kUnknownCode;
    }
    const auto* header = reinterpret_cast<const std::uint8_t*>(address);
    interpreters::CodeKey key = interpreters::keyOf(g_target.layout, address, header);
    if (g_target.layout.code.version == interpreters::kAbsent) {
      CheckedMemory checked;
      key.content = slot->holdsPointersOf(key) ? interpreters::contentOf(g_target.layout, checked, key)
                                               : interpreters::contentOf(g_target.layout, memory_, key);
    }
    if (interpreters::isTrampoline(key.name, key.filename, key.first_line)) {
      trampoline = true;
      return interpreters::kUnknownCode;
    }
    const std::uint32_t reference = slot->reference(key, g_target.codes);
    if (reference != 0 && !slot->isDescribed(reference)) describe(*slot, key, header, reference);
    return reference;
  }

  bool isCode(std::uint64_t address) {
    return address % 8 == 0 && isReadable(address, g_target.layout.code.size) &&
           interpreters::load<std::uint64_t>(reinterpret_cast<const std::uint8_t*>(address),
                                             g_target.layout.type) == g_target.code_type;
  }

  void describe(interpreters::CodeTable::Slot& slot, const interpreters::CodeKey& key,
                const std::uint8_t* header, std::uint32_t reference) {
    if (cursor_.position() >= limit_) return;
    interpreters::Described done;
    if (!slot.claim(reference, done)) return;
    RingCursor part(bytes_, ring::kSegmentBytes, cursor_.position(), limit_);
    const interpreters::Layout& layout = g_target.layout;
    if (done.names) {
      done = interpreters::continueTable(layout, memory_, key, reference, done, part);
    } else {
      noteRole(key);
      const std::uint64_t qualname = layout.code.qualname == interpreters::kAbsent
                                         ? 0
                                         : interpreters::load<std::uint64_t>(header, layout.code.qualname);
      done = interpreters::describeCode(layout, memory_, key, qualname, reference, part);
    }
    cursor_.rewind(part.position());
    slot.putBack(reference, done);
  }

  void noteRole(const interpreters::CodeKey& key) {
    const interpreters::CodeRole role =
        interpreters::roleOf(g_target.layout, memory_, key.name, key.filename);
    if (role == interpreters::CodeRole::kThreadStart) g_target.thread_start = key.address;
    if (role == interpreters::CodeRole::kTaskRunner) g_target.task_runner = key.address;
  }

  OwnMemory& memory_;
  RingCursor& cursor_;
  std::uint8_t* bytes_;
  std::uint64_t limit_;
  std::uint64_t last_address_ = 0;
  std::uint32_t last_reference_ = interpreters::kUnknownCode;
};

/// Fills `frames` (stream::kMaxFrames) with the addresses of the frames, leaf first.
struct Walked {
  std::uint32_t depth = 0, elided = 0;
  bool torn = false;       ///< not all of them are there
  bool misplaced = false;  ///< the walk had to begin one evaluation further out
  interpreters::Leaf leaf;
};
Walked walk(OwnMemory& memory, std::uint64_t thread_state, std::uint64_t* frames) {
  const interpreters::Layout& layout = g_target.layout;
  interpreters::Leaf leaf = interpreters::findLeaf(layout, memory, thread_state);
  interpreters::StackBuffer<std::uint64_t> stack(frames);
  for (bool misplaced = false;; misplaced = true) {
    interpreters::FrameWalker walker(layout, memory, leaf,
                                     g_target.trampoline.load(std::memory_order_relaxed));
    RawFrame frame;
    bool torn = false;
    while (walker.next(frame)) {
      if (frame.owner == interpreters::kOwnedByThread && !memory.inDataStack(frame.address)) {
        torn = true;
        break;
      }
      stack.add(frame.address);
    }
    if (!walker.misplaced() && !(torn && walker.beforeEntry())) {
      stack.finish();
      return {stack.depth(), stack.elided(), torn || walker.torn(), misplaced, leaf};
    }
    // The innermost C evaluation has just begun and its frame is not linked yet: the caller is the leaf.
    stack.clear();
    leaf.frame = leaf.below_entry;
    leaf.checks_entry = false;
  }
}

/// What native frames are found with.
struct NativeSide {
  UnwindRules rules;
  NativeRegisters at;
  StackBounds stack;

  bool wanted() const { return rules.any() && stack.low < stack.high; }
};

/// The stack once more, with its native frames. Not inlined: without them its stack is not needed.
[[gnu::noinline]] Walked mixed(const NativeSide& native, Walked walked, OwnMemory& memory,
                               std::uint64_t thread_state, std::uint64_t* frames) {
  interpreters::StackBuffer<std::uint64_t> stack(frames);
  Mixer mixer(native.rules, native.at, native.stack, stack);
  mixer.mix(g_target.layout, memory,
            {.thread_state = thread_state,
             .leaf = walked.leaf,
             .frames = walked.depth + walked.elided,
             .misplaced = walked.misplaced,
             .whole = !walked.torn},
            g_target.trampoline.load(std::memory_order_relaxed));
  stack.finish();
  if (mixer.unmapped()) showUnmapped();
  // The rules changed meanwhile, twice: what came of them is worth nothing.
  if (!native.rules.good()) return walk(memory, thread_state, frames);
  walked.depth = stack.depth();
  walked.elided = stack.elided();
  return walked;
}

/// The stack of a thread without Python.
[[gnu::noinline]] void walkNative(const NativeSide& native, std::uint64_t* frames,
                                  interpreters::NewStack& now) {
  interpreters::StackBuffer<std::uint64_t> stack(frames);
  Mixer mixer(native.rules, native.at, native.stack, stack);
  mixer.withoutPython();
  stack.finish();
  if (mixer.unmapped()) showUnmapped();
  if (!native.rules.good()) return;
  now.depth = stack.depth();
  now.elided = stack.elided();
}

/// Once for the process: is the interpreter what it is taken for? Until that is known nothing is written. One
/// moment may be unlucky (a call being made, a list being changed); an interpreter that is never right is
/// given up, and the daemon says so.
bool isUnderstood(OwnMemory& memory, std::uint64_t thread_state) {
  constexpr std::uint32_t kMostDoubts = 50;
  if (g_target.understood.load(std::memory_order_acquire)) return true;
  const interpreters::Witness witness{.runtime = g_target.runtime,
                                      .thread_state = thread_state,
                                      .pthread = static_cast<std::uint64_t>(pthread_self()),
                                      .tid = gettid()};
  const interpreters::Doubt doubt = interpreters::checkLayout(g_target.layout, memory, witness);
  if (doubt == interpreters::Doubt::kNone) {
    g_target.interpreter = interpreters::load<std::uint64_t>(
        reinterpret_cast<const std::uint8_t*>(thread_state), g_target.layout.thread.interpreter);
    g_target.understood.store(true, std::memory_order_release);
    return true;
  }
  if (doubt == interpreters::Doubt::kNoFrames) return true;
  if (g_target.doubts.fetch_add(1, std::memory_order_relaxed) + 1 == kMostDoubts) {
    showDoubt(static_cast<std::uint32_t>(doubt));
    g_target.active.store(false, std::memory_order_release);
  }
  return false;
}

/// The collector runs in this thread: it has the GIL, or is alone attached where there is none.
bool collectsGarbage(OwnMemory& memory, std::uint64_t thread_state, bool attached) {
  const interpreters::Layout& layout = g_target.layout;
  if (!attached) return false;
  const auto interpreter = interpreters::load<std::uint64_t>(
      reinterpret_cast<const std::uint8_t*>(thread_state), layout.thread.interpreter);
  std::int32_t collecting = 0;
  if (interpreter == g_target.interpreter) {
    // Lives as long as the runtime.
    collecting = interpreters::load<std::int32_t>(reinterpret_cast<const std::uint8_t*>(interpreter),
                                                  layout.interpreter.gc_collecting);
  } else if (!read(memory, interpreter + layout.interpreter.gc_collecting, collecting)) {
    return false;
  }
  return collecting == 1 && (!layout.free_threaded ||
                             interpreters::isOnlyOneAttached(layout, memory, interpreter, thread_state));
}

/// Is it one of the locks and conditions that the GIL is made of? The thread waits for it then, and was only
/// woken by the signal, or to see whether it is time to insist.
bool isGil(OwnMemory& memory, std::uint64_t thread_state, std::uint64_t futex) {
  const interpreters::Layout& layout = g_target.layout;
  std::uint64_t gil = g_target.runtime + layout.runtime.gil;
  if (layout.runtime.gil == interpreters::kAbsent) {
    const auto interpreter = interpreters::load<std::uint64_t>(
        reinterpret_cast<const std::uint8_t*>(thread_state), layout.thread.interpreter);
    if (!read(memory, interpreter + layout.interpreter.gil, gil)) return false;
  }
  return futex >= gil && futex - gil < layout.gil.size;
}

/// The frames that tell what the thread and its task are called; 0: none.
struct LabelFrames {
  std::uint64_t thread_start = 0, task_runner = 0;
};

/// Writes what has changed since the thread's last sample. The name is looked at now and then: a program may
/// change it.
void writeLabels(OwnMemory& memory, const LabelFrames& frames, ring::Segment& segment, RingCursor& cursor) {
  constexpr std::uint32_t kLookAgain = 256;
  const interpreters::Layout& layout = g_target.layout;
  if (frames.thread_start != 0 && segment.looks++ % kLookAgain == 0) {
    const std::uint64_t name = interpreters::threadName(layout, memory, frames.thread_start);
    const std::uint64_t print = interpreters::fingerprintOf(layout, memory, name);
    if (print != 0 && print != segment.last_name &&
        interpreters::writeLabel(layout, memory, stream::Record::kThreadName, name, cursor)) {
      segment.last_name = print;
    }
  }
  if (frames.task_runner == 0 && segment.last_task == 0) return;
  const std::uint64_t task =
      frames.task_runner == 0 ? 0 : interpreters::taskName(layout, memory, frames.task_runner);
  const std::uint64_t print = interpreters::fingerprintOf(layout, memory, task);
  if (print != segment.last_task &&
      interpreters::writeLabel(layout, memory, stream::Record::kTask, print == 0 ? 0 : task, cursor)) {
    segment.last_task = print;
  }
}

}  // namespace

Taken takeSample(ring::Segment& segment, const Interrupted& at) {
  const std::uint64_t wall = nanoseconds(CLOCK_MONOTONIC);
  const std::int32_t tid = segment.tid.load(std::memory_order_relaxed);
  std::uint64_t cpu = nanoseconds(cpuClockOf(tid));
  if (cpu == 0) {
    if (gettid() != tid) return Taken::kOtherProcess;
    cpu = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
  }

  const std::uint64_t head = segment.head.load(std::memory_order_relaxed);
  const std::uint64_t used = head - segment.tail.load(std::memory_order_acquire);
  const std::uint64_t limit = head + (used <= ring::kSegmentBytes ? ring::kSegmentBytes - used : 0);
  RingCursor cursor(segment.bytes, ring::kSegmentBytes, head, limit);

  interpreters::PackedFrame* frames = segment.frames[(segment.last_buffer & 1) ^ 1];
  interpreters::NewStack now{
      .wall = wall, .cpu = lookedTime(segment, cpu), .flags = stream::kStateRunning, .frames = frames};

  void* state = nullptr;
  bool attached = false;
  // The first sample after a pause stands for the time that nobody wants: it has no stack.
  const std::uint32_t pauses = g_target.pauses.load(std::memory_order_relaxed);
  const bool resumes = t_thread.pauses != pauses;
  t_thread.pauses = pauses;
  if (resumes) now.cpu = std::max(segment.last_cpu, cpu);
  if (interpreters::load<std::uint64_t>(reinterpret_cast<const std::uint8_t*>(g_target.runtime),
                                        g_target.layout.runtime.finalizing) != 0) {
    now.flags |= stream::kShutdown;
  } else if (!resumes) {
    if (g_target.attached_thread_state != nullptr) state = g_target.attached_thread_state();
    attached = state != nullptr;
    if (state == nullptr) state = g_target.thread_state();
    if (g_target.layout.runtime.gil_holder != interpreters::kAbsent) {
      attached = interpreters::load<std::uint64_t>(reinterpret_cast<const std::uint8_t*>(g_target.runtime),
                                                   g_target.layout.runtime.gil_holder) ==
                 reinterpret_cast<std::uint64_t>(state);
    }
  }
  // On a stack of its own making (an alternate one, a coroutine's) what lies above is not all mapped.
  const bool own =
      at.stack_pointer < t_thread.stack_high && t_thread.stack_high - at.stack_pointer <= t_thread.stack_size;
  const NativeSide native{
      .rules = UnwindRules(g_target.unwind_area.load(std::memory_order_acquire), unwind::kAreaBytes,
                           g_target.unwind_place.load(std::memory_order_acquire)),
      .at = {.place = at.place, .stack_pointer = at.stack_pointer, .frame_pointer = at.frame_pointer},
      // What a function has just taken from the stack lies where the kernel leaves it alone.
      .stack = {.low = at.stack_pointer - kRedZone, .high = own ? t_thread.stack_high : 0}};
  bool python = false;
  if (state != nullptr) {
    const auto thread_state = reinterpret_cast<std::uint64_t>(state);
    OwnMemory memory(g_target.layout, thread_state, at.stack_pointer, own ? t_thread.stack_high : 0);
    if (!isUnderstood(memory, thread_state)) return Taken::kTorn;
    if (collectsGarbage(memory, thread_state, attached)) now.flags |= stream::kGcRunning;
    if (!attached && at.futex != 0 && isGil(memory, thread_state, at.futex))
      now.flags = stream::kStateWaitsForGil;
    CodeResolver codes(memory, cursor, segment, limit);
    LabelFrames labels;
    for (int attempt = 0; attempt < 2; ++attempt) {
      bool again = false;
      Walked walked = walk(memory, thread_state, frames);
      if (walked.torn && walked.depth == 0) return Taken::kTorn;
      python = walked.depth != 0;
      if (native.wanted()) walked = mixed(native, walked, memory, thread_state, frames);
      CheckedMemory checked;
      labels = {};
      for (std::uint32_t i = 0; i < walked.depth; ++i) {
        RawFrame frame;
        std::uint64_t previous = 0;
        bool entry = false;
        const std::uint64_t address = frames[i];
        if ((address & kNativeBit) != 0) continue;
        interpreters::FrameWalker<CheckedMemory>::decode(g_target.layout, checked, address, frame, previous,
                                                         entry);
        bool trampoline = false;
        const std::uint32_t reference = codes.reference(frame.code, trampoline);
        if (trampoline) {
          // Seen for the first time: walk again without it.
          again = attempt == 0 && g_target.trampoline.exchange(frame.code) != frame.code;
          if (again) break;
        }
        if (frame.code == g_target.task_runner && labels.task_runner == 0) labels.task_runner = address;
        if (frame.code == g_target.thread_start) labels.thread_start = address;
        frames[i] = interpreters::packPythonFrame(reference, frame.offset);
      }
      if (again) continue;
      now.depth = walked.depth;
      now.elided = walked.elided;
      if (walked.torn) now.flags |= stream::kTorn;
      if (walked.depth != 0 && !walked.torn) writeLabels(memory, labels, segment, cursor);
      break;
    }
  }
  if (!python) {
    now.flags |= stream::kNoPython;
    const bool ends = (now.flags & stream::kShutdown) != 0;
    if (state == nullptr && !resumes && !ends && native.wanted()) walkNative(native, frames, now);
  }

  const interpreters::LastStack last{.wall = segment.last_wall,
                                     .cpu = segment.last_cpu,
                                     .depth = std::min(segment.last_depth, stream::kMaxFrames),
                                     .frames = segment.frames[segment.last_buffer & 1]};
  const bool written = interpreters::encodeSample(last, now, cursor);
  if (written) {
    segment.last_wall = wall;
    segment.last_cpu = now.cpu;
    segment.last_depth = now.depth;
    segment.last_buffer ^= 1;
  }
  // Code descriptions are worth keeping even where the sample did not fit.
  segment.head.store(cursor.position(), std::memory_order_release);
  if (!written) return Taken::kNoRoom;
  return python ? Taken::kSample : Taken::kSampleWithoutPython;
}

}  // namespace pyrometer::sampler
