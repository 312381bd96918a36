#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>

#include "sampler/children_environment.h"
#include "sampler/children_image.h"
#include "sampler/interposing.h"
#include "sampler/real_exec.h"
#include "sampler/ring.h"
#include "sampler/session_client.h"

// The functions that become another program, or start one. Each hands the session on in the environment that
// it was given (children_environment.h), unless the new program would not bear it (children_image.h): then
// the daemon is told, and the environment left alone. system and popen: children_shell.cpp.
//
// Called between fork or vfork and exec, in signal handlers, and by programs that are not Python: nothing
// here allocates, takes a lock or waits, and 2.5 KiB of stack are enough for it.

namespace pyrometer::sampler {

namespace {

/// The daemon names it, if it is a Python.
[[gnu::noinline]] void tell(const ImageVerdict& verdict) {
  const int saved = errno;
  const Descriptor socket(connectToDaemon(Patience::kNone));
  if (socket.get() >= 0) {
    session::Hello hello = makeHello(session::Purpose::kUnsampled);
    setDetail(hello, verdict.why);
    static_assert(sizeof hello.path >= sizeof verdict.path);
    for (std::size_t i = 0; i < sizeof verdict.path; ++i) hello.path[i] = verdict.path[i];
    sendAll(socket.get(), &hello, sizeof hello);
  }
  errno = saved;
}

/// May the session be in its environment? What it takes to know that is off the stack before the program is
/// started.
template <class Judge>
[[gnu::noinline]] bool passes(char* const* environment, Judge judge) {
  ImageVerdict verdict = judge();
  if (verdict.pass && isForAnotherSession(environment)) {
    verdict.pass = false;
    verdict.why =
        "it belongs to another run of Pyrometer, and is only read from outside, where it runs for longer "
        "than a "
        "second";
  }
  if (verdict.why != nullptr) tell(verdict);
  return verdict.pass;
}

template <class Judge, class Start>
int startJudged(char* const* environment, Judge judge, Start start) {
  announceExec();
  return passesSession() && passes(environment, judge) ? startChild(environment, start) : start(environment);
}

int become(const char* path, char* const* arguments, char* const* environment) {
  return startJudged(
      environment, [&] { return judgeImage(path); },
      [&](char* const* with) { return realExec().execve(path, arguments, with); });
}

int becomeOnPath(const char* name, char* const* arguments, char* const* environment) {
  return startJudged(
      environment, [&] { return judgeOnPath(name); },
      [&](char* const* with) { return realExec().execvpe(name, arguments, with); });
}

/// The arguments of execl and its kin as an array, made by `use` before it returns.
template <class Use>
[[gnu::noinline]] int withList(const char* first, va_list rest, bool environment_follows, Use use) {
  va_list counted;
  va_copy(counted, rest);
  std::size_t count = first == nullptr ? 0 : 1;
  if (first != nullptr) {
    while (va_arg(counted, char*) != nullptr) ++count;
  }
  va_end(counted);
  auto** arguments = static_cast<char**>(alloca((count + 1) * sizeof(char*)));
  arguments[0] = const_cast<char*>(first);
  for (std::size_t i = 1; i <= count; ++i) arguments[i] = va_arg(rest, char*);
  return use(arguments, environment_follows ? va_arg(rest, char**) : environ);
}

}  // namespace

}  // namespace pyrometer::sampler

namespace sampler = pyrometer::sampler;

PYROMETER_INTERPOSED int execve(const char* path, char* const arguments[],
                                char* const environment[]) noexcept {
  return sampler::become(path, arguments, environment);
}

PYROMETER_INTERPOSED int execv(const char* path, char* const arguments[]) noexcept {
  return sampler::become(path, arguments, environ);
}

PYROMETER_INTERPOSED int execvp(const char* name, char* const arguments[]) noexcept {
  return sampler::becomeOnPath(name, arguments, environ);
}

PYROMETER_INTERPOSED int execvpe(const char* name, char* const arguments[],
                                 char* const environment[]) noexcept {
  return sampler::becomeOnPath(name, arguments, environment);
}

PYROMETER_INTERPOSED int execl(const char* path, const char* first, ...) noexcept {
  va_list rest;
  va_start(rest, first);
  const int result = sampler::withList(first, rest, false, [&](char** arguments, char** environment) {
    return sampler::become(path, arguments, environment);
  });
  va_end(rest);
  return result;
}

PYROMETER_INTERPOSED int execle(const char* path, const char* first, ...) noexcept {
  va_list rest;
  va_start(rest, first);
  const int result = sampler::withList(first, rest, true, [&](char** arguments, char** environment) {
    return sampler::become(path, arguments, environment);
  });
  va_end(rest);
  return result;
}

PYROMETER_INTERPOSED int execlp(const char* name, const char* first, ...) noexcept {
  va_list rest;
  va_start(rest, first);
  const int result = sampler::withList(first, rest, false, [&](char** arguments, char** environment) {
    return sampler::becomeOnPath(name, arguments, environment);
  });
  va_end(rest);
  return result;
}

PYROMETER_INTERPOSED int fexecve(int fd, char* const arguments[], char* const environment[]) noexcept {
  return sampler::startJudged(
      environment, [&] { return sampler::judgeOpenImage(fd); },
      [&](char* const* with) { return sampler::realExec().fexecve(fd, arguments, with); });
}

PYROMETER_INTERPOSED int execveat(int folder, const char* path, char* const arguments[],
                                  char* const environment[], int flags) noexcept {
  if (sampler::realExec().execveat == nullptr) {
    errno = ENOSYS;
    return -1;
  }
  return sampler::startJudged(
      environment, [&] { return sampler::judgeIn(folder, path); },
      [&](char* const* with) { return sampler::realExec().execveat(folder, path, arguments, with, flags); });
}

PYROMETER_INTERPOSED int posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,
                                     const posix_spawnattr_t* attributes, char* const arguments[],
                                     char* const environment[]) {
  return sampler::startJudged(
      environment, [&] { return sampler::judgeImage(path); },
      [&](char* const* with) {
        return sampler::realExec().posix_spawn(pid, path, actions, attributes, arguments, with);
      });
}

PYROMETER_INTERPOSED int posix_spawnp(pid_t* pid, const char* name, const posix_spawn_file_actions_t* actions,
                                      const posix_spawnattr_t* attributes, char* const arguments[],
                                      char* const environment[]) {
  return sampler::startJudged(
      environment, [&] { return sampler::judgeOnPath(name); },
      [&](char* const* with) {
        return sampler::realExec().posix_spawnp(pid, name, actions, attributes, arguments, with);
      });
}
