#pragma once

/// How this process makes itself known to the daemon (session.h).
namespace pyrometer::sampler {

/// Asks for one more block of segments, if the pool runs short. For pthread_create; never in a handler.
void requestBlockIfNeeded();

/// A thread of this process begins: call in it before anything else.
void threadBegins(void* stack_top);

}  // namespace pyrometer::sampler
