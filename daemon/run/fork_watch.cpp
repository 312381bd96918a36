#include "daemon/run/fork_watch.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
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

}  // namespace

void ForkWatch::Source::take(ring::Control& control, std::int64_t now, ForkWatch& watch) {
  const std::uint32_t begun = control.forks_begun.load(std::memory_order_acquire);
  // Who forks faster than we look has lost the oldest.
  if (begun - taken_ > ring::kForkPlaces) taken_ = begun - ring::kForkPlaces;
  for (; taken_ != begun; ++taken_) {
    const std::uint64_t place = control.forks[taken_ % ring::kForkPlaces].load(std::memory_order_acquire);
    if (place >> 32 != taken_ || (place & UINT32_MAX) == 0) {
      if (missing_since_ == 0) missing_since_ = now;
      if (now - missing_since_ < kKilled) return;
    } else {
      watch.add({.pid = static_cast<std::int32_t>(place & UINT32_MAX), .parent = process_}, now);
    }
    missing_since_ = 0;
  }
}

void ForkWatch::add(Fork fork, std::int64_t now) {
  // The memory is the program's: it may say anything.
  constexpr std::size_t kMost = 4096;
  if (fork.pid <= 0 || waiting_.size() >= kMost) return;
  std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.fork.pid == fork.pid; });
  waiting_.push_back({.fork = fork, .image = {}, .since = now});
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

void ForkWatch::look(std::int64_t now) {
  std::size_t looks = std::min(waiting_.size(), kLooksAtOnce);
  while (looks-- > 0 && !waiting_.empty()) {
    if (next_ >= waiting_.size()) next_ = 0;
    if (now - waiting_[next_].since < kGrace || lookAt(waiting_[next_], now)) {
      ++next_;
    } else {
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(next_));
    }
  }
  // After the looks: who was found to have ended may have forked before.
  for (Left& left : left_) left.source.take(left.memory->control(), now, *this);
  std::erase_if(left_, [&](const Left& left) { return !hasChildOf(left.source.process()); });
}

bool ForkWatch::lookAt(Waiting& waiting, std::int64_t now) {
  const std::int32_t pid = waiting.fork.pid;
  const char state = stateOf(pid);
  if (state == 0 || state == 'Z' || state == 'X') return false;
  std::string image = imageOf(pid);
  if (image.empty()) return false;
  if (waiting.image.empty())
    waiting.image = std::move(image);
  else if (waiting.image != image)
    return false;  // another program: it registers itself, if it is Python
  if (state == 'R') {
    if (waiting.signalled == 0) waiting.signalled = now;
    syscall(SYS_tgkill, pid, pid, SIGURG);
    if (now - waiting.signalled < kDeaf) return true;
    deaf_.push_back(waiting.fork);
    return false;
  }
  if (asleep_too_ && !waiting.told && now - waiting.since > kAsleep) {
    waiting.told = true;
    sleeping_.push_back(waiting.fork);
  }
  return true;
}

}  // namespace pyrometer
