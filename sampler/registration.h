#pragma once

#include <cstdint>

/// How this process makes itself known to the daemon (session.h).
namespace pyrometer::sampler {

/// Asks for one more block of segments, if the pool runs short. For pthread_create; never in a handler.
void requestBlockIfNeeded();

/// A thread of this process begins: call in it before anything else. All its frames lie below `stack_top`,
/// and none lower than `stack_size` bytes below it.
void threadBegins(void* stack_top, std::uint64_t stack_size);

}  // namespace pyrometer::sampler
