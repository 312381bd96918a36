#include "daemon/importers/samplestream/stream_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "daemon/importers/damage.h"
#include "daemon/support/utf.h"

namespace pyrometer::samplestream {
namespace {

constexpr std::size_t kMagicSize = sizeof(stream::kStreamMagic);
/// The writer's blocks hold at most one drained segment; anything far above is a damaged length.
constexpr std::uint64_t kMaxBlock = 16 * 1024 * 1024;
constexpr std::size_t kMaxThreads = 1 << 20;
constexpr std::size_t kMaxNotes = 1000;
/// Samples that repeats may add up to: so many at once, and for each byte of the stream. A recorder writes a
/// repeat at least once a batch, so true streams stay far below.
constexpr std::uint64_t kRepeatsAtOnce = 1 << 20;
constexpr std::uint64_t kRepeatsPerByte = 100;

/// In the manifest of a bundle that was made from another tool's file (see WeightClock::kRecorded).
constexpr char kWeightsMeta[] = "pyrometer.weights";

std::string readText(ByteReader& in) { return repairedUtf8(in.text(in.varint())); }

std::string interpreterName(std::uint64_t py_version) {
  if (py_version == 0) return {};
  return fmt::format("CPython {}.{}.{}", py_version >> 24 & 0xff, py_version >> 16 & 0xff,
                     py_version >> 8 & 0xff);
}

SampleState stateOf(std::uint8_t flags, bool native_leaf) {
  SampleState state;
  switch (flags & stream::kStateMask) {
    case stream::kStateRunning:
      state.thread = ThreadState::kRunning;
      break;
    case stream::kStateWaitsForGil:
      state.thread = ThreadState::kWaitingForGil;
      break;
    case stream::kStateOffCpu:
      state.thread = ThreadState::kOffCpu;
      break;
    default:
      break;
  }
  if ((flags & stream::kGcRunning) != 0) {
    state.vm = VmState::kGc;
  } else if (native_leaf) {
    state.vm = VmState::kNative;
  } else {
    state.vm = (flags & stream::kJitCode) != 0 ? VmState::kJit : VmState::kInterpreter;
  }
  return state;
}

}  // namespace

Result<void> StreamReader::feed(std::span<const std::byte> bytes) {
  if (stopped_) return {};
  allowance_ += kRepeatsPerByte * bytes.size();
  if (!waiting_.empty() || !magic_seen_) {
    waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
    bytes = waiting_;
  }
  std::size_t used = 0;
  if (!magic_seen_) {
    if (bytes.size() < kMagicSize) return {};
    if (std::memcmp(bytes.data(), stream::kStreamMagic, kMagicSize) != 0) {
      return Error{"not a sample stream: its first bytes are not PYROSMP1", ""};
    }
    magic_seen_ = true;
    allowance_ += kRepeatsAtOnce;
    used = offset_ = kMagicSize;
    RunInfo& info = target_.info();
    weight_clock_ = info.mode == Mode::kCpu ? WeightClock::kCpu : WeightClock::kWall;
    if (const auto weights = info.meta.extract(kWeightsMeta); !weights.empty())
      weight_clock_ = WeightClock::kRecorded;
  }
  used += readBlocks(bytes.subspan(used));
  if (bytes.data() == waiting_.data()) {
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(used));
  } else {
    waiting_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(used), bytes.end());
  }
  return {};
}

Result<void> StreamReader::finish() {
  if (!magic_seen_) return Error{"not a sample stream: it ends within its first bytes", ""};
  if (!stopped_ && !waiting_.empty()) readCutBlock();
  release(UINT64_MAX);
  RunInfo& info = target_.info();
  if (info.duration_ns == 0 && info.has_times) info.duration_ns = sinceStart(last_time_);
  return {};
}

std::size_t StreamReader::readBlocks(std::span<const std::byte> bytes) {
  std::size_t used = 0;
  while (!stopped_) {
    ByteReader in(bytes.subspan(used));
    const auto kind = static_cast<stream::Block>(in.u8());
    const std::uint64_t length = in.varint();
    if (in.state() == ByteReader::State::kBad || (in.good() && length > kMaxBlock)) {
      damaged("a block with an impossible length; nothing behind it can be read");
      stopped_ = true;
      return bytes.size();
    }
    const auto payload = in.bytes(length);
    if (!in.good()) return used;
    readBlock(kind, payload);
    used += in.position();
    offset_ += in.position();
  }
  return used;
}

