#include "sampler/interpreters/outside_reader.h"

#include <algorithm>
#include <cerrno>
#include <unordered_map>

#include "sampler/interpreters/outside_codes.h"
#include "sampler/interpreters/outside_stack.h"
#include "sampler/interpreters/process_memory.h"
#include "sampler/interpreters/stack_encoder.h"

namespace pyrometer::interpreters {

namespace {

constexpr int kMostTries = 6;
/// ns before the list of threads is read again: for a thread that is not in it, and for one that shows no
/// stack.
constexpr std::int64_t kRefreshAfter = 10'000'000, kDoubtAfter = 100'000'000;
constexpr int kMostInterpreters = 1000;
constexpr int kMostThreads = 100'000;
constexpr std::size_t kScratchBytes = 128 * 1024;
constexpr std::uint64_t kCodeBytes = stream::kMaxCodeBytesPerSignal;

}  // namespace

struct OutsideReader::State {
  struct Thread {
    std::uint64_t state = 0;  ///< address of the thread state; 0: not known
    OutsideStack::Memo memo;
    std::uint64_t last_wall = 0, last_cpu = 0;
    std::vector<PackedFrame> last;
  };

  State(pid_t pid, const Layout& given, std::uint64_t address)
      : layout(given), runtime(address), memory(pid), codes(memory, layout), stack(memory, layout) {}

  void refresh(std::int64_t wall);
  /// The thread state may be one that was freed: look for the thread anew, now and then.
  void doubt(Thread& thread, std::int64_t wall) const {
    if (wall - refreshed > kDoubtAfter) thread.state = 0;
  }
  Outcome failure() const {
    return memory.error() == ESRCH                               ? Outcome::kGone
           : memory.error() == EPERM || memory.error() == ENOSYS ? Outcome::kRefused
                                                                 : Outcome::kUnreadable;
  }
  bool write(Thread& thread, std::int64_t wall, std::int64_t cpu, std::uint8_t flags,
             std::vector<std::uint8_t>& records);

  Layout layout;
  std::uint64_t runtime;
  ProcessMemory memory;
  OutsideCodes codes;
  OutsideStack stack;
  std::unordered_map<std::int32_t, Thread> threads;
  std::int64_t refreshed = INT64_MIN / 2;
  Counters counters;
  std::vector<std::uint32_t> references;
  std::vector<PackedFrame> packed;
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
  if (!read(memory, runtime + layout.runtime.interpreters_head, interpreter)) return;
  int left = kMostThreads;
  for (int i = 0; i < kMostInterpreters && interpreter != 0; ++i) {
    std::uint64_t thread_state = 0;
    if (!read(memory, interpreter + layout.interpreter.threads_head, thread_state)) return;
    while (thread_state != 0 && left-- > 0) {
      const std::int32_t tid = stack.threadOf(thread_state);
      // A thread may have a state in each interpreter: the first one found is that of the newest interpreter.
      if (tid > 0 && threads[tid].state == 0) threads[tid].state = thread_state;
      if (!read(memory, thread_state + layout.thread.next, thread_state)) break;
    }
    if (!read(memory, interpreter + layout.interpreter.next, interpreter)) return;
  }
}

bool OutsideReader::State::write(Thread& thread, std::int64_t wall, std::int64_t cpu, std::uint8_t flags,
                                 std::vector<std::uint8_t>& records) {
  const std::span frames(stack.frames(), stack.depth());
  RingCursor code_cursor(scratch.data(), scratch.size(), 0, kCodeBytes);
  codes.resolve(frames, wall, code_cursor, references);
  packed.clear();
  for (std::size_t i = 0; i < frames.size(); ++i)
    packed.push_back(packPythonFrame(references[i], frames[i].offset));

  RingCursor cursor(scratch.data(), scratch.size(), code_cursor.position(), scratch.size());
  const LastStack last{.wall = thread.last_wall,
                       .cpu = thread.last_cpu,
                       .depth = static_cast<std::uint32_t>(thread.last.size()),
                       .frames = thread.last.data()};
  const NewStack now{.wall = static_cast<std::uint64_t>(wall),
                     .cpu = static_cast<std::uint64_t>(cpu),
                     .flags = flags,
                     .elided = stack.elided(),
                     .depth = static_cast<std::uint32_t>(packed.size()),
                     .frames = packed.data()};
  if (!encodeSample(last, now, cursor)) return false;
  records.insert(records.end(), scratch.begin(),
                 scratch.begin() + static_cast<std::ptrdiff_t>(cursor.position()));
  thread.last_wall = static_cast<std::uint64_t>(wall);
  thread.last_cpu = std::max(thread.last_cpu, static_cast<std::uint64_t>(cpu));
  thread.last.swap(packed);
  ++counters.samples;
  return true;
}

OutsideReader::Outcome OutsideReader::sample(std::int32_t tid, std::int64_t wall, std::uint8_t state,
                                             std::vector<std::uint8_t>& records, std::int64_t cpu) {
  State& self = *state_;
  auto known = self.threads.find(tid);
  if (known == self.threads.end() || known->second.state == 0) {
    if (wall - self.refreshed < kRefreshAfter) return Outcome::kNoThreadState;
    self.refresh(wall);
    known = self.threads.find(tid);
    if (known == self.threads.end() || known->second.state == 0) {
      return self.memory.error() == ESRCH || self.memory.error() == EPERM || self.memory.error() == ENOSYS
                 ? self.failure()
                 : Outcome::kNoThreadState;
    }
  }
  State::Thread& thread = known->second;
  OutsideStack::Picture picture = OutsideStack::Picture::kUnreadable;
  for (int attempt = 0; attempt < kMostTries; ++attempt) {
    if (attempt != 0) ++self.counters.retries;
    const std::uint64_t trampoline = self.codes.trampoline();
    picture = self.stack.take(thread.state, tid, trampoline, thread.memo);
    if (picture == OutsideStack::Picture::kOther) {
      thread.state = 0;
      return Outcome::kNoThreadState;
    }
    if (picture != OutsideStack::Picture::kWhole) continue;
    const std::uint8_t flags = self.stack.depth() == 0 ? std::uint8_t{stream::kNoPython} : std::uint8_t{0};
    if (!self.write(thread, wall, cpu, static_cast<std::uint8_t>(state | flags), records)) break;
    if (self.stack.depth() != 0) return Outcome::kStack;
    self.doubt(thread, wall);
    return Outcome::kNoPython;
  }
  if (picture == OutsideStack::Picture::kTorn && self.stack.depth() != 0 &&
      self.write(thread, wall, cpu, static_cast<std::uint8_t>(state | stream::kTorn), records)) {
    ++self.counters.torn;
    return Outcome::kStack;
  }
  ++self.counters.unreadable;
  self.doubt(thread, wall);
  return picture == OutsideStack::Picture::kUnreadable ? self.failure() : Outcome::kUnreadable;
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
