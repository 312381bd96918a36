#include "daemon/run/fork_watch.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include "daemon/run/process_files.h"

namespace pyrometer {

namespace {

/// So long a child is left alone: it may be about to exec.
constexpr std::int64_t kGrace = 1'000'000;
/// A place in the memory that was taken and not written to for so long: its child was killed in between.
constexpr std::int64_t kKilled = 100'000'000;
constexpr std::int64_t kAsleep = 100'000'000;
/// Found running and signalled again and again for so long, without an answer.
constexpr std::int64_t kDeaf = 3'000'000'000;
constexpr std::size_t kLooksAtOnce = 16;
/// Between two times that they are taken.
constexpr std::size_t kMostEnded = 65536;
/// Clock ticks are coarse, and a machine may be slow.
constexpr std::int64_t kOlder = 10'000'000'000;
/// Of the period, as sleeping threads have it (PacedProcess).
constexpr std::int64_t kSleepingForksShare = 40;

}  // namespace

void ForkWatch::Source::take(const std::shared_ptr<SharedBlock>& memory, std::int64_t now, ForkWatch& watch) {
  ring::Control& control = memory->control();
  const std::uint32_t begun = control.forks_begun.load(std::memory_order_acquire);
  // Who forks faster than we look has lost the oldest.
  for (; begun - taken_ > ring::kForkPlaces && watch.ended_.size() < kMostEnded; ++taken_)
    watch.ended_.push_back(0);
  if (begun - taken_ > ring::kForkPlaces) taken_ = begun - ring::kForkPlaces;
  for (; taken_ != begun; ++taken_) {
    const std::uint64_t place = control.forks[taken_ % ring::kForkPlaces].load(std::memory_order_acquire);
    if (place >> 32 != taken_ || (place & UINT32_MAX) == 0) {
      if (missing_since_ == 0) missing_since_ = now;
      if (now - missing_since_ < kKilled) return;
    } else {
      const Fork fork{.pid = static_cast<std::int32_t>(place & ring::kForkPid),
                      .parent = process_,
                      .place = taken_,
                      .memory = memory};
      if ((place & ring::kForkUnreachable) != 0) {
        watch.giveUp(fork);
      } else {
        watch.add(fork, now);
      }
    }
    missing_since_ = 0;
  }
}

void ForkWatch::add(Fork fork, std::int64_t now) {
  // The memory is the program's: it may say anything.
  constexpr std::size_t kMost = 4096;
  if (fork.pid <= 0 || waiting_.size() >= kMost) return;
  std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.fork.pid == fork.pid; });
  Waiting& waiting = waiting_.emplace_back();
  waiting.fork = std::move(fork);
  waiting.since = now;
}

void ForkWatch::giveUp(Fork fork) {
  constexpr std::size_t kMost = 4096;
  if (fork.pid <= 0 || deaf_.size() >= kMost) return;
  remove(fork.pid);
  deaf_.push_back(std::move(fork));
}

void ForkWatch::remove(std::int32_t pid) {
  std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.fork.pid == pid; });
}

bool ForkWatch::awaits(std::int32_t pid) const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [&](const Waiting& waiting) { return waiting.fork.pid == pid; });
}

bool ForkWatch::hasChildOf(std::uint32_t process) const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [&](const Waiting& waiting) { return waiting.fork.parent == process; });
}

void ForkWatch::keep(const Source& source, std::shared_ptr<SharedBlock> memory) {
  if (hasChildOf(source.process())) left_.push_back({source, std::move(memory)});
}

