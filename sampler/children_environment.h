#pragma once

#include <alloca.h>

#include <cerrno>
#include <cstddef>

/// The session, on its way to the children. Each image takes it out of its own environment before main
/// (takeSession), so that no program sees it there, and the functions that start or become another program
/// (children_exec.cpp) put it into the environment that they are given. Between vfork and exec nothing may be
/// allocated, and who execs may be a handler on an alternate stack of a few KiB: a new array of the usual
/// size lies on the caller's stack, a larger one in pages of its own.
namespace pyrometer::sampler {

/// Takes session and preload out of this process's environment and keeps them for its children. False if
/// there is none, or it cannot be kept. In the constructor; never twice. Calls no getenv or setenv: a program
/// may have its own, as bash does, which are not ready before its main.
bool takeSession();
/// This process's LD_PRELOAD, with its name; null if there is none.
char* preloadVariable();
/// Takes ours out where they came back: into an array that was made from one of ours. `preload` is what
/// preloadVariable() was before.
void takeBack(char* preload);
/// What the C library's getenv finds, whatever the program's own finds.
const char* environmentValue(const char* name);
/// Children are not to be sampled: their environments are left alone.
void stopPassing();
/// The session is to be passed on, and its daemon's folder is still there.
bool passesSession();
/// This environment is for a program of another session that lives: `pyrometer run` within a run. It is left
/// alone.
bool isForAnotherSession(char* const* environment);

/// Room that `environment` takes with the session in it, bytes.
std::size_t roomForChild(char* const* environment);
/// Writes it into `room`: the array, and behind it an LD_PRELOAD that has more than ours. What was ours
/// already is replaced, all else keeps its place.
char** environmentForChild(char* const* environment, void* room);

/// Pages for an environment that is too large for the stack; null if there are none. A child of vfork that
/// becomes another program leaves its pages in its parent's memory: they are given back at the thread's next
/// call, or at its end.
void* takePages(std::size_t size);
void returnPages(void* pages, std::size_t size);
/// The thread ends.
void returnLeftPages();

inline constexpr std::size_t kEnvironmentOnStack = 2048;

/// Calls `start(environment)` with the session in the environment; without it where that makes it too large,
/// or where another session is in it.
/// `start` returns -1 and errno, or an error number.
template <class Start>
[[gnu::noinline]] int startChild(char* const* environment, Start start) {
  if (isForAnotherSession(environment)) return start(environment);
  const std::size_t size = roomForChild(environment);
  const bool on_stack = size <= kEnvironmentOnStack;
  void* room = on_stack ? alloca(size) : takePages(size);
  if (room == nullptr) return start(environment);
  const int result = start(environmentForChild(environment, room));
  const int error = errno;
  if (!on_stack) returnPages(room, size);
  if (result == E2BIG || (result == -1 && error == E2BIG)) return start(environment);
  errno = error;
  return result;
}

}  // namespace pyrometer::sampler
