#include "sampler/late.h"

#include <dlfcn.h>
#include <sys/prctl.h>
#include <time.h>

#include <cerrno>
#include <cstdio>

#include "sampler/registration.h"
#include "sampler/ring.h"
#include "sampler/signal_handler.h"
#include "sampler/target.h"

namespace pyrometer::sampler {

namespace {

/// A handler takes some microseconds; one that takes longer belongs to a thread that was stopped in it.
constexpr int kMostWaits = 10'000;
constexpr timespec kWait{.tv_sec = 0, .tv_nsec = 100'000};

/// Whether another copy of this library, loaded before the program, samples it already.
bool isSampledByAnother() {
  using IsSampled = int (*)();
  const auto global = reinterpret_cast<IsSampled>(dlsym(RTLD_DEFAULT, "pyrometer_is_sampled"));
  return global != nullptr && global() != 0;
}

}  // namespace

}  // namespace pyrometer::sampler

namespace sampler = pyrometer::sampler;

int pyrometer_begin(const char* folder, char* why, std::size_t size) {
  sampler::Target& target = sampler::g_target;
  if (target.active.load() || sampler::isSampledByAnother()) {
    std::snprintf(why, size, "this process is sampled already (by `pyrometer run`)");
    return -1;
  }
  if (target.handlers.load() != 0) {
    std::snprintf(why, size, "a thread was stopped while it was sampled, and has not gone on since");
    return -1;
  }
  target.codes.clear();
  target.doubts.store(0);
  target.paused.store(0);
  target.pauses.store(0);
  pyrometer::session::Hello hello{};
  const bool registered = sampler::registerLate(folder, hello);
  std::snprintf(why, size, "%s", hello.detail);
  if (!registered) return -1;
  // Where only a parent may read a process's memory (Yama), the recorder may read ours. Of no effect
  // elsewhere.
  prctl(PR_SET_PTRACER, static_cast<unsigned long>(target.daemon_pid), 0, 0, 0);
  // What the program does before the recorder has looked at its threads would be nobody's; that may take a
  // while where others use the processors.
  for (int waits = 0; !sampler::lookedAt() && waits < sampler::kMostWaits; ++waits)
    nanosleep(&sampler::kWait, nullptr);
  return 0;
}

void pyrometer_end() {
  sampler::Target& target = sampler::g_target;
  if (!target.active.exchange(false)) return;
  target.installed.store(false);
  // In front of a handler of the program's it stays, for a signal of ours that may still be on its way.
  if (!sampler::programHandles()) sampler::removeHandler();
  int waits = 0;
  while (target.handlers.load() != 0 && ++waits < sampler::kMostWaits) nanosleep(&sampler::kWait, nullptr);
  // Otherwise the memory stays: that thread may write to it yet.
  if (target.handlers.load() == 0) sampler::dropBlocks();
  prctl(PR_SET_PTRACER, 0UL, 0, 0, 0);
}

void pyrometer_pause(int paused) {
  sampler::Target& target = sampler::g_target;
  const bool was_paused = target.paused.exchange(paused != 0 ? 1 : 0) != 0;
  if (was_paused && paused == 0) target.pauses.fetch_add(1);
  if (target.active.load()) sampler::showPaused(target.paused.load(), target.pauses.load());
}

int pyrometer_is_sampled() { return sampler::g_target.active.load() ? 1 : 0; }
