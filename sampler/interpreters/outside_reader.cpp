#include "sampler/interpreters/outside_reader.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <unordered_map>

#include "sampler/interpreters/collector.h"
#include "sampler/interpreters/outside_codes.h"
#include "sampler/interpreters/outside_stack.h"
#include "sampler/interpreters/process_memory.h"
#include "sampler/interpreters/self_check.h"
#include "sampler/interpreters/stack_encoder.h"
#include "sampler/interpreters/thread_labels.h"

namespace pyrometer::interpreters {

namespace {

constexpr int kMostTries = 6;
/// Pairs of caller and callee that are counted, for each thread.
constexpr std::size_t kMostCalls = 16 * 1024;
/// A caller seen this many times less often than the most frequent one is perhaps none.
constexpr std::uint32_t kRareCaller = 3, kFewSightings = 3;
/// From the leaf on: what lies below hardly moves.
constexpr std::size_t kFramesCounted = 32;
/// The list of threads is read again for a thread that is not in it, as often as takes up this share of the
/// time; less and less often for one that never is.
constexpr std::int64_t kRefreshShare = 20, kAskAgainAfter = 1'000'000, kAskAtLeast = 100'000'000,
                       kDoubtsApart = 10'000'000;
/// ns before that for one that shows no stack.
constexpr std::int64_t kDoubtAfter = 100'000'000;
/// The kernel gives no greater ones.
constexpr std::int32_t kHighestTid = 1 << 22;
constexpr int kMostInterpreters = 1000;
constexpr int kMostThreads = 100'000;
constexpr std::size_t kScratchBytes = 128 * 1024;
/// Looks at threads that must all be in vain before the layout is doubted.
constexpr int kMostDoubts = 20;
/// Whole stacks of a thread between two looks at its name.
constexpr std::uint32_t kNameEvery = 256;
constexpr std::uint64_t kCodeBytes = stream::kMaxCodeBytesPerSignal;
/// Of descriptions for one sample, each of kCodeBytes.
constexpr std::size_t kMostParts = 64;

}  // namespace

struct OutsideReader::State {
  struct Stack {
    std::vector<PackedFrame> frames;  ///< leaf first
    std::uint32_t elided = 0;
  };
  /// Callee and caller of a stack's frames `i` and `i + 1`.
  static std::uint64_t callOf(const Stack& stack, std::size_t i) {
    return std::uint64_t{codeReference(stack.frames[i])} << 32 | codeReference(stack.frames[i + 1]);
  }
  struct Callee {
    Stack last_stack;  ///< with it as the leaf, from a look that saw nothing move; empty: none yet
    std::uint32_t most_under_one_caller = 0;
  };
  struct Thread {
    std::uint64_t state = 0;        ///< address of the thread state; 0: not known
    std::uint64_t interpreter = 0;  ///< to which it belongs
    OutsideStack::Memo memo;
    std::uint64_t last_wall = 0, last_cpu = 0;
    std::vector<PackedFrame> last;
    std::uint64_t last_name = 0, last_task = 0;  ///< fingerprints of what was written
    std::uint32_t looks = 0;
    std::int64_t ask_at = 0, ask_after = 0;  ///< while it is not in the list: when to look there again
    bool asked = false;
    std::unordered_map<std::uint32_t, Callee> callees;       ///< by code reference
    std::unordered_map<std::uint64_t, std::uint32_t> calls;  ///< of callee and caller: sightings
  };

  State(pid_t pid, const Layout& given, std::uint64_t address)
      : layout(given), runtime(address), memory(pid), codes(memory, layout), stack(memory, layout) {}

