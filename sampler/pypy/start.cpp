#include "sampler/pypy/start.h"

#include <dlfcn.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "sampler/pypy/stack.h"
#include "sampler/registration.h"
#include "sampler/session.h"
#include "sampler/session_client.h"

namespace pyrometer::sampler::pypy {

namespace {

constexpr char kVariable[] = "PYTHONPATH";
constexpr std::size_t kLongestCommand = 256;

thread_local constinit bool t_starting = false;
constinit bool g_prepared = false;

/// `_vmprof` unwinds C frames by libunwind, and complains on stderr where there is none.
bool hasUnwinder() { return dlopen("libunwind.so", RTLD_LAZY | RTLD_LOCAL) != nullptr; }

long fail(int error) {
  errno = error;
  return -1;
}

}  // namespace

void prepare() {
  char folder[4096 + 8];
  std::snprintf(folder, sizeof folder, "%s/%s", sessionFolder(), session::kPypyFolder);
  struct stat status {};
  if (stat(folder, &status) != 0) return;
  g_prepared = true;
  const char* before = getenv(kVariable);
  if (before == nullptr) {
    setenv(kVariable, folder, 1);
    return;
  }
  const std::size_t size = std::strlen(folder) + 1 + std::strlen(before) + 1;
  auto* value = static_cast<char*>(malloc(size));
  if (value == nullptr) return;
  std::snprintf(value, size, "%s:%s", folder, before);
  setenv(kVariable, value, 1);
  free(value);
}

bool isPrepared() { return g_prepared; }

bool isStarting() { return t_starting; }

void keepHandler(const struct sigaction& action) {
  if ((action.sa_flags & SA_SIGINFO) != 0) setHandler(action.sa_sigaction);
}

long takeCommand(const char* text, std::size_t size) {
  char command[kLongestCommand];
  if (size >= sizeof command) return fail(EINVAL);
  std::memcpy(command, text, size);
  command[size] = '\0';
  if (std::strcmp(command, "start") == 0) {
    t_starting = true;
    // One byte less: without native frames.
    return static_cast<long>(size) - (hasUnwinder() ? 0 : 1);
  }
  if (std::strcmp(command, "stop") == 0) {
    t_starting = false;
    return static_cast<long>(size);
  }
  constexpr std::size_t kFailed = 7;
  if (std::strncmp(command, "failed ", kFailed) == 0) {
    refusePypy(command + kFailed);
    return static_cast<long>(size);
  }
  unsigned python = 0, pypy = 0;
  if (std::sscanf(command, "ready %u %u", &python, &pypy) == 2 && t_starting && hasHandler()) {
    t_starting = false;
    return registerPypy(python, pypy) ? static_cast<long>(size) : fail(EACCES);
  }
  return fail(EBADF);
}

}  // namespace pyrometer::sampler::pypy
