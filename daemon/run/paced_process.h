#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "daemon/profile/run_info.h"
#include "daemon/run/pacer.h"
#include "daemon/run/ring_reader.h"
#include "daemon/run/task_files.h"
#include "daemon/run/thread_cpu_clock.h"

namespace pyrometer {

class SampleLog;
class ThreadHold;

/// One process as the pacer sees it: its threads, which of them run, and how each is sampled. Lives on the
/// pacer's thread.
class PacedProcess {
 public:
  PacedProcess(PacedTarget target, Mode mode, SampleLog& log, ThreadHold& hold);

  std::uint32_t number() const { return target_.number; }
  std::int32_t pid() const { return target_.pid; }
  /// Before it goes: `forks` takes what its children left in its memory, and what theirs will leave there.
  void leave(std::int64_t now, ForkWatch& forks);
  void addRing(std::shared_ptr<SharedBlock> block) { target_.rings.push_back(std::move(block)); }

  /// One round of looks, at most `budget` ns (the period) long for running threads and a part of that for
  /// sleeping ones.
  /// `processes`: how many are paced; `forks` is told of its children.
  void look(std::int64_t now, std::int64_t budget, std::size_t processes, ForkWatch& forks);
  /// All its threads slept at the last look, and whether one has run since can be asked for little.
  bool isIdle() const { return idle_; }

 private:
  struct Task {
    Task(std::int32_t pid, std::int32_t id, std::int32_t id_in_there)
        : tid(id), own_id(id_in_there), files(pid, id) {}
    std::int32_t tid;
    std::int32_t own_id;            ///< as the program sees it
    std::int64_t unseen_since = 0;  ///< of one that began meanwhile: the last time that it was not there
    std::int64_t cpu_ahead = 0;     ///< what its CPU clock is taken to be ahead of the kernel's word
    std::int64_t cpu_given = 0;     ///< as its last sample has it
    TaskFiles files;
    ring::Segment* segment = nullptr;
    std::int64_t segment_searched = 0;
    bool mask_asked = false;  ///< the kernel was asked, for as long as it has no segment that tells
    bool born_deaf = false;   ///< and says that it blocks the signal
    bool running = true;      ///< at the last look; a new thread is believed to run
    bool listed = true;
    bool gone = false;
    bool unresponsive = false;
    std::int64_t last_look = 0;
    TaskFiles::RunTime slept_at;  ///< run time at the last look that found it asleep
    bool asleep_known = false;
    // Signals not answered.
    std::uint64_t handled = 0;
    std::uint64_t unanswered = 0;
    std::int64_t silent_for = 0;
    std::uint64_t silent_since_run = 0;
    // Read from outside.
    TaskFiles::RunTime read_at;
    ThreadCpuClock clock;
    std::uint64_t given = 0;  ///< of that clock, to the looks so far (ring::lookedTime)
    bool read_before = false;
    // Of a process that was registered late.
    std::uint32_t pauses = 0;  ///< as the process counted them when we last looked
    bool chosen = true;        ///< at the last look
    std::int64_t signals_checked = 0;
    bool blocks_signals = false;  ///< at that check
    bool read_asleep = false;     ///< the last stack read from outside was of its present sleep
  };

  bool preloaded() const { return !target_.rings.empty(); }
  bool isLate() const { return target_.late && preloaded(); }
  bool listIsOld(std::int64_t now, std::size_t processes) const;
  std::uint32_t threadsStarted() const;
  void listThreads(std::int64_t now);
  std::int64_t sinceLastLook(Task& task, std::int64_t now);
  void lookAtRunning(Task& task, std::int64_t now);
  void lookAtSleeping(Task& task, std::int64_t now);
  void sampleRunning(Task& task, std::int64_t now, std::int64_t since_last_look);
  void watchAnswers(Task& task, std::int64_t since_last_look);
  void sampleSleeping(Task& task, std::int64_t now, const TaskFiles::RunTime& run_time);
  /// `since_last_look`: of one that runs, as sinceLastLook() gives it; 0 for one that sleeps.
  /// False: there was nothing to read, and the thread's last stack is not its present one.
  bool readOutside(Task& task, bool running, std::int64_t since_last_look);
  void findSegment(Task& task, std::int64_t now);
  void giveUpOutside(const char* why);
  void countLooks();
  bool hold(const Task& task);
  std::int64_t timeOfUnseen() const;
  void noteDoubt(const char* what);
  bool wanted(Task& task, std::int64_t now);
  void mark(Task& task, std::int64_t now);
  bool maySignal(Task& task, std::int64_t now);

  PacedTarget target_;
  ForkWatch::Source forks_;
  const Mode mode_;
  SampleLog& log_;
  ThreadHold& hold_;
  std::vector<std::unique_ptr<Task>> tasks_;
  std::size_t next_running_ = 0, next_sleeping_ = 0;
  std::int64_t listed_at_ = 0, listing_took_ = 0;
  std::int64_t period_ = 0;
  std::uint32_t threads_started_ = 0;
  std::vector<std::uint8_t> records_;
  /// CPU time: of the process when it was first looked at, and what its samples stand for since.
  std::int64_t cpu_before_ = 0, cpu_given_ = 0;
  bool noted_unresponsive_ = false;
  bool noted_not_held_ = false;
  bool given_up_ = false;  ///< the interpreter is not what it was taken for
  bool first_list_ = true;
  bool idle_ = false;
  int strays_ = 0;             ///< signals of ours that were taken and not answered, one after the other
  bool handler_lost_ = false;  ///< a late process has put another handler in place of ours
};

}  // namespace pyrometer