  void refresh(std::int64_t wall);
  bool findAnew(Thread& thread, std::int64_t wall);
  /// The thread state may be one that was freed: look for the thread anew, now and then.
  void doubt(Thread& thread, std::int64_t wall) const {
    if (wall - refreshed > kDoubtAfter) thread.state = 0;
  }
  Outcome failure() const {
    return memory.error() == ESRCH                               ? Outcome::kGone
           : memory.error() == EPERM || memory.error() == ENOSYS ? Outcome::kRefused
                                                                 : Outcome::kUnreadable;
  }
  void pack(std::int64_t wall);
  bool isUnderstood(const Thread& thread, std::int32_t tid, std::int64_t wall);
  /// An interpreter that is just being made is not as it will be: doubts count if time lies between them.
  void doubtLayout(Doubt found, std::int64_t wall) {
    layout_doubt = found;
    if (wall - doubted < kDoubtsApart) return;
    doubted = wall;
    ++doubts;
  }
  bool collectsGarbage(const Thread& thread);
  void writeLabels(Thread& thread);
  void keepAsDonor(Thread& thread) const;
  static bool callsAreCommon(const Thread& thread, const Stack& stack);
  bool takeCallersOfDonor(const Thread& thread);
  bool write(Thread& thread, std::int64_t wall, std::int64_t cpu, std::uint8_t flags,
             std::vector<std::uint8_t>& records);

