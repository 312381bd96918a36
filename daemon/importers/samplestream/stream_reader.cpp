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
constexpr std::size_t kMaxNotes = 1000;
/// Samples that repeats may add up to: so many at once, and for each byte of the stream. A recorder writes a
/// repeat at least once a batch, so true streams stay far below.
constexpr std::uint64_t kRepeatsAtOnce = 1 << 20;
constexpr std::uint64_t kRepeatsPerByte = 100;

/// In the manifest of a bundle that was made from another tool's file (see WeightClock::kRecorded).
constexpr char kWeightsMeta[] = "pyrometer.weights";

std::string readText(ByteReader& in) { return repairedUtf8(in.text(in.varint())); }

std::string interpreterName(std::uint64_t py_version, bool pypy) {
  if (py_version == 0) return {};
  return fmt::format("{} {}.{}.{}", pypy ? "PyPy" : "CPython", py_version >> 24 & 0xff,
                     py_version >> 16 & 0xff, py_version >> 8 & 0xff);
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
    samples_.setClock(info.mode == Mode::kCpu ? WeightClock::kCpu : WeightClock::kWall);
    if (const auto weights = info.meta.extract(kWeightsMeta); !weights.empty())
      samples_.setClock(WeightClock::kRecorded);
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
  samples_.release(UINT64_MAX);
  RunInfo& info = target_.info();
  if (info.duration_ns == 0 && info.has_times) info.duration_ns = time_.sinceStart(time_.last());
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
      time_.saw(in.varint());
      break;
    case stream::Block::kProcessEnd:
      readProcessEnd(in);
      break;
    case stream::Block::kInside:
    case stream::Block::kOutside:
      return readRecords(in, kind == stream::Block::kOutside, true);
    case stream::Block::kAsleep:
      readAsleep(in);
      break;
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
    case stream::Block::kSymbol:
      readSymbol(in);
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
  const std::uint64_t parent = in.varint();
  const std::uint64_t generation = in.varint();
  const std::uint64_t version = in.varint();
  const std::uint8_t format = in.u8();
  const std::uint64_t time = in.varint();
  const std::string command = readText(in);
  const std::string path = readText(in);
  const std::string folder = readText(in);
  readText(in);  // sys.prefix
  const std::uint8_t flags = in.good() && !in.atEnd() ? in.u8() : 0;
  if (format > static_cast<std::uint8_t>(stream::LineTableFormat::kPypy) || pid > INT64_MAX ||
      parent > INT64_MAX || generation > UINT32_MAX || !threads_.mayAddProcess(number)) {
    in.markBad();
  }
  if (!in.good()) return;
  const std::string name = interpreterName(
      version, static_cast<stream::LineTableFormat>(format) == stream::LineTableFormat::kPypy);
  if (threads_.empty()) {
    time_.begin(time);
    first_pid_ = pid;
    RunInfo& info = target_.info();
    if (info.interpreter.empty()) info.interpreter = name;
    if (info.command.empty()) info.command = command;
    if (info.working_directory.empty()) info.working_directory = folder;
    if (info.format.empty()) info.format = "pyrometer";
  }
  StreamProcess& process = threads_.addProcess(number, static_cast<stream::LineTableFormat>(format), target_);
  process.id = target_.addProcess({.pid = static_cast<std::int64_t>(pid),
                                   .command = target_.internString(command),
                                   .interpreter = target_.internString(name.empty() ? path : name),
                                   .parent = static_cast<std::int64_t>(parent),
                                   .generation = static_cast<std::uint32_t>(generation),
                                   .forked = (flags & stream::kForked) != 0,
                                   .start = time_.sinceStart(time)});
  process.pid = pid;
  process.generation = generation;
  time_.saw(time);
}

void StreamReader::readProcessEnd(ByteReader& in) {
  StreamProcess* process = threads_.findProcess(in.varint());
  const std::uint64_t time = in.varint();
  const std::uint64_t status = in.varint();
  if (!process) in.markBad();
  if (!in.good()) return;
  time_.saw(time);
  Process row = target_.process(process->id);
  row.end = time_.sinceStart(time);
  row.wait_status = status < UINT32_MAX ? static_cast<std::uint32_t>(status) : Process::kUnknownStatus;
  target_.setProcess(process->id, row);
  threads_.endProcess(*process, time);
  // Where the manifest was not written to its end, the stream is what tells how the program ended.
  RunInfo& info = target_.info();
  if (process->pid == first_pid_ && status < UINT32_MAX && !info.finished) {
    info.finished = true;
    info.exit_status = static_cast<int>(status);
  }
}

