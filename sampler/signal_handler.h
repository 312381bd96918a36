#pragma once

#include <signal.h>

/// SIGURG in the sampled program: ours, and the program's own.
namespace pyrometer::sampler {

/// Puts the handler in place; what was there before becomes the program's own action. errno on failure, else
/// 0.
int installHandler();
/// Puts the program's own action back, for a fork's child and at the end of a session. Where the program has
/// put another one in our handler's place meanwhile, that stays.
void removeHandler();
/// Whether the program has a handler of its own behind ours.
bool programHandles();

/// What the program believes to be the action, and its change: the semantics of sigaction(SIGURG, ...).
struct sigaction programAction();
int setProgramAction(const struct sigaction& action);

/// Was this signal sent by the daemon, as the kernel tells it?
bool isOurs(const siginfo_t& info);
/// The same of what the C library's sigtimedwait gives, which shows a signal by tgkill as one by kill. What
/// the daemon passes on to the program comes by sigqueue.
bool isOursAsWaitedFor(const siginfo_t& info);

/// Takes signals of ours out of the queue of this thread, which has SIGURG blocked; others are put back. True
/// if one of the program's is pending.
bool swallowPending();

}  // namespace pyrometer::sampler
