#pragma once

#include <cstdint>

#include "sampler/session.h"

/// How this process makes itself known to the daemon (session.h).
namespace pyrometer::sampler {

/// Asks for one more block of segments, if the pool runs short. For pthread_create; never in a handler.
void requestBlockIfNeeded();

/// In a forked child that has not done so: registers it. No allocation and no lock: also in the handler.
/// Anything else: nothing.
void registerForkedChild();

/// From now on this process makes no system call for us and gets no signal: it is read from outside. Waits
/// for those that are on their way. comeBack() undoes it.
void stepBack();
void comeBack();

/// A thread of this process begins: call in it before anything else. All its frames lie below `stack_top`,
/// and none lower than `stack_size` bytes below it.
void threadBegins(void* stack_top, std::uint64_t stack_size);

/// Makes this process known at the session in `folder`, from a library that was loaded into a program already
/// running. False if it came to nothing; then `hello` says why, or the session's own notes do.
bool registerLate(const char* folder, session::Hello& hello);

/// PyPy has begun: its profiler is switched on and its handler is ours (pypy/). False: it runs on unsampled.
bool registerPypy(std::uint32_t py_version, std::uint32_t pypy_version);
/// PyPy cannot be sampled; the daemon is told why.
void refusePypy(const char* why);

}  // namespace pyrometer::sampler