void ForkWatch::look(std::int64_t now, std::int64_t period) {
  const std::size_t count = waiting_.size();
  std::size_t looks = 0;
  for (std::size_t i = 0; i < count && looks < kLooksAtOnce; ++i) {
    Waiting& waiting = waiting_[next_++ % count];
    if (waiting.asleep || now - waiting.since < kGrace) continue;
    lookAt(waiting, now);
    ++looks;
  }
  const std::int64_t until = now + period / kSleepingForksShare;
  for (std::size_t i = 0; i < count && now <= until; ++i) {
    Waiting& waiting = waiting_[next_asleep_++ % count];
    if (!waiting.asleep || waiting.over) continue;
    lookAtSleeping(waiting, now);
    now = monotonicNow();
  }
  std::erase_if(waiting_, [](const Waiting& waiting) { return waiting.over; });
  // After the looks: who was found to have ended may have forked before.
  for (Left& left : left_) left.source.take(left.memory, now, *this);
  std::erase_if(left_, [&](const Left& left) { return !hasChildOf(left.source.process()); });
}

void ForkWatch::lookAtTheLast(std::int64_t now) {
  for (Left& left : left_) left.source.take(left.memory, now, *this);
  for (Waiting& waiting : waiting_) {
    if (!waiting.over) lookAt(waiting, now);
  }
  waiting_.clear();
  left_.clear();
}

/// In its parent's memory stands whether it was about to become another program; unless many others were
/// forked since.
void ForkWatch::noteEnd(const Waiting& waiting) {
  const Fork& fork = waiting.fork;
  if (!fork.memory || waiting.told || ended_.size() >= kMostEnded) return;
  const std::uint64_t place =
      fork.memory->control().forks[fork.place % ring::kForkPlaces].load(std::memory_order_acquire);
  if (place >> 32 != fork.place || (place & ring::kForkExecutes) != 0) return;
  ended_.push_back(fork.pid);
}

void ForkWatch::lookAt(Waiting& waiting, std::int64_t now) {
  const std::int32_t pid = waiting.fork.pid;
  if (!waiting.files) waiting.files = std::make_unique<TaskFiles>(pid, pid);
  // First how long it ran: what it does after that is noticed the next time.
  const auto run_time = waiting.files->runTime();
  const char state = waiting.files->state();
  // What the program wrote to its memory may be any pid: never one that is older than its run.
  const bool old = state != 0 && waiting.image.empty() && threadStartTime(pid, pid) < begun_ - kOlder;
  const bool gone = old || state == 0 || state == 'Z' || state == 'X';
  std::string image = gone ? std::string() : imageOf(pid);
  // One that we may not look into (it is not dumpable, or another user's) can answer all the same, and one
  // that is about to be gone has none either; another program gives it another name.
  if (!gone) {
    std::string name = readThreadName(pid, pid);
    if (waiting.name.empty()) waiting.name = name;
    if (image.empty())
      image = name == waiting.name && !waiting.image.empty() ? waiting.image : "named " + name;
  }
  if (gone && !old) noteEnd(waiting);
  // Another program registers itself, if it is Python.
  waiting.over = image.empty() || (!waiting.image.empty() && waiting.image != image);
  if (waiting.over) return;
  waiting.image = std::move(image);
  waiting.asleep = state != 'R' && run_time.has_value();
  waiting.slept_at = run_time.value_or(TaskFiles::RunTime{});
  if (state == 'R') {
    if (waiting.signalled == 0) waiting.signalled = now;
    const bool sent = syscall(SYS_tgkill, pid, pid, SIGURG) == 0 || errno != EPERM;
    if (sent && now - waiting.signalled < kDeaf) return;
    deaf_.push_back(waiting.fork);
    waiting.over = true;
  } else if (asleep_too_ && !waiting.told && now - waiting.since > kAsleep) {
    waiting.told = true;
    sleeping_.push_back(waiting.fork);
  }
}

void ForkWatch::lookAtSleeping(Waiting& waiting, std::int64_t now) {
  const auto run_time = waiting.files->runTime();
  const bool to_be_told = asleep_too_ && !waiting.told && now - waiting.since > kAsleep;
  if (!run_time || !(*run_time == waiting.slept_at) || to_be_told) lookAt(waiting, now);
}

}  // namespace pyrometer