void StreamReader::readBlock(stream::Block kind, std::span<const std::byte> payload) {
  ByteReader in(payload);
  switch (kind) {
    case stream::Block::kProcess:
      readProcess(in);
      break;
    case stream::Block::kThread:
      readThread(in);
      break;
    case stream::Block::kThreadName:
      readThreadName(in);
      break;
    case stream::Block::kThreadEnd:
      in.varint();
      sawTime(in.varint());
      break;
    case stream::Block::kProcessEnd:
      readProcessEnd(in);
      break;
    case stream::Block::kInside:
    case stream::Block::kOutside:
      return readRecords(in, kind == stream::Block::kOutside, true);
    case stream::Block::kMemory:
      readMemory(in);
      break;
    case stream::Block::kBatchEnd:
      readBatchEnd(in);
      break;
    case stream::Block::kDrop:
      readDrop(in);
      break;
    case stream::Block::kNote:
      readNote(in);
      break;
    case stream::Block::kModule:
      readModule(in);
      break;
    default:
      return damaged(fmt::format("a block of unknown kind {}, left out", static_cast<unsigned>(kind)));
  }
  if (!in.good())
    damaged(fmt::format("a block of kind {} that does not hold together", static_cast<unsigned>(kind)));
}

void StreamReader::readProcess(ByteReader& in) {
  const std::uint64_t number = in.varint();
  const std::uint64_t pid = in.varint();
  in.varint();  // the parent's pid
  const std::uint64_t generation = in.varint();
  const std::uint64_t version = in.varint();
  const std::uint8_t format = in.u8();
  const std::uint64_t time = in.varint();
  const std::string command = readText(in);
  const std::string path = readText(in);
  const std::string folder = readText(in);
  readText(in);  // sys.prefix
  if (format > static_cast<std::uint8_t>(stream::LineTableFormat::kLocations) || pid > INT64_MAX ||
      processes_.size() >= kMaxThreads || processes_.contains(number)) {
    in.markBad();
  }
  if (!in.good()) return;
  const std::string name = interpreterName(version);
  auto process = std::make_unique<Process>(static_cast<stream::LineTableFormat>(format), target_);
  process->id = target_.addProcess(static_cast<std::int64_t>(pid), command, name.empty() ? path : name);
  process->pid = pid;
  process->generation = generation;
  if (processes_.empty()) {
    start_ = time;
    first_pid_ = pid;
    RunInfo& info = target_.info();
    if (info.interpreter.empty()) info.interpreter = name;
    if (info.command.empty()) info.command = command;
    if (info.working_directory.empty()) info.working_directory = folder;
    if (info.format.empty()) info.format = "pyrometer";
  }
  processes_.emplace(number, std::move(process));
  sawTime(time);
}

void StreamReader::readProcessEnd(ByteReader& in) {
  const Process* process = findProcess(in.varint());
  const std::uint64_t time = in.varint();
  const std::uint64_t status = in.varint();
  if (!process) in.markBad();
  if (!in.good()) return;
  sawTime(time);
  // Where the manifest was not written to its end, the stream is what tells how the program ended.
  RunInfo& info = target_.info();
  if (process->pid == first_pid_ && status < UINT32_MAX && !info.finished) {
    info.finished = true;
    info.exit_status = static_cast<int>(status);
  }
}

void StreamReader::readThread(ByteReader& in) {
  const std::uint64_t number = in.varint();
  Process* process = findProcess(in.varint());
  const std::uint64_t tid = in.varint();
  const std::uint64_t time = in.varint();
  const std::string name = readText(in);
  if (!process || threads_.size() >= kMaxThreads || threads_.contains(number) || tid > INT64_MAX)
    in.markBad();
  if (!in.good()) return;
  const auto index = static_cast<std::uint32_t>(threads_by_index_.size());
  auto thread = std::make_unique<Thread>(index, ThreadClock(time, 0));
  thread->id = target_.addThread(process->id, static_cast<std::int64_t>(tid), name);
  thread->process = process;
  thread->tid = tid;
  if (process->generation > 0) {
    // After exec the main thread goes on, and its CPU clock with it.
    for (auto before = threads_by_index_.rbegin(); before != threads_by_index_.rend() && !thread->before;
         ++before) {
      const Thread& other = **before;
      if (other.tid == tid && other.process->pid == process->pid &&
          other.process->generation < process->generation) {
        thread->before = &other;
      }
    }
  }
  threads_by_index_.push_back(thread.get());
  threads_.emplace(number, std::move(thread));
  sawTime(time);
}

void StreamReader::readThreadName(ByteReader& in) {
  const Thread* thread = findThread(in.varint());
  const std::string name = readText(in);
  if (!thread) in.markBad();
  if (in.good()) target_.setThreadName(thread->id, name);
}

void StreamReader::readRecords(ByteReader& in, bool outside, bool whole) {
  Thread* thread = findThread(in.varint());
  if (!in.good() || !thread) {
    if (whole || in.good()) damaged("records of a thread that was never announced, left out");
    return;
  }
  ThreadSide& side = outside ? thread->outside : thread->inside;
  StackResolver& stacks = outside ? thread->process->outside : thread->process->inside;
  const std::size_t head = in.position();
  const auto outcome = side.read(in.bytes(in.remaining()), stacks, pending_, allowance_);
  auto& drops = target_.info().drops[static_cast<int>(DropReason::kDamagedRecord)];
  drops += outcome.lost;
  if (outcome.state == ByteReader::State::kGood) return;
  if (!whole && outcome.state == ByteReader::State::kShort) return;
  ++drops;
  damaged(
      fmt::format("a damaged record, {} bytes into a block of {} of thread {}; the rest of it is left out",
                  head + outcome.good_bytes, outside ? "looks from outside" : "samples", thread->tid));
}

