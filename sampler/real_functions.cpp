#include "sampler/real_functions.h"

#include <dlfcn.h>

#include <atomic>

namespace pyrometer::sampler {

namespace {

constinit RealFunctions g_real{};
constinit std::atomic<bool> g_known{false};

template <class Function>
void find(Function& function, const char* name) {
  function = reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace

const RealFunctions& real() {
  // Two threads may both look; they find the same.
  if (!g_known.load(std::memory_order_acquire)) {
    find(g_real.pthread_create, "pthread_create");
    find(g_real.sigaction, "sigaction");
    find(g_real.signal, "signal");
    find(g_real.sigprocmask, "sigprocmask");
    find(g_real.pthread_sigmask, "pthread_sigmask");
    find(g_real.sigpending, "sigpending");
    find(g_real.sigwait, "sigwait");
    find(g_real.sigwaitinfo, "sigwaitinfo");
    find(g_real.sigtimedwait, "sigtimedwait");
    find(g_real.signalfd, "signalfd");
    g_known.store(true, std::memory_order_release);
  }
  return g_real;
}

}  // namespace pyrometer::sampler
