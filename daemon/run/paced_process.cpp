#include "daemon/run/paced_process.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string>
#include <utility>

#include "daemon/run/chosen_threads.h"
#include "daemon/run/process_files.h"
#include "daemon/run/process_rights.h"
#include "daemon/run/sample_log.h"
#include "daemon/run/signal_state.h"
#include "daemon/run/thread_hold.h"
#include "sampler/interpreters/self_check.h"
#include "sampler/interpreters/stack_encoder.h"
#include "sampler/looked_time.h"

namespace pyrometer {

namespace {

constexpr std::int64_t kListEvery = 100'000'000;
/// Where nothing in the program tells of new threads: as often as takes up this share of the time.
constexpr std::int64_t kListShare = 20;
/// Where no pthread_create tells of a new thread.
constexpr std::int64_t kListLateEvery = 10'000'000;
constexpr std::int64_t kCheckSignalsEvery = 100'000'000;
/// As many signals of ours may meet a handler of the program's that took the place of ours.
constexpr int kMostStrays = 3;
constexpr std::uint8_t kMarkFlags = stream::kMark | std::uint8_t{stream::kStateRunning};
constexpr std::size_t kListedAtOnce = 16;  ///< processes whose threads are listed so often
constexpr std::int64_t kSearchSegmentEvery = 5'000'000;
/// Longest time that a thread found running twice is believed to have run in between.
constexpr std::int64_t kLongestGap = 100'000'000;
/// Looks that are further apart, in periods, say little of what was between.
constexpr std::int64_t kUsualGap = 2;
constexpr std::int64_t kSilence = 1'000'000'000;
/// The share of a silent second that must have been spent running.
constexpr std::uint64_t kBurnt = 900'000'000;
/// Sleeping threads get a fortieth of the period: at 1 kHz some 25 of them, at 0.8 us each.
constexpr std::int64_t kSleepersShare = 40;
/// In wall mode sleeping threads are what is measured.
constexpr std::int64_t kWallSleepersShare = 10;
constexpr std::size_t kClockEvery = 8;  ///< looks between two questions for the time

std::int32_t ownId(const PacedTarget& target, std::int32_t tid) {
  if (!target.own_ids) return tid;
  const ProcessStatus status = processStatus(target.pid, tid);
  return status.ids.empty() ? tid : status.ids.back();
}

bool hasEnded(std::int32_t pid, std::int32_t tid) {
  return syscall(SYS_tgkill, pid, tid, 0) != 0 && errno == ESRCH;
}

}  // namespace

PacedProcess::PacedProcess(PacedTarget target, Mode mode, SampleLog& log, ThreadHold& hold)
    : target_(std::move(target)), forks_(target_.number), mode_(mode), log_(log), hold_(hold) {}

std::uint32_t PacedProcess::threadsStarted() const {
  if (!preloaded()) return 0;
  return target_.rings.front()->control().threads_started.load(std::memory_order_relaxed);
}

bool PacedProcess::listIsOld(std::int64_t now, std::size_t processes) const {
  // Among many, one that announces its threads itself is asked less often.
  std::int64_t every = kListEvery;
  if (isLate()) {
    every = kListLateEvery;
  } else if (!preloaded()) {
    every = std::min(every, listing_took_ * kListShare);
  } else {
    every *= static_cast<std::int64_t>(processes / kListedAtOnce + 1);
  }
  return now - listed_at_ >= every || threadsStarted() != threads_started_;
}

void PacedProcess::listThreads(std::int64_t now) {
  threads_started_ = threadsStarted();
  const std::int64_t listed_before = std::exchange(listed_at_, now);
  if (first_list_) cpu_before_ = target_.late ? processCpuTime(target_.pid) : 0;
  for (const auto& task : tasks_) task->listed = false;
  for (const std::int32_t tid : threadsOf(target_.pid)) {
    const auto known =
        std::find_if(tasks_.begin(), tasks_.end(), [&](const auto& task) { return task->tid == tid; });
    // A main thread that ended before the others stays in the list.
    if (known != tasks_.end() && (!(*known)->gone || tid == target_.pid)) {
      (*known)->listed = true;
    } else {
      tasks_.push_back(std::make_unique<Task>(target_.pid, tid, ownId(target_, tid)));
      if (target_.late && first_list_) mark(*tasks_.back(), now);
      if (!preloaded() && !first_list_)
        tasks_.back()->unseen_since = std::max(listed_before, now - kLongestGap);
    }
  }
  first_list_ = false;
  std::erase_if(tasks_, [&](const auto& task) {
    if (task->listed && (!task->gone || task->tid == target_.pid)) return false;
    // A list may be short of a thread that lives, when others end meanwhile or it could not be read: a
    // segment is only taken back from a thread that has ended for certain.
    if (!task->gone && !hasEnded(target_.pid, task->tid)) return false;
    log_.endThread(target_.number, task->tid, now);
    if (target_.outside) target_.outside->forget(task->own_id);
    return true;
  });
  listing_took_ = monotonicNow() - now;
}

void PacedProcess::look(std::int64_t now, std::int64_t budget, std::size_t processes, ForkWatch& forks) {
  idle_ = false;
  if (std::exchange(period_, budget) != budget && preloaded()) {
    target_.rings.front()->control().period.store(static_cast<std::uint32_t>(budget),
                                                  std::memory_order_relaxed);
  }
  if (preloaded() && target_.rings.front()->control().ready.load(std::memory_order_acquire) == 0) return;
  if (preloaded() && target_.children) forks_.take(target_.rings.front(), now, forks);
  if (!given_up_ && preloaded()) {
    const auto doubt = static_cast<interpreters::Doubt>(
        target_.rings.front()->control().doubt.load(std::memory_order_acquire));
    if (doubt != interpreters::Doubt::kNone) noteDoubt(interpreters::doubtText(doubt));
  }
  if (given_up_) return;
  if (listIsOld(now, processes)) listThreads(now);
  const std::size_t count = tasks_.size();
  if (count == 0) return;
  const std::int64_t running_until = now + budget * 3 / 5;
  std::size_t looked = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Task& task = *tasks_[(next_running_ + i) % count];
    if (!task.running || task.gone) continue;
    lookAtRunning(task, now);
    ++looked;
    now = monotonicNow();
    if (now > running_until) {
      next_running_ = (next_running_ + i + 1) % count;
      break;
    }
  }
  const std::int64_t share = mode_ == Mode::kWall ? kWallSleepersShare : kSleepersShare;
  const std::int64_t sleeping_until = now + budget / share;
  const std::size_t begin = next_sleeping_;
  for (std::size_t i = 0, polled = 0; i < count; ++i) {
    Task& task = *tasks_[(begin + i) % count];
    if (task.running || task.gone) continue;
    lookAtSleeping(task, now);
    ++polled;
    next_sleeping_ = (begin + i + 1) % count;
    if (polled % kClockEvery == 0 || mode_ == Mode::kWall) now = monotonicNow();
    if (now > sleeping_until) break;
  }
  if (isLate()) target_.rings.front()->control().looked_at.store(1, std::memory_order_release);
  // One that was registered late tells of new threads and of pauses only when it is looked at.
  idle_ = !isLate() && std::all_of(tasks_.begin(), tasks_.end(), [](const auto& task) {
    return task->gone || (!task->running && task->asleep_known);
  });
}

