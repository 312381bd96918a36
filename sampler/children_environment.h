#pragma once

#include <alloca.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstddef>

/// The session, on its way to the children. Each image takes it out of its own environment before main
/// (passOnSession), so that no program sees it there, and the functions that start or become another program
/// (children_exec.cpp) put it into the environment that they are given. Between vfork and exec nothing may be
/// allocated: the new array lies on the caller's stack.
namespace pyrometer::sampler {

/// Takes session and preload out of this process's environment and keeps them for its children. False if
/// there is none, or it cannot be kept. In the constructor; never twice.
bool takeSession();
/// Takes them out where they came back: into an array that was made from one of ours.
void cleanEnvironment();
/// Children are not to be sampled: their environments are left alone.
void stopPassing();
/// The session is to be passed on, and its daemon's folder is still there.
bool passesSession();

/// Room that `environment` takes with the session in it, bytes.
std::size_t roomForChild(char* const* environment);
/// Writes it into `room`: the array, and behind it our own strings. What was ours already is replaced, all
/// else keeps its place.
char** environmentForChild(char* const* environment, void* room);

/// Calls `start(environment)` with the session in the environment; without it where that makes it too large.
/// `start` returns -1 and errno, or an error number.
template <class Start>
[[gnu::noinline]] int startChild(char* const* environment, Start start) {
  const std::size_t size = roomForChild(environment);
  constexpr std::size_t kOnStack = 64 * 1024;
  void* room = nullptr;
  if (size <= kOnStack) {
    room = alloca(size);
  } else {
    room = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) return start(environment);
  }
  const int result = start(environmentForChild(environment, room));
  const int error = errno;
  if (size > kOnStack) munmap(room, size);
  if (result == E2BIG || (result == -1 && error == E2BIG)) return start(environment);
  errno = error;
  return result;
}

}  // namespace pyrometer::sampler
