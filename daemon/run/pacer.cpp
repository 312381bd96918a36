#include "daemon/run/pacer.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <exception>

#include "daemon/run/paced_process.h"
#include "daemon/run/process_files.h"
#include "daemon/run/rate_schedule.h"

namespace pyrometer {

namespace {

/// Asks that this thread may interrupt others when a look is due. Linux since 6.12 lets a thread say for how
/// long it means to run, and one that says little takes the processor from those that say nothing; before,
/// it is not heeded. Without it a program that has just woken on a busy machine is left alone for some
/// milliseconds, and what it does first is seen half as often as what it does then.
void askForShortSlices() {
  // As in sched_setattr(2); the C library has no declaration of it.
  struct Attributes {
    std::uint32_t size = 48, policy = SCHED_OTHER;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime = 100'000, deadline = 0, period = 0;  ///< ns; 0.1 ms is the least
  } attributes;
  static_assert(sizeof attributes == 48);
  if (sched_getscheduler(0) != SCHED_OTHER) return;
  errno = 0;
  attributes.nice = getpriority(PRIO_PROCESS, static_cast<id_t>(gettid()));
  if (errno == 0) syscall(SYS_sched_setattr, 0, &attributes, 0);
}

}  // namespace

Pacer::Pacer(Mode mode, double rate_hz, SampleLog& log)
    : mode_(mode), rate_hz_(rate_hz), log_(log), forks_(mode == Mode::kWall) {}

void Pacer::start() {
  thread_ = std::jthread([this](std::stop_token stopping) {
    try {
      run(stopping);
    } catch (const std::exception&) {
      failed_.store(true, std::memory_order_release);
    }
  });
}

Pacer::~Pacer() { stop(); }

void Pacer::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void Pacer::addProcess(PacedTarget target) {
  const std::lock_guard lock(mutex_);
  if (!target.rings.empty()) forks_.remove(target.pid);
  processes_.push_back(std::make_unique<PacedProcess>(std::move(target), mode_, log_, hold_));
}

void Pacer::addRing(std::uint32_t number, std::shared_ptr<SharedBlock> block) {
  const std::lock_guard lock(mutex_);
  for (const auto& process : processes_) {
    if (process->number() != number) continue;
    forks_.remove(process->pid());
    process->addRing(std::move(block));
    return;
  }
}

void Pacer::removeProcess(std::uint32_t number) {
  const std::lock_guard lock(mutex_);
  for (const auto& process : processes_) {
    if (process->number() == number) process->leave(monotonicNow(), forks_);
  }
  std::erase_if(processes_, [&](const auto& process) { return process->number() == number; });
}

std::vector<ForkWatch::Fork> Pacer::takeDeafForks() {
  const std::lock_guard lock(mutex_);
  return forks_.takeDeaf();
}

std::vector<ForkWatch::Fork> Pacer::takeSleepingForks() {
  const std::lock_guard lock(mutex_);
  return forks_.takeSleeping();
}

std::vector<std::int32_t> Pacer::takeEndedForks(bool last) {
  const std::lock_guard lock(mutex_);
  if (last) forks_.lookAtTheLast(monotonicNow());
  return forks_.takeEnded();
}

bool Pacer::awaitsFork(std::int32_t pid) {
  const std::lock_guard lock(mutex_);
  return forks_.awaits(pid);
}

void Pacer::round(std::int64_t period) {
  hold_.collect();
  std::int64_t now = monotonicNow();
  // With many processes a round ends with its period, and the next one begins where it ended.
  const std::int64_t end = now + period * 9 / 10;
  const std::size_t count = processes_.size();
  for (std::size_t i = 0; i < count; ++i) {
    PacedProcess& process = *processes_[(next_ + i) % count];
    if (isIdle(process)) continue;
    process.look(now, period, count, forks_);
    now = monotonicNow();
    if (now > end) {
      next_ = (next_ + i + 1) % count;
      break;
    }
  }
  forks_.look(lookAtIdle(now, period), period);
}

bool Pacer::isIdle(const PacedProcess& process) const { return mode_ != Mode::kWall && process.isIdle(); }

std::int64_t Pacer::lookAtIdle(std::int64_t now, std::int64_t period) {
  // A process takes some 1.5 us: at 1 kHz each of 30 is looked at in each round.
  constexpr std::int64_t kIdleShare = 20;
  const std::int64_t until = now + period / kIdleShare;
  const std::size_t count = processes_.size();
  for (std::size_t i = 0; i < count && now <= until; ++i) {
    PacedProcess& process = *processes_[next_idle_++ % count];
    if (!isIdle(process)) continue;
    process.look(now, period, count, forks_);
    now = monotonicNow();
  }
  return now;
}

void Pacer::run(std::stop_token stopping) {
  // The default slack of 50 us is half a period at the highest rate.
  prctl(PR_SET_TIMERSLACK, 1UL);
  askForShortSlices();
  const std::int64_t start = monotonicNow();
  RateSchedule schedule(rate_hz_, start, static_cast<std::uint64_t>(start));
  // At 1 Hz the end of a run should not wait for the next look.
  constexpr std::int64_t kLongestSleep = 50'000'000;
  while (!stopping.stop_requested()) {
    const std::int64_t due = schedule.next(monotonicNow());
    std::int64_t now = monotonicNow();
    while (now < due && !stopping.stop_requested()) {
      const std::int64_t until = std::min(due, now + kLongestSleep);
      const timespec when{.tv_sec = until / 1'000'000'000, .tv_nsec = until % 1'000'000'000};
      clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, nullptr);
      now = monotonicNow();
    }
    const std::int64_t period = schedule.periodAt(now - start);
    const std::lock_guard lock(mutex_);
    round(period);
  }
}

}  // namespace pyrometer