void PacedProcess::leave(std::int64_t now, ForkWatch& forks) {
  countLooks();
  if (!preloaded() || !target_.children) return;
  forks_.take(target_.rings.front(), now, forks);
  forks.keep(forks_, target_.rings.front());
}

/// ns since the look before this one, which is the last one from now on; 0: it is the first.
std::int64_t PacedProcess::sinceLastLook(Task& task, std::int64_t now) {
  const std::int64_t since =
      task.last_look == 0 ? 0 : std::min(now - task.last_look, std::max(kLongestGap, kUsualGap * period_));
  task.last_look = now;
  return since;
}

void PacedProcess::lookAtRunning(Task& task, std::int64_t now) {
  const char state = task.files.state();
  if (state == 0) {
    task.gone = true;
    return;
  }
  if (state == 'R') {
    task.read_asleep = false;
    sampleRunning(task, now, sinceLastLook(task, now));
    return;
  }
  task.running = false;
  task.asleep_known = false;
  lookAtSleeping(task, now);
}

void PacedProcess::lookAtSleeping(Task& task, std::int64_t now) {
  const auto run_time = task.files.runTime();
  const bool moved = !run_time || !task.asleep_known || !(*run_time == task.slept_at);
  if (moved) {
    const char state = task.files.state();
    if (state == 0) {
      task.gone = true;
      return;
    }
    if (state == 'R') {
      task.running = true;
      task.read_asleep = false;
      sampleRunning(task, now, sinceLastLook(task, now));
      return;
    }
    task.slept_at = run_time.value_or(TaskFiles::RunTime{});
    task.asleep_known = run_time.has_value();
  }
  task.last_look = now;
  if (mode_ == Mode::kWall) sampleSleeping(task, now, run_time.value_or(TaskFiles::RunTime{}));
}

