#pragma once

#include <pthread.h>
#include <signal.h>
#include <time.h>

/// The functions that we stand in front of, as the program would have found them.
namespace pyrometer::sampler {

struct RealFunctions {
  int (*pthread_create)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  int (*sigaction)(int, const struct sigaction*, struct sigaction*);
  void (*(*signal)(int, void (*)(int)))(int);
  int (*sigprocmask)(int, const sigset_t*, sigset_t*);
  int (*pthread_sigmask)(int, const sigset_t*, sigset_t*);
  int (*sigpending)(sigset_t*);
  int (*sigwait)(const sigset_t*, int*);
  int (*sigwaitinfo)(const sigset_t*, siginfo_t*);
  int (*sigtimedwait)(const sigset_t*, siginfo_t*, const timespec*);
  int (*signalfd)(int, const sigset_t*, int);
};

/// Looked up at the first call, which may come from another library's constructor before ours has run.
const RealFunctions& real();

}  // namespace pyrometer::sampler