void StreamReader::readThread(ByteReader& in) {
  const std::uint64_t number = in.varint();
  StreamProcess* process = threads_.findProcess(in.varint());
  const std::uint64_t tid = in.varint();
  const std::uint64_t time = in.varint();
  const std::string name = readText(in);
  if (!process || !threads_.mayAddThread(number) || tid > INT64_MAX) in.markBad();
  if (!in.good()) return;
  threads_.addThread(number, *process, tid, time)
      .labels.begin(target_.addThread(process->id, static_cast<std::int64_t>(tid), name));
  time_.saw(time);
}

void StreamReader::readThreadName(ByteReader& in) {
  StreamThread* thread = threads_.findThread(in.varint());
  const std::string name = readText(in);
  if (!thread) in.markBad();
  if (in.good()) thread->labels.rename(name, target_);
}

void StreamReader::readRecords(ByteReader& in, bool outside, bool whole) {
  StreamThread* thread = threads_.findThread(in.varint());
  if (!in.good() || !thread) {
    if (whole || in.good()) damaged("records of a thread that was never announced, left out");
    return;
  }
  if (!thread->process->stacks) return damaged("records of a process that had ended, left out");
  ThreadSide& side = outside ? thread->outside : thread->inside;
  StackResolver& stacks = outside ? thread->process->stacks->outside : thread->process->stacks->inside;
  const std::size_t head = in.position();
  const auto outcome =
      side.read(in.bytes(in.remaining()), stacks, thread->labels, samples_.waiting(), allowance_);
  if (thread->labels.new_name) thread->labels.rename(*thread->labels.new_name, target_);
  thread->labels.new_name.reset();
  auto& drops = target_.info().drops[static_cast<int>(DropReason::kDamagedRecord)];
  drops += outcome.lost;
  if (outcome.state == ByteReader::State::kGood) return;
  if (!whole && outcome.state == ByteReader::State::kShort) return;
  ++drops;
  damaged(
      fmt::format("a damaged record, {} bytes into a block of {} of thread {}; the rest of it is left out",
                  head + outcome.good_bytes, outside ? "looks from outside" : "samples", thread->tid));
}

void StreamReader::readAsleep(ByteReader& in) {
  StreamThread* thread = threads_.findThread(in.varint());
  const std::uint64_t count = in.varint();
  const std::uint64_t first = in.varint();
  const std::uint64_t last = in.varint();
  if (!thread || count > allowance_ || first > last || last > INT64_MAX) in.markBad();
  if (!in.good()) return;
  allowance_ -= count;
  thread->inside.repeatAsleep(count, first, last, samples_.waiting());
}

void StreamReader::readMemory(ByteReader& in) {
  const StreamProcess* process = threads_.findProcess(in.varint());
  const std::uint64_t time = in.varint();
  const std::uint64_t bytes = in.varint();
  if (!process) in.markBad();
  if (!in.good()) return;
  time_.saw(time);
  target_.addMemory({.time = time_.sinceStart(time), .rss = bytes, .process = process->id});
}

void StreamReader::readBatchEnd(ByteReader& in) {
  const std::uint64_t time = in.varint();
  if (!in.good()) return;
  time_.saw(time);
  samples_.release(time);
  // Samples may have waited for a table, and have been taken a little after the end that was seen.
  constexpr std::uint64_t kLate = 1'000'000'000;
  if (time > PendingSamples::kPatience + kLate)
    threads_.forgetEnded(time - PendingSamples::kPatience - kLate);
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
  StreamProcess* process = threads_.findProcess(in.varint());
  const std::uint64_t start = in.varint();
  Modules::Module module;
  module.end = in.varint();
  module.file_offset = in.varint();
  module.path = readText(in);
  module.build_id = readText(in);
  if (!process || module.end <= start) in.markBad();
  if (in.good() && process->stacks) process->stacks->modules.add(start, std::move(module));
}

void StreamReader::readSymbol(ByteReader& in) {
  const std::string module = readText(in);
  const std::uint64_t offset = in.varint();
  NativeName name;
  name.function = readText(in);
  if (const std::uint64_t begin = in.varint(); begin != 0) name.begin = begin - 1;
  name.file = readText(in);
  const std::uint64_t line = in.varint();
  if (line > INT32_MAX) in.markBad();
  name.line = static_cast<std::uint32_t>(line);
  if (in.good()) threads_.names().add(module, offset, std::move(name));
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

void StreamReader::damaged(std::string what) { noteDamage(target_.info(), offset_, std::move(what)); }

}  // namespace pyrometer::samplestream