void PacedProcess::findSegment(Task& task, std::int64_t now) {
  const auto owns = [&](const ring::Segment& segment) {
    return segment.state.load(std::memory_order_acquire) == ring::kOwned &&
           segment.tid.load(std::memory_order_relaxed) == task.tid;
  };
  if (task.segment != nullptr && owns(*task.segment)) return;
  task.segment = nullptr;
  if (task.segment_searched != 0 && now - task.segment_searched < kSearchSegmentEvery) return;
  task.segment_searched = now;
  for (const auto& ring : target_.rings) {
    for (ring::Segment& segment : ring->segments()) {
      if (!owns(segment)) continue;
      task.segment = &segment;
      return;
    }
  }
}

void PacedProcess::sampleRunning(Task& task, std::int64_t now, std::int64_t since_last_look) {
  if (isLate() && !wanted(task, now)) return;
  bool outside = !preloaded();
  if (!outside) {
    findSegment(task, now);
    const auto& control = target_.rings.front()->control();
    const bool blocked = control.own_handler.load(std::memory_order_relaxed) != 0 ||
                         (task.segment != nullptr &&
                          (task.segment->flags.load(std::memory_order_relaxed) & ring::kSignalBlocked) != 0);
    watchAnswers(task, blocked ? 0 : since_last_look);
    outside = blocked || task.unresponsive;
    // A thread may be born with the signal blocked, and has not said so yet. Every thread is for a moment,
    // while it is made: so one that is deaf is asked again.
    if (task.segment == nullptr && !isLate()) {
      if (!std::exchange(task.mask_asked, true) || task.born_deaf) {
        const auto signals = signalStateOf(target_.pid, task.tid, SIGURG);
        task.born_deaf = signals && signals->blocked;
      }
      outside |= task.born_deaf;
    }
    if (isLate() && !outside) {
      if (!maySignal(task, now)) return;
      outside = task.blocks_signals || handler_lost_ || task.unresponsive;
    }
  }
  if (outside) {
    readOutside(task, true, since_last_look);
    return;
  }
  if (task.segment != nullptr) {
    const std::int64_t most = kUsualGap * period_;
    task.segment->most_between.store(static_cast<std::uint32_t>(most), std::memory_order_relaxed);
    task.segment->between_looks.store(static_cast<std::uint32_t>(since_last_look), std::memory_order_relaxed);
  }
  if (syscall(SYS_tgkill, target_.pid, task.tid, SIGURG) == 0) {
    ++task.unanswered;
  } else if (errno == ESRCH) {
    task.gone = true;
  } else if (errno == EPERM && !task.unresponsive) {
    task.unresponsive = true;
  }
}

void PacedProcess::watchAnswers(Task& task, std::int64_t since_last_look) {
  const std::uint64_t handled =
      task.segment == nullptr ? 0 : task.segment->handled.load(std::memory_order_relaxed);
  if (handled != task.handled) {
    task.handled = handled;
    strays_ = 0;
    task.unanswered = 0;
    task.silent_for = 0;
    task.unresponsive = false;
    return;
  }
  if (task.unresponsive || since_last_look == 0) return;
  if (task.silent_for == 0) {
    const auto run_time = task.files.runTime();
    task.silent_since_run = run_time ? run_time->ns : 0;
  }
  task.silent_for += std::min(since_last_look, kLongestGap);
  if (task.silent_for < kSilence) return;
  // It may only have waited for a processor, behind other programs: then it is asked again in a while, for
  // all that it has run since.
  const auto run_time = task.files.runTime();
  task.silent_for = kSilence / 2;
  if (run_time && run_time->ns - task.silent_since_run < kBurnt) return;
  task.unresponsive = true;
  log_.addDrops(target_.number, task.tid, DropReason::kUnanswered, task.unanswered);
  if (noted_unresponsive_) return;
  noted_unresponsive_ = true;
  log_.addNote(
      "Thread " + std::to_string(task.tid) +
      " ran for a second without answering the sampler's signals; its stacks are read from outside.");
}