void StreamReader::readMemory(ByteReader& in) {
  const Process* process = findProcess(in.varint());
  const std::uint64_t time = in.varint();
  const std::uint64_t bytes = in.varint();
  if (!process) in.markBad();
  if (!in.good()) return;
  sawTime(time);
  target_.addMemory({.time = sinceStart(time), .rss = bytes, .process = process->id});
}

void StreamReader::readBatchEnd(ByteReader& in) {
  const std::uint64_t time = in.varint();
  if (!in.good()) return;
  sawTime(time);
  release(time);
}

void StreamReader::readDrop(ByteReader& in) {
  in.varint();  // the thread: the profile counts drops of the whole run
  const std::uint8_t reason = in.u8();
  const std::uint64_t count = in.varint();
  if (reason >= static_cast<std::uint8_t>(DropReason::kCount)) in.markBad();
  if (in.good()) target_.info().drops[reason] += count;
}

void StreamReader::readNote(ByteReader& in) {
  std::string note = readText(in);
  RunInfo& info = target_.info();
  if (!in.good() || info.notes.size() >= kMaxNotes) return;
  // The manifest of a finished run has the notes too.
  if (std::find(info.notes.begin(), info.notes.end(), note) == info.notes.end())
    info.notes.push_back(std::move(note));
}

void StreamReader::readModule(ByteReader& in) {
  in.varint();  // its number
  Process* process = findProcess(in.varint());
  const std::uint64_t start = in.varint();
  Modules::Module module;
  module.end = in.varint();
  module.file_offset = in.varint();
  module.path = readText(in);
  readText(in);  // build id
  if (!process || module.end <= start) in.markBad();
  if (in.good()) process->modules.add(start, std::move(module));
}

void StreamReader::readCutBlock() {
  damaged(
      fmt::format("the stream ends in the middle of a block ({} bytes of it are there)", waiting_.size()));
  ByteReader in(waiting_);
  const auto kind = static_cast<stream::Block>(in.u8());
  in.varint();
  if (!in.good() || (kind != stream::Block::kInside && kind != stream::Block::kOutside)) return;
  ByteReader payload(in.bytes(in.remaining()));
  readRecords(payload, kind == stream::Block::kOutside, false);
}

StreamReader::Process* StreamReader::findProcess(std::uint64_t number) {
  const auto found = processes_.find(number);
  return found == processes_.end() ? nullptr : found->second.get();
}

StreamReader::Thread* StreamReader::findThread(std::uint64_t number) {
  const auto found = threads_.find(number);
  return found == threads_.end() ? nullptr : found->second.get();
}

void StreamReader::release(std::uint64_t time) {
  const auto earlier = [](const RawSample& a, const RawSample& b) { return a.time < b.time; };
  if (!std::is_sorted(pending_.begin(), pending_.end(), earlier)) {
    std::stable_sort(pending_.begin(), pending_.end(), earlier);
  }
  const auto end = std::upper_bound(pending_.begin(), pending_.end(), time,
                                    [](std::uint64_t t, const RawSample& sample) { return t < sample.time; });
  RunInfo& info = target_.info();
  for (auto raw = pending_.begin(); raw != end; ++raw) add(*raw, info);
  if (end != pending_.begin()) sawTime((end - 1)->time);
  pending_.erase(pending_.begin(), end);
}

void StreamReader::add(const RawSample& raw, RunInfo& info) {
  Thread& thread = *threads_by_index_[raw.thread];
  if (!thread.weighed) {
    thread.weighed = true;
    if (thread.before) thread.clock = ThreadClock(thread.clock.wall(), thread.before->clock.cpu());
  }
  const auto weight = thread.clock.weigh(raw, weight_clock_);
  if (!weight) return;
  const ResolvedStack stack =
      (raw.outside ? thread.process->outside : thread.process->inside).resolve(raw.node);
  if (stack.unknown_code) ++info.unknown_code_samples;
  target_.addSample({.time = info.has_times ? sinceStart(raw.time) : 0,
                     .weight = *weight,
                     .stack = stack.stack,
                     .thread = thread.id,
                     .state = stateOf(raw.flags, stack.native_leaf)});
}

std::int64_t StreamReader::sinceStart(std::uint64_t time) const {
  return time <= start_ ? 0 : static_cast<std::int64_t>(std::min<std::uint64_t>(time - start_, INT64_MAX));
}

void StreamReader::sawTime(std::uint64_t time) {
  if (time <= INT64_MAX) last_time_ = std::max(last_time_, time);
}

void StreamReader::damaged(std::string what) { noteDamage(target_.info(), offset_, std::move(what)); }

}  // namespace pyrometer::samplestream
