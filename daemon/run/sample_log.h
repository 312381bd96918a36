#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/profile/run_info.h"
#include "daemon/run/block_buffer.h"
#include "daemon/run/ring_reader.h"
#include "daemon/run/shared_block.h"

namespace pyrometer {

/// Everything that becomes part of a recording's stream passes through here, in the order in which it is
/// written: the rings of the sampled processes, what the pacer reads from outside, memory, drops, notes. Any
/// thread may call; the recording's strand takes the bytes with drain().
///
/// Records of one thread stay in time order: before something read from outside is written, the thread's own
/// segment is drained.
class SampleLog {
 public:
  /// `head.number` is given here and returned.
  std::uint32_t addProcess(ProcessHead head);
  void addRing(std::uint32_t process, std::shared_ptr<SharedBlock> block);
  /// Takes what its rings still hold; nothing more is read from them.
  void endProcess(std::uint32_t process, std::int64_t time, std::uint32_t wait_status);

  /// Whole records of a thread, read from outside; `wall` is the time of the last of them.
  /// `start`: when the thread began, if it is new; 0: as the kernel says, to 10 ms.
  void addOutside(std::uint32_t process, std::int32_t tid, std::string_view records, std::int64_t wall,
                  std::int64_t start = 0);
  /// Has this thread, as it is now, a stack that was read from outside? If not, its next one must be written
  /// whole.
  bool hasOutside(std::uint32_t process, std::int32_t tid);
  /// The stack that was last read from outside is still there. Cheap: counted, and written with the next
  /// batch. False, and nothing done, if there is no such stack.
  bool addRepeat(std::uint32_t process, std::int32_t tid, std::int64_t wall);
  /// A look found the thread asleep and its stack may not be read: its last one from inside is taken to be
  /// there still. Counted like repeats. False, and nothing done, if it never had one.
  bool addAsleep(std::uint32_t process, std::int32_t tid, std::int64_t wall);
  void endThread(std::uint32_t process, std::int32_t tid, std::int64_t time);

  void addMemory(std::uint32_t process, std::int64_t time, std::uint64_t resident_bytes);
  void addNote(std::string_view text);
  void addModule(std::uint32_t process, const NativeModule& module);
  /// `tid` 0: of no thread in particular.
  void addDrops(std::uint32_t process, std::int32_t tid, DropReason reason, std::uint64_t count);

  /// How reading one process from outside went; summed up.
  void addLooks(const OutsideLooks& looks);
  OutsideLooks looks() const;

  /// The stream's next batch: all that was committed before `time`, and a batch end.
  std::string drain(std::int64_t time);

 private:
  struct Slot {
    SegmentReader reader;
    std::optional<std::uint32_t> thread;
  };
  struct ThreadEntry {
    std::uint32_t number = 0;
    std::int64_t outside_wall = 0;  ///< of the last outside record
    std::uint64_t repeats = 0;
    std::int64_t repeated_until = 0;
    std::uint64_t asleep = 0;  ///< looks not written yet
    std::int64_t asleep_first = 0, asleep_last = 0;
  };
  struct ProcessEntry {
    std::uint32_t number = 0;
    std::string name;  ///< of its main thread, as the kernel has it
    std::int32_t pid = 0;
    std::int64_t started = 0;
    bool ended = false;
    std::vector<std::shared_ptr<SharedBlock>> rings;
    std::vector<Slot> slots;
    std::uint64_t no_segment_seen = 0;
    std::map<std::int32_t, ThreadEntry> threads;  ///< living ones, by tid
  };

  ThreadEntry& threadOf(ProcessEntry& process, std::int32_t tid, std::int64_t start = 0);
  void writeAsleep(ThreadEntry& thread);
  void drainSlot(ProcessEntry& process, Slot& slot, std::int64_t time);
  void drainThread(ProcessEntry& process, std::int32_t tid, std::int64_t time);
  void drainAll(ProcessEntry& process, std::int64_t time);
  void flushRepeats(ThreadEntry& thread);

  mutable std::mutex mutex_;
  OutsideLooks looks_;
  BlockBuffer blocks_;
  std::vector<std::unique_ptr<ProcessEntry>> processes_;
  std::uint32_t next_thread_ = 0, next_module_ = 0;
  std::string scratch_;
};

}  // namespace pyrometer