void PacedProcess::sampleSleeping(Task& task, std::int64_t now, const TaskFiles::RunTime& run_time) {
  if (isLate() && !wanted(task, now)) return;
  if (task.read_asleep && run_time == task.read_at && log_.addRepeat(target_.number, task.tid, now)) {
    if (target_.outside) target_.outside->noteRepeat(task.own_id, now);
    return;
  }
  const bool read = readOutside(task, false, 0);
  // If it woke while it was read, the stack is of neither sleep.
  const auto after = task.files.runTime();
  task.read_at = run_time;
  task.read_asleep = read && after && *after == run_time;
}

bool PacedProcess::readOutside(Task& task, bool running, std::int64_t since_last_look) {
  if (!target_.outside) {
    if (running || !log_.addAsleep(target_.number, task.tid, monotonicNow())) {
      log_.addDrops(target_.number, task.tid, DropReason::kUnreadable, 1);
    }
    return true;
  }
  // A thread that gave its segment back may go on for a little: to the log it is a new one, whose first
  // record is whole.
  if (task.read_before && !log_.hasOutside(target_.number, task.tid)) target_.outside->forget(task.own_id);
  records_.clear();
  const std::int64_t wall = monotonicNow();
  using Outcome = interpreters::OutsideReader::Outcome;
  std::int64_t cpu = 0;
  if (mode_ == Mode::kCpu) {
    const auto told = task.files.runTime();
    const std::uint64_t counted = task.segment == nullptr ? 0 : task.segment->last_cpu;
    std::int64_t used = told ? task.clock.at(wall, static_cast<std::int64_t>(told->ns))
                             : task.clock.watched(since_last_look, static_cast<std::int64_t>(counted));
    // Threads that live for less than a period are seen in proportion to how long they do. So one that is
    // stands for the others: for all of the time since the look before, if nobody else has accounted for it.
    if (task.unseen_since != 0 && !task.read_before && running) {
      since_last_look = 0;  // all of it is in what it has used, then
      task.cpu_ahead = std::clamp<std::int64_t>(timeOfUnseen() - used, 0,
                                                std::max<std::int64_t>(wall - task.unseen_since - used, 0));
    }
    used += task.cpu_ahead;
    task.given = ring::lookedTime(std::max(task.given, counted), static_cast<std::uint64_t>(used),
                                  static_cast<std::uint64_t>(since_last_look),
                                  static_cast<std::uint64_t>(kUsualGap * period_));
    cpu = static_cast<std::int64_t>(task.given);
  }
  std::uint8_t state = stream::kStateRunning;
  if (!running)
    state =
        target_.outside->waitsForGil(task.files.futex()) ? stream::kStateWaitsForGil : stream::kStateOffCpu;
  const bool held = running && hold(task);
  const Outcome outcome = target_.outside->sample(task.own_id, wall, state, records_, cpu);
  if (held) hold_.letGo();
  switch (outcome) {
    case Outcome::kStack:
    case Outcome::kNoPython:
      task.read_before = true;
      cpu_given_ += std::max<std::int64_t>(cpu - std::exchange(task.cpu_given, cpu), 0);
      log_.addOutside(target_.number, task.tid,
                      {reinterpret_cast<const char*>(records_.data()), records_.size()}, wall,
                      task.unseen_since);
      return true;
    case Outcome::kUnreadable:
      log_.addDrops(target_.number, task.tid, DropReason::kUnreadable, 1);
      break;
    case Outcome::kRefused:
      log_.addDrops(target_.number, task.tid, DropReason::kUnreadable, 1);
      giveUpOutside("the system does not permit reading its memory");
      break;
    case Outcome::kNotUnderstood:
      noteDoubt(target_.outside->doubt());
      break;
    case Outcome::kNoThreadState:
    case Outcome::kGone:
      break;
  }
  return false;
}

void PacedProcess::noteDoubt(const char* what) {
  given_up_ = true;
  log_.addNote("Process " + std::to_string(target_.pid) +
               " is not profiled: its interpreter is not laid out as this version of CPython is (" + what +
               "). It may be patched or built in an unusual way.");
}

/// Whether the program wants this thread sampled now. When it does so again, the time until now is marked
/// first.
bool PacedProcess::wanted(Task& task, std::int64_t now) {
  const bool chosen = target_.chosen == nullptr || target_.chosen->has(task.tid);
  const ring::Control& control = target_.rings.front()->control();
  if (control.paused.load(std::memory_order_acquire) != 0 || !chosen) {
    task.chosen = chosen;
    task.read_asleep = false;
    return false;
  }
  const std::uint32_t pauses = control.pauses.load(std::memory_order_relaxed);
  if (task.pauses == pauses && task.chosen) return true;
  // A thread that answers signals marks the end of a pause itself, by its own clocks.
  const bool by_itself = task.chosen && mode_ == Mode::kCpu && !task.blocks_signals && !task.unresponsive &&
                         !handler_lost_ && control.own_handler.load(std::memory_order_relaxed) == 0;
  task.pauses = pauses;
  task.chosen = true;
  if (!by_itself) mark(task, now);
  return true;
}

