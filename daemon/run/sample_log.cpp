#include "daemon/run/sample_log.h"

#include <utility>

#include "daemon/run/process_files.h"

namespace pyrometer {

std::uint32_t SampleLog::addProcess(ProcessHead head) {
  const std::lock_guard lock(mutex_);
  auto process = std::make_unique<ProcessEntry>();
  head.number = static_cast<std::uint32_t>(processes_.size());
  process->number = head.number;
  process->pid = head.pid;
  process->started = head.time;
  process->name = readThreadName(head.pid, head.pid);
  blocks_.process(head);
  processes_.push_back(std::move(process));
  return head.number;
}

void SampleLog::addRing(std::uint32_t process, std::shared_ptr<SharedBlock> block) {
  const std::lock_guard lock(mutex_);
  ProcessEntry& entry = *processes_.at(process);
  for (ring::Segment& segment : block->segments()) {
    entry.slots.push_back({SegmentReader(segment), std::nullopt});
  }
  entry.rings.push_back(std::move(block));
}

void SampleLog::endProcess(std::uint32_t process, std::int64_t time, std::uint32_t wait_status) {
  const std::lock_guard lock(mutex_);
  ProcessEntry& entry = *processes_.at(process);
  if (entry.ended) return;
  drainAll(entry, time);
  for (auto& [tid, thread] : entry.threads) flushRepeats(thread);
  blocks_.processEnd(process, time, wait_status);
  entry.ended = true;
  entry.slots.clear();
  entry.rings.clear();
  entry.threads.clear();
}

SampleLog::ThreadEntry& SampleLog::threadOf(ProcessEntry& process, std::int32_t tid, std::int64_t start) {
  const auto [found, fresh] = process.threads.try_emplace(tid);
  if (fresh) {
    found->second.number = next_thread_++;
    // Until a thread is named, the kernel shows the program's name, which tells nothing.
    std::string name = readThreadName(process.pid, tid);
    if (name == process.name) name.clear();
    // As Python calls it; what others are called comes with their samples.
    if (tid == process.pid) name = "MainThread";
    if (start == 0) start = threadStartTime(process.pid, tid);
    blocks_.thread(found->second.number, process.number, tid, start, name);
  }
  return found->second;
}

void SampleLog::writeAsleep(ThreadEntry& thread) {
  if (thread.asleep == 0) return;
  blocks_.asleep(thread.number, std::exchange(thread.asleep, 0), thread.asleep_first, thread.asleep_last);
}

void SampleLog::flushRepeats(ThreadEntry& thread) {
  writeAsleep(thread);
  if (thread.repeats == 0) return;
  std::string record(1, static_cast<char>(stream::Record::kRepeat));
  appendVarint(record, std::exchange(thread.repeats, 0));
  appendVarint(record, static_cast<std::uint64_t>(thread.repeated_until - thread.outside_wall));
  thread.outside_wall = thread.repeated_until;
  blocks_.outside(thread.number, record);
}

void SampleLog::drainSlot(ProcessEntry& process, Slot& slot, std::int64_t time) {
  // The state is read before the bytes: a thread commits its last record before it releases.
  const std::uint32_t state = slot.reader.state();
  if (state == ring::kFree) return;
  scratch_.clear();
  const SegmentReader::Drained drained = slot.reader.drain(scratch_);
  const SegmentReader::Drops drops = slot.reader.newDrops();
  const std::int32_t tid = slot.reader.tid();
  if ((drained.bytes > 0 || drained.damaged || drops.full > 0 || drops.torn > 0) && !slot.thread) {
    slot.thread = threadOf(process, tid).number;
  }
  if (drained.bytes > 0) {
    // What was seen of its sleep is about the stack before these.
    if (const auto sleeper = process.threads.find(tid); sleeper != process.threads.end()) {
      writeAsleep(sleeper->second);
    }
    blocks_.inside(*slot.thread, scratch_);
  }
  if (drained.damaged) blocks_.drop(*slot.thread + 1, DropReason::kDamagedRecord, 1);
  if (drops.full > 0) blocks_.drop(*slot.thread + 1, DropReason::kRingFull, drops.full);
  if (drops.torn > 0) blocks_.drop(*slot.thread + 1, DropReason::kTornStack, drops.torn);
  if (state != ring::kReleased) return;
  if (slot.thread) {
    const auto found = process.threads.find(tid);
    if (found != process.threads.end() && found->second.number == *slot.thread) flushRepeats(found->second);
    blocks_.threadEnd(*slot.thread, time);
    if (found != process.threads.end() && found->second.number == *slot.thread) process.threads.erase(found);
    slot.thread.reset();
  }
  slot.reader.giveBack();
}

void SampleLog::drainThread(ProcessEntry& process, std::int32_t tid, std::int64_t time) {
  for (Slot& slot : process.slots) {
    if (slot.reader.state() != ring::kFree && slot.reader.tid() == tid) drainSlot(process, slot, time);
  }
}

void SampleLog::drainAll(ProcessEntry& process, std::int64_t time) {
  std::uint64_t no_segment = 0;
  for (Slot& slot : process.slots) drainSlot(process, slot, time);
  for (const auto& ring : process.rings) {
    no_segment += ring->control().no_segment.load(std::memory_order_relaxed);
  }
  if (no_segment > process.no_segment_seen) {
    blocks_.drop(0, DropReason::kNoSegment, no_segment - process.no_segment_seen);
  }
  process.no_segment_seen = no_segment;
}

void SampleLog::addOutside(std::uint32_t process, std::int32_t tid, std::string_view records,
                           std::int64_t wall, std::int64_t start) {
  const std::lock_guard lock(mutex_);
  ProcessEntry& entry = *processes_.at(process);
  if (entry.ended) return;
  drainThread(entry, tid, wall);
  ThreadEntry& thread = threadOf(entry, tid, start);
  flushRepeats(thread);
  blocks_.outside(thread.number, records);
  thread.outside_wall = wall;
}

bool SampleLog::hasOutside(std::uint32_t process, std::int32_t tid) {
  const std::lock_guard lock(mutex_);
  const ProcessEntry& entry = *processes_.at(process);
  const auto found = entry.threads.find(tid);
  return found != entry.threads.end() && found->second.outside_wall > 0;
}

bool SampleLog::addRepeat(std::uint32_t process, std::int32_t tid, std::int64_t wall) {
  const std::lock_guard lock(mutex_);
  ProcessEntry& entry = *processes_.at(process);
  const auto found = entry.threads.find(tid);
  if (entry.ended || found == entry.threads.end() || found->second.outside_wall == 0) return false;
  if (wall <= found->second.outside_wall) return false;
  ++found->second.repeats;
  found->second.repeated_until = wall;
  return true;
}

bool SampleLog::addAsleep(std::uint32_t process, std::int32_t tid, std::int64_t wall) {
  const std::lock_guard lock(mutex_);
  ProcessEntry& entry = *processes_.at(process);
  if (entry.ended) return false;
  auto found = entry.threads.find(tid);
  if (found == entry.threads.end() || found->second.asleep == 0) {
    // The first look of a sleep: what the thread wrote before it fell asleep comes first.
    drainThread(entry, tid, wall);
    found = entry.threads.find(tid);
    if (found == entry.threads.end()) return false;
    found->second.asleep_first = wall;
  }
  ++found->second.asleep;
  found->second.asleep_last = wall;
  return true;
}

void SampleLog::endThread(std::uint32_t process, std::int32_t tid, std::int64_t time) {
  const std::lock_guard lock(mutex_);
  ProcessEntry& entry = *processes_.at(process);
  if (entry.ended) return;
  drainThread(entry, tid, time);
  const auto found = entry.threads.find(tid);
  if (found == entry.threads.end()) return;
  flushRepeats(found->second);
  blocks_.threadEnd(found->second.number, time);
  for (Slot& slot : entry.slots) {
    if (slot.thread != found->second.number) continue;
    // The thread is gone without releasing its segment; nobody else can.
    slot.reader.reclaim();
    slot.thread.reset();
  }
  entry.threads.erase(found);
}

void SampleLog::addMemory(std::uint32_t process, std::int64_t time, std::uint64_t resident_bytes) {
  const std::lock_guard lock(mutex_);
  blocks_.memory(process, time, resident_bytes);
}

void SampleLog::addNote(std::string_view text) {
  const std::lock_guard lock(mutex_);
  blocks_.note(text);
}

void SampleLog::addModule(std::uint32_t process, const NativeModule& module) {
  const std::lock_guard lock(mutex_);
  if (!processes_.at(process)->ended) blocks_.module(next_module_++, process, module);
}

void SampleLog::addDrops(std::uint32_t process, std::int32_t tid, DropReason reason, std::uint64_t count) {
  const std::lock_guard lock(mutex_);
  ProcessEntry& entry = *processes_.at(process);
  if (entry.ended) return;
  blocks_.drop(tid == 0 ? 0 : threadOf(entry, tid).number + 1, reason, count);
}

void SampleLog::addLooks(const OutsideLooks& looks) {
  const std::lock_guard lock(mutex_);
  looks_.stacks += looks.stacks;
  looks_.again += looks.again;
  looks_.completed += looks.completed;
  looks_.torn += looks.torn;
  looks_.unreadable += looks.unreadable;
}

OutsideLooks SampleLog::looks() const {
  const std::lock_guard lock(mutex_);
  return looks_;
}

std::string SampleLog::drain(std::int64_t time) {
  const std::lock_guard lock(mutex_);
  for (const auto& process : processes_) {
    if (process->ended) continue;
    drainAll(*process, time);
    for (auto& [tid, thread] : process->threads) flushRepeats(thread);
  }
  // A handler notes the time when it begins and commits a little later, maybe after a switch away from its
  // thread.
  constexpr std::int64_t kCommitDelay = 2'000'000;
  blocks_.batchEnd(time - kCommitDelay);
  return blocks_.take();
}

}  // namespace pyrometer
