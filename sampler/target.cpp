#include "sampler/target.h"

namespace pyrometer::sampler {

constinit Target g_target{};
thread_local constinit ThreadContext t_thread{};

}  // namespace pyrometer::sampler
