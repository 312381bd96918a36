#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "daemon/profile/run_info.h"
#include "daemon/run/fork_watch.h"
#include "daemon/run/shared_block.h"
#include "daemon/run/thread_hold.h"
#include "sampler/interpreters/outside_reader.h"

namespace pyrometer {

class SampleLog;
class PacedProcess;
class ChosenThreads;

/// What the pacer needs of a process to sample it.
struct PacedTarget {
  std::uint32_t number = 0;  ///< in the log
  std::int32_t pid = 0;
  /// Its rings; empty: everything is read from outside and nothing is signalled.
  std::vector<std::shared_ptr<SharedBlock>> rings;
  /// It ran already when it was registered (sampler/late.h): its threads' time until then is not counted, and
  /// neither their beginnings nor their masks nor the program's own SIGURG handler are told to us.
  bool late = false;
  /// With `late`, in wall mode: the threads that are sampled; null: all.
  std::shared_ptr<const ChosenThreads> chosen{};
  /// Its threads' ids are others in its own pid namespace, which is what its interpreter knows.
  bool own_ids = false;
  /// Threads that run are stopped while they are read from outside.
  bool blocking = false;
  /// Are children that it forks to be sampled?
  bool children = false;
  /// May be null where reading from outside is refused or not needed.
  std::unique_ptr<interpreters::OutsideReader> outside;
};

/// Decides when which thread is sampled, from a thread of its own: it looks at the kernel's state of each
/// thread, signals those that run, and reads the stacks of those that are not to be signalled from outside
/// (in wall mode the sleeping ones; those that block the signal or never answer it; with `--outside` all).
///
/// A look at a sleeping thread costs under 1 us, at a running one 3 to 5 us. Running threads are looked at
/// each time; sleeping ones in rotation within a share of the period, so that a thousand of them do not slow
/// the others down, and so are processes all of whose threads sleep. Weights come from clocks, so a look that
/// comes late loses no time, only detail.
class Pacer {
 public:
  /// `rate_hz` 0: auto.
  Pacer(Mode mode, double rate_hz, SampleLog& log);
  ~Pacer();  ///< stops
  Pacer(const Pacer&) = delete;
  Pacer& operator=(const Pacer&) = delete;

  /// Throws std::system_error where there is no room for a thread.
  void start();

  // Any thread may call these.
  void addProcess(PacedTarget target);
  void addRing(std::uint32_t number, std::shared_ptr<SharedBlock> block);
  /// Forked children that answer no signal; those that sleep (in wall mode). Each once.
  std::vector<ForkWatch::Fork> takeDeafForks();
  std::vector<ForkWatch::Fork> takeSleepingForks();
  /// Forked children that ended before a look found them running; `last`: at the end of the run, when the
  /// processes have been removed.
  std::vector<std::int32_t> takeEndedForks(bool last);
  /// Is it a forked child that has not registered yet?
  bool awaitsFork(std::int32_t pid);
  /// When this returns no further signal goes to the process.
  void removeProcess(std::uint32_t number);
  void stop();
  /// Memory or the like ran out while looking: nothing has been sampled since.
  bool failed() const { return failed_.load(std::memory_order_acquire); }

 private:
  void run(std::stop_token stopping);
  void round(std::int64_t period);
  /// Processes that are idle; in wall mode none is. Gives the time after it.
  std::int64_t lookAtIdle(std::int64_t now, std::int64_t period);
  bool isIdle(const PacedProcess& process) const;

  const Mode mode_;
  const double rate_hz_;
  SampleLog& log_;
  std::mutex mutex_;  ///< held by the pacing thread for the time of one round of looks
  std::vector<std::unique_ptr<PacedProcess>> processes_;
  std::size_t next_ = 0, next_idle_ = 0;  ///< where the next round begins
  ForkWatch forks_;
  ThreadHold hold_;
  std::atomic<bool> failed_{false};
  std::jthread thread_;
};

}  // namespace pyrometer
