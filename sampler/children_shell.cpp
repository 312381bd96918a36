#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sampler/children_environment.h"
#include "sampler/interposing.h"
#include "sampler/real_exec.h"
#include "sampler/real_functions.h"

// system and popen start a shell by a way inside libc that cannot be stood in front of. So system is done
// anew, as POSIX describes it, over posix_spawn; and popen, which returns at once, is given an environment
// with the session for the length of its call.

namespace pyrometer::sampler {

namespace {

constexpr int kNotStarted = 127 << 8;

/// SIGINT and SIGQUIT are for the shell as long as one runs, however many threads have one.
pthread_mutex_t g_shells_lock = PTHREAD_MUTEX_INITIALIZER;
int g_shells = 0;
struct sigaction g_interrupt, g_quit;

void shellBegins() {
  pthread_mutex_lock(&g_shells_lock);
  if (g_shells++ == 0) {
    struct sigaction ignored {};
    ignored.sa_handler = SIG_IGN;
    real().sigaction(SIGINT, &ignored, &g_interrupt);
    real().sigaction(SIGQUIT, &ignored, &g_quit);
  }
  pthread_mutex_unlock(&g_shells_lock);
}

void shellEnds() {
  pthread_mutex_lock(&g_shells_lock);
  if (--g_shells == 0) {
    real().sigaction(SIGINT, &g_interrupt, nullptr);
    real().sigaction(SIGQUIT, &g_quit, nullptr);
  }
  pthread_mutex_unlock(&g_shells_lock);
}

int runShell(const char* line, const sigset_t& mask) {
  posix_spawnattr_t attributes;
  if (const int error = posix_spawnattr_init(&attributes); error != 0) return errno = error, -1;
  sigset_t standard;
  sigemptyset(&standard);
  if (g_interrupt.sa_handler != SIG_IGN) sigaddset(&standard, SIGINT);
  if (g_quit.sa_handler != SIG_IGN) sigaddset(&standard, SIGQUIT);
  posix_spawnattr_setsigmask(&attributes, &mask);
  posix_spawnattr_setsigdefault(&attributes, &standard);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  const char* const words[] = {"sh", "-c", line, nullptr};
  pid_t shell = 0;
  const int error = startChild(environ, [&](char* const* environment) {
    return realExec().posix_spawn(&shell, "/bin/sh", nullptr, &attributes, const_cast<char* const*>(words),
                                  environment);
  });
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return errno = error, kNotStarted;
  int status = 0;
  pid_t ended = 0;
  do {
    ended = waitpid(shell, &status, 0);
  } while (ended < 0 && errno == EINTR);
  return ended == shell ? status : -1;
}

}  // namespace

}  // namespace pyrometer::sampler

namespace sampler = pyrometer::sampler;

PYROMETER_INTERPOSED int system(const char* line) {
  if (line == nullptr || !sampler::passesSession()) return sampler::realExec().system(line);
  sampler::shellBegins();
  sigset_t child, mask;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sampler::real().pthread_sigmask(SIG_BLOCK, &child, &mask);
  const int status = sampler::runShell(line, mask);
  const int saved = errno;
  sampler::shellEnds();
  sampler::real().pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  errno = saved;
  return status;
}

PYROMETER_INTERPOSED FILE* popen(const char* line, const char* how) {
  if (!sampler::passesSession()) return sampler::realExec().popen(line, how);
  FILE* file = nullptr;
  char* const preload = sampler::preloadVariable();
  sampler::startChild(environ, [&](char* const* environment) {
    char** const found = environ;
    auto** const stood = const_cast<char**>(environment);
    environ = stood;
    file = sampler::realExec().popen(line, how);
    const int saved = errno;
    if (environ == stood) {
      environ = found;
    } else {
      // setenv copied it meanwhile, and our variables went along.
      sampler::takeBack(preload);
    }
    errno = saved;
    return 0;
  });
  return file;
}