/// What the thread's clocks have counted until now is not to be anybody's.
void PacedProcess::mark(Task& task, std::int64_t now) {
  const auto told = task.files.runTime();
  if (!told && mode_ == Mode::kCpu) return;
  const std::int64_t used = told ? task.clock.at(now, static_cast<std::int64_t>(told->ns)) : 0;
  task.given = std::max(task.given, static_cast<std::uint64_t>(used));
  const auto cpu = static_cast<std::int64_t>(task.given);
  task.read_asleep = false;
  task.cpu_given = cpu;
  records_.clear();
  if (target_.outside) {
    target_.outside->mark(task.own_id, now, kMarkFlags, records_, cpu);
  } else {
    // No stack was or will be read from outside: nothing that this would have to be the difference to.
    records_.resize(64);
    interpreters::RingCursor cursor(records_.data(), records_.size(), 0, records_.size());
    interpreters::encodeSample({},
                               {.wall = static_cast<std::uint64_t>(now),
                                .cpu = static_cast<std::uint64_t>(cpu),
                                .flags = kMarkFlags},
                               cursor);
    records_.resize(cursor.position());
  }
  log_.addOutside(target_.number, task.tid, {reinterpret_cast<const char*>(records_.data()), records_.size()},
                  now);
}

/// Whether to go on with a thread of a late process in this look. What its mask is, and whether our handler
/// is still in place, has to be found out: a signal that was taken and left no trace met a handler of the
/// program's.
bool PacedProcess::maySignal(Task& task, std::int64_t now) {
  if (handler_lost_) return true;
  const bool known = task.signals_checked != 0 && now - task.signals_checked < kCheckSignalsEvery;
  if (known && task.unanswered == 0) return true;
  if (known && task.blocks_signals) return true;
  const auto signals = signalStateOf(target_.pid, task.tid, SIGURG);
  if (!signals) return true;
  task.signals_checked = now;
  task.blocks_signals = signals->blocked;
  if (signals->blocked) return true;
  if (signals->pending) return false;
  if (signals->caught && task.unanswered == 0) {
    strays_ = 0;
    return true;
  }
  const ring::Control& control = target_.rings.front()->control();
  if (signals->caught && control.no_segment.load(std::memory_order_relaxed) != 0 && task.segment == nullptr) {
    // It answers, and has no room to do so.
    task.unresponsive = true;
    return true;
  }
  if (signals->caught && ++strays_ < kMostStrays) return true;
  handler_lost_ = true;
  log_.addNote(
      "The program has put a SIGURG handler of its own in the place of the sampler's; from there on its "
      "stacks were read from outside.");
  return true;
}

/// CPU time that the process has used since it was first looked at, and that no sample stands for.
std::int64_t PacedProcess::timeOfUnseen() const {
  return processCpuTime(target_.pid) - cpu_before_ - cpu_given_;
}

void PacedProcess::countLooks() {
  if (!target_.outside) return;
  const auto& counted = target_.outside->counters();
  log_.addLooks({.stacks = counted.samples,
                 .again = counted.retries,
                 .completed = counted.imputed,
                 .torn = counted.torn,
                 .unreadable = counted.unreadable});
}

/// Stops the thread, where that is wanted. Where it cannot be it is read as it runs.
bool PacedProcess::hold(const Task& task) {
  if (!target_.blocking) return false;
  if (hold_.hold(task.tid)) return true;
  if (hold_.refused() != 0 && !std::exchange(noted_not_held_, true)) {
    log_.addNote("Threads of process " + std::to_string(target_.pid) +
                 " were read without being stopped: " + whyRefused(target_.pid, hold_.refused(), true) + ".");
  }
  return false;
}

void PacedProcess::giveUpOutside(const char* why) {
  countLooks();
  target_.outside.reset();
  log_.addNote(std::string("Stacks of process ") + std::to_string(target_.pid) +
               " cannot be read from outside: " + why +
               ". Threads that sleep are shown where they were last sampled; those that do not answer "
               "signals are missing.");
}

}  // namespace pyrometer
