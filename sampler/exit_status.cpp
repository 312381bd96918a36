#include "sampler/exit_status.h"

#include <stdlib.h>
#include <unistd.h>

#include "sampler/interposing.h"
#include "sampler/real_exec.h"
#include "sampler/ring.h"
#include "sampler/target.h"

namespace pyrometer::sampler {

namespace {

void tell(int status) {
  // Not a child of vfork, nor one of fork that has not registered: the memory is their parent's.
  if (g_target.active.load(std::memory_order_acquire) && getpid() == g_target.pid) showExitStatus(status);
}

void onExit(int status, void*) { tell(status); }

}  // namespace

void noteExitStatus() { on_exit(onExit, nullptr); }

}  // namespace pyrometer::sampler

namespace sampler = pyrometer::sampler;

PYROMETER_INTERPOSED __attribute__((noreturn)) void _exit(int status) {
  sampler::tell(status);
  sampler::realExec().exit_now(status);
  __builtin_unreachable();
}

PYROMETER_INTERPOSED __attribute__((noreturn)) void _Exit(int status) noexcept { _exit(status); }