  Layout layout;
  std::uint64_t runtime;
  ProcessMemory memory;
  OutsideCodes codes;
  OutsideStack stack;
  std::unordered_map<std::int32_t, Thread> threads;
  std::int64_t refreshed = INT64_MIN / 2, refresh_took = 0;
  std::vector<std::uint64_t> gils;  ///< addresses of the locks, as of the last refresh
  bool understood = false;
  int doubts = 0;
  std::int64_t doubted = INT64_MIN / 2;
  Doubt layout_doubt = Doubt::kNone;
  Counters counters;
  std::vector<std::uint32_t> references;
  Stack now;                            ///< what the last look saw
  std::vector<std::uint8_t> described;  ///< records of code objects that no sample has followed yet
  std::vector<std::uint8_t> scratch = std::vector<std::uint8_t>(kScratchBytes);
};

OutsideReader::OutsideReader(pid_t pid, const Layout& layout, std::uint64_t runtime)
    : state_(std::make_unique<State>(pid, layout, runtime)) {}
OutsideReader::~OutsideReader() = default;

void OutsideReader::State::refresh(std::int64_t wall) {
  refreshed = wall;
  memory.forget();
  for (auto& [tid, thread] : threads) thread.state = 0;
  std::uint64_t interpreter = 0;
  gils.clear();
  if (layout.runtime.gil != kAbsent) gils.push_back(runtime + layout.runtime.gil);
  if (!read(memory, runtime + layout.runtime.interpreters_head, interpreter)) return;
  if (interpreter == 0) return;  // not begun yet
  int left = kMostThreads, listed = 0, plausible = 0;
  for (int i = 0; i < kMostInterpreters && interpreter != 0; ++i) {
    std::uint64_t thread_state = 0, gil = 0;
    if (layout.interpreter.gil != kAbsent && read(memory, interpreter + layout.interpreter.gil, gil) &&
        gil != 0)
      gils.push_back(gil);
    if (!read(memory, interpreter + layout.interpreter.threads_head, thread_state)) return;
    while (thread_state != 0 && left-- > 0) {
      const auto [tid, pthread] = stack.ownerOf(thread_state);
      ++listed;
      if (tid > 0 && tid <= kHighestTid) ++plausible;
      // A thread may have a state in each interpreter: those of the newest interpreter come first. Of several
      // in one the oldest is its own: a newer one may be of a thread that it is just starting.
      if (tid > 0 && (threads[tid].state == 0 || threads[tid].interpreter == interpreter)) {
        threads[tid].state = thread_state;
        threads[tid].interpreter = interpreter;
        threads[tid].memo.pthread = pthread;
      }
      if (!read(memory, thread_state + layout.thread.next, thread_state)) break;
    }
    if (!read(memory, interpreter + layout.interpreter.next, interpreter)) break;
  }
  if (understood || plausible != 0) return;
  doubtLayout(Doubt::kThreadId, wall);
}

/// Whether the interpreter knows the thread now.
bool OutsideReader::State::findAnew(Thread& thread, std::int64_t wall) {
  if (wall < thread.ask_at || wall - refreshed < refresh_took * kRefreshShare) return false;
  timespec begin{}, end{};
  clock_gettime(CLOCK_MONOTONIC, &begin);
  refresh(wall);
  clock_gettime(CLOCK_MONOTONIC, &end);
  refresh_took = (end.tv_sec - begin.tv_sec) * 1'000'000'000 + end.tv_nsec - begin.tv_nsec;
  if (thread.state != 0) {
    thread.ask_at = thread.ask_after = 0;
    return true;
  }
  thread.asked = true;
  // As long as there is doubt about the interpreter, evidence is wanted soon.
  thread.ask_after =
      understood ? std::clamp(thread.ask_after * 2, kAskAgainAfter, kAskAtLeast) : kDoubtsApart;
  thread.ask_at = wall + thread.ask_after;
  return false;
}

void OutsideReader::State::pack(std::int64_t wall) {
  const std::span frames(stack.frames(), stack.depth());
  // A long line table comes in parts. All of them now: its code may not be seen again.
  for (std::size_t parts = 0; parts < kMostParts; ++parts) {
    RingCursor cursor(scratch.data(), scratch.size(), 0, kCodeBytes);
    const bool whole = codes.resolve(frames, wall, cursor, references);
    described.insert(described.end(), scratch.begin(),
                     scratch.begin() + static_cast<std::ptrdiff_t>(cursor.position()));
    if (whole) break;
  }
  now.frames.clear();
  for (std::size_t i = 0; i < frames.size(); ++i)
    now.frames.push_back(packPythonFrame(references[i], frames[i].offset));
  now.elided = stack.elided();
}

/// As in the sampled program: nothing counts before one thread has shown that the layout is right.
bool OutsideReader::State::isUnderstood(const Thread& thread, std::int32_t tid, std::int64_t wall) {
  if (understood) return true;
  memory.forget();
  const Doubt found = checkLayout(
      layout, memory, {.runtime = runtime, .thread_state = thread.state, .pthread = 0, .tid = tid});
  if (found == Doubt::kNone) {
    understood = true;
  } else if (found != Doubt::kNoFrames) {
    doubtLayout(found, wall);
  }
  return understood || found == Doubt::kNoFrames;
}

/// It has the lock, or is alone attached where there is none, and the collector is at work.
bool OutsideReader::State::collectsGarbage(const Thread& thread) {
  std::uint64_t interpreter = 0, holder = 0, gil = 0;
  std::int32_t collecting = 0;
  if (!read(memory, thread.state + layout.thread.interpreter, interpreter) ||
      !read(memory, interpreter + layout.interpreter.gc_collecting, collecting) || collecting != 1) {
    return false;
  }
  if (layout.free_threaded) return isOnlyOneAttached(layout, memory, interpreter, thread.state);
  if (layout.runtime.gil_holder != kAbsent)
    return read(memory, runtime + layout.runtime.gil_holder, holder) && holder == thread.state;
  return read(memory, interpreter + layout.interpreter.gil, gil) &&
         read(memory, gil + layout.gil.holder, holder) && holder == thread.state;
}

/// What the thread and its task are called, by the frames of the last look.
void OutsideReader::State::writeLabels(Thread& thread) {
  std::uint64_t thread_start = 0, task_runner = 0;
  for (std::uint32_t i = 0; i < stack.depth(); ++i) {
    const RawFrame& frame = stack.frames()[i];
    const CodeRole role = codes.roleOf(frame.code);
    if (role == CodeRole::kTaskRunner && task_runner == 0) task_runner = frame.address;
    if (role == CodeRole::kThreadStart) thread_start = frame.address;
  }
  RingCursor cursor(scratch.data(), scratch.size(), 0, scratch.size());
  memory.forget();  // the stack's frames are of a moment ago, but these stand still
  if (thread_start != 0 && thread.looks++ % kNameEvery == 0) {
    const std::uint64_t name = threadName(layout, memory, thread_start);
    const std::uint64_t print = fingerprintOf(layout, memory, name);
    if (print != 0 && print != thread.last_name &&
        writeLabel(layout, memory, stream::Record::kThreadName, name, cursor)) {
      thread.last_name = print;
    }
  }
  if (task_runner != 0 || thread.last_task != 0) {
    const std::uint64_t task = task_runner == 0 ? 0 : taskName(layout, memory, task_runner);
    const std::uint64_t print = fingerprintOf(layout, memory, task);
    if (print != thread.last_task &&
        writeLabel(layout, memory, stream::Record::kTask, print == 0 ? 0 : task, cursor)) {
      thread.last_task = print;
    }
  }
  described.insert(described.end(), scratch.begin(),
                   scratch.begin() + static_cast<std::ptrdiff_t>(cursor.position()));
}

bool OutsideReader::waitsForGil(std::uint64_t address) const {
  return std::any_of(state_->gils.begin(), state_->gils.end(), [&](std::uint64_t gil) {
    return address >= gil && address - gil < state_->layout.gil.size;
  });
}

const char* OutsideReader::doubt() const { return doubtText(state_->layout_doubt); }

void OutsideReader::State::keepAsDonor(Thread& thread) const {
  if (now.frames.size() < 2) return;
  if (thread.calls.size() >= kMostCalls) {
    thread.calls.clear();
    thread.callees.clear();
  }
  for (std::size_t i = 0; i + 1 < std::min(now.frames.size(), kFramesCounted); ++i) {
    Callee& callee = thread.callees[codeReference(now.frames[i])];
    const std::uint32_t seen = ++thread.calls[callOf(now, i)];
    callee.most_under_one_caller = std::max(callee.most_under_one_caller, seen);
  }
  thread.callees[codeReference(now.frames.front())].last_stack = now;
}

/// Some whole stacks are wrong all the same, and no donor may be: so not one with a call that is rare among
/// those of its callee.
bool OutsideReader::State::callsAreCommon(const Thread& thread, const Stack& stack) {
  for (std::size_t i = 0; i + 1 < std::min(stack.frames.size(), kFramesCounted); ++i) {
    const auto seen = thread.calls.find(callOf(stack, i));
    const auto callee = thread.callees.find(codeReference(stack.frames[i]));
    if (seen == thread.calls.end() || callee == thread.callees.end() || seen->second < kFewSightings ||
        seen->second < callee->second.most_under_one_caller / kRareCaller) {
      return false;
    }
  }
  return true;
}

/// The thread ran on while its callers were read, and short functions are where that happens: to look again
/// would mean to look elsewhere. So the leaf stays, and its callers are those of the last whole stack with
/// this leaf (a hot-deck imputation). False where there is none that can be trusted, and for a leaf entered
/// from C and a generator: those are seldom caught whole, and what is caught is too often wrong.
bool OutsideReader::State::takeCallersOfDonor(const Thread& thread) {
  if (now.frames.empty() || !stack.calledByPython()) return false;
  const auto donor = thread.callees.find(codeReference(now.frames.front()));
  if (donor == thread.callees.end() || donor->second.last_stack.frames.empty() ||
      !callsAreCommon(thread, donor->second.last_stack)) {
    return false;
  }
  const PackedFrame leaf = now.frames.front();
  now = donor->second.last_stack;
  now.frames.front() = leaf;
  return true;
}

bool OutsideReader::State::write(Thread& thread, std::int64_t wall, std::int64_t cpu, std::uint8_t flags,
                                 std::vector<std::uint8_t>& records) {
  RingCursor cursor(scratch.data(), scratch.size(), 0, scratch.size());
  const LastStack last{.wall = thread.last_wall,
                       .cpu = thread.last_cpu,
                       .depth = static_cast<std::uint32_t>(thread.last.size()),
                       .frames = thread.last.data()};
  const NewStack next{.wall = static_cast<std::uint64_t>(wall),
                      .cpu = static_cast<std::uint64_t>(cpu),
                      .flags = flags,
                      .elided = now.elided,
                      .depth = static_cast<std::uint32_t>(now.frames.size()),
                      .frames = now.frames.data()};
  if (!encodeSample(last, next, cursor)) return false;
  records.insert(records.end(), described.begin(), described.end());
  described.clear();
  records.insert(records.end(), scratch.begin(),
                 scratch.begin() + static_cast<std::ptrdiff_t>(cursor.position()));
  thread.last_wall = static_cast<std::uint64_t>(wall);
  thread.last_cpu = std::max(thread.last_cpu, static_cast<std::uint64_t>(cpu));
  thread.last = now.frames;
  ++counters.samples;
  return true;
}

OutsideReader::Outcome OutsideReader::sample(std::int32_t tid, std::int64_t wall, std::uint8_t state,
                                             std::vector<std::uint8_t>& records, std::int64_t cpu) {
  State& self = *state_;
  State::Thread& thread = self.threads[tid];
  if (thread.state == 0 && !self.findAnew(thread, wall)) {
    if (self.doubts >= kMostDoubts) return Outcome::kNotUnderstood;
    if (self.memory.error() == ESRCH || self.memory.error() == EPERM || self.memory.error() == ENOSYS)
      return self.failure();
    // It burns time, and Python does not know it: a thread of native code, or one that is just being made.
    if (!self.understood || !thread.asked || state != stream::kStateRunning) return Outcome::kNoThreadState;
    self.now = {};
    return self.write(thread, wall, cpu, static_cast<std::uint8_t>(state | stream::kNoPython), records)
               ? Outcome::kNoPython
               : Outcome::kUnreadable;
  }
  if (!self.isUnderstood(thread, tid, wall)) {
    return self.doubts >= kMostDoubts ? Outcome::kNotUnderstood : Outcome::kNoThreadState;
  }
  OutsideStack::Picture picture = OutsideStack::Picture::kUnreadable;
  for (int attempt = 0; attempt < kMostTries; ++attempt) {
    if (attempt != 0) ++self.counters.retries;
    picture = self.stack.take(thread.state, tid, self.codes.trampoline(), thread.memo);
    if (picture == OutsideStack::Picture::kOther) {
      thread.state = 0;
      return Outcome::kNoThreadState;
    }
    if (picture == OutsideStack::Picture::kUnreadable || picture == OutsideStack::Picture::kMoved) continue;
    self.pack(wall);
    std::uint8_t flags = self.now.frames.empty() ? std::uint8_t{stream::kNoPython} : std::uint8_t{0};
    if (picture == OutsideStack::Picture::kWhole) {
      if (self.stack.settled()) self.keepAsDonor(thread);
    } else if (self.takeCallersOfDonor(thread)) {
      ++self.counters.imputed;
    } else if (codeReference(self.now.frames.front()) != kUnknownCode) {
      flags = stream::kTorn;
      ++self.counters.torn;
    } else {
      continue;
    }
    if (picture == OutsideStack::Picture::kWhole && !self.now.frames.empty()) self.writeLabels(thread);
    if (state == stream::kStateRunning && self.collectsGarbage(thread)) flags |= stream::kGcRunning;
    if (!self.write(thread, wall, cpu, static_cast<std::uint8_t>(state | flags), records)) break;
    if (!self.now.frames.empty()) return Outcome::kStack;
    self.doubt(thread, wall);
    return Outcome::kNoPython;
  }
  ++self.counters.unreadable;
  self.doubt(thread, wall);
  return picture == OutsideStack::Picture::kUnreadable ? self.failure() : Outcome::kUnreadable;
}

void OutsideReader::mark(std::int32_t tid, std::int64_t wall, std::uint8_t state,
                         std::vector<std::uint8_t>& records, std::int64_t cpu) {
  state_->now = {};
  state_->write(state_->threads[tid], wall, cpu, static_cast<std::uint8_t>(state | stream::kNoPython),
                records);
}

void OutsideReader::noteRepeat(std::int32_t tid, std::int64_t wall) {
  const auto known = state_->threads.find(tid);
  if (known != state_->threads.end()) known->second.last_wall = static_cast<std::uint64_t>(wall);
}

void OutsideReader::forget(std::int32_t tid) { state_->threads.erase(tid); }

std::vector<std::int32_t> OutsideReader::threads() {
  std::vector<std::int32_t> all;
  state_->refresh(state_->refreshed);
  for (const auto& [tid, thread] : state_->threads) {
    if (thread.state != 0) all.push_back(tid);
  }
  return all;
}

const OutsideReader::Counters& OutsideReader::counters() const {
  state_->counters.reads = state_->memory.reads();
  return state_->counters;
}

}  // namespace pyrometer::interpreters
