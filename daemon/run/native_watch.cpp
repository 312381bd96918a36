#include "daemon/run/native_watch.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "daemon/run/process_files.h"

namespace pyrometer {

namespace {

constexpr std::chrono::milliseconds kRound{10};
constexpr std::int64_t kLeastPause = 10'000'000, kMostPause = 1'000'000'000;
/// Code may have gone, and other code come to its place: so often it is looked at, where processes are few.
constexpr std::int64_t kEvery = 1'000'000'000;
constexpr std::size_t kFew = 16;

}  // namespace

Result<std::unique_ptr<NativeWatch>> NativeWatch::start(SampleLog& log) {
  auto code = NativeCode::make();
  if (!code) return code.error();
  return std::unique_ptr<NativeWatch>(new NativeWatch(std::move(code).value(), log));
}

NativeWatch::NativeWatch(std::unique_ptr<NativeCode> code, SampleLog& log)
    : log_(log), code_(std::move(code)) {
  // Signals are for other threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::jthread([this](std::stop_token stop) {
      std::unique_lock lock(mutex_);
      while (!stopped_.wait_for(lock, stop, kRound, [&] { return stop.stop_requested(); })) {
        try {
          followLocked();
        } catch (const std::exception&) {
          return;  // out of memory: the rules stay as they are
        }
      }
    });
  } catch (const std::exception&) {
    // No thread to be had: follow() alone does it.
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

NativeWatch::~NativeWatch() = default;

std::uint32_t NativeWatch::promise(std::int32_t pid) {
  const std::lock_guard lock(mutex_);
  std::uint32_t& place = promised_[pid];
  // What was promised before was never taken: it came to an end, or to an exec, on the way.
  if (place != 0) code_->removeProcess(place);
  return place = code_->addProcess();
}

void NativeWatch::add(Target target) {
  const std::lock_guard lock(mutex_);
  const auto promised = promised_.extract(target.pid);
  if (promised.empty() || promised.mapped() == 0) return;
  const std::uint32_t number = target.number;
  Watched& watched = watched_[number];
  watched = {.target = std::move(target), .place = promised.mapped()};
  look(watched, monotonicNow());
}

void NativeWatch::remove(std::uint32_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = watched_.find(number);
  if (found == watched_.end()) return;
  code_->removeProcess(found->second.place);
  watched_.erase(found);
}

void NativeWatch::follow() {
  const std::lock_guard lock(mutex_);
  followLocked();
}

void NativeWatch::followLocked() {
  const std::int64_t now = monotonicNow();
  for (auto& [number, watched] : watched_) {
    const std::uint32_t unmapped = watched.target.block->control().unmapped.load(std::memory_order_relaxed);
    const std::int64_t since = now - watched.looked_at;
    const bool met = unmapped != watched.unmapped_seen && since >= watched.pause;
    if (!met && (watched_.size() > kFew || since < kEvery)) continue;
    watched.unmapped_seen = unmapped;
    look(watched, now);
  }
}

void NativeWatch::look(Watched& watched, std::int64_t now) {
  const Target& target = watched.target;
  const std::string image = imageOf(target.pid);
  if (!image.empty() && !target.image.empty() && image != target.image) return;
  constexpr std::uint32_t k39 = 0x0309;
  const auto modules = code_->look(watched.place, target.pid, target.py_version >> 16 == k39);
  watched.looked_at = now;
  watched.pause = modules.empty() ? std::clamp(watched.pause * 2, kLeastPause, kMostPause) : 0;
  for (const NativeCode::Module& module : modules) {
    log_.addModule(target.number, {.begin = module.code.begin,
                                   .end = module.code.end,
                                   .offset = module.code.offset,
                                   .path = module.code.path,
                                   .build_id = module.build_id});
  }
}

}  // namespace pyrometer
