#include "sampler/real_exec.h"

#include <dlfcn.h>

#include <atomic>

namespace pyrometer::sampler {

namespace {

constinit RealExec g_real{};
constinit std::atomic<bool> g_known{false};

template <class Function>
void find(Function& function, const char* name) {
  function = reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace

const RealExec& realExec() {
  // Two threads may both look; they find the same.
  if (!g_known.load(std::memory_order_acquire)) {
    find(g_real.execve, "execve");
    find(g_real.execvpe, "execvpe");
    find(g_real.fexecve, "fexecve");
    find(g_real.execveat, "execveat");
    find(g_real.posix_spawn, "posix_spawn");
    find(g_real.posix_spawnp, "posix_spawnp");
    find(g_real.system, "system");
    find(g_real.popen, "popen");
    find(g_real.exit_now, "_exit");
    g_known.store(true, std::memory_order_release);
  }
  return g_real;
}

}  // namespace pyrometer::sampler
