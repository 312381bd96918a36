#include "daemon/cli/ending.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "daemon/cli/command_line.h"

namespace pyrometer {
namespace {

bool exists(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0;
}

/// The file a program's first word means: itself, or what PATH has of that name.
std::string fileOf(const std::string& word) {
  if (word.find('/') != std::string::npos || exists(word)) return word;
  const char* path = std::getenv("PATH");
  for (std::string_view rest = path == nullptr ? "" : path; !rest.empty();) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
    const std::string file = std::string(folder) + "/" + word;
    if (exists(file)) return file;
  }
  return word;
}

}  // namespace

int endLike(int wait_status) {
  if (!WIFSIGNALED(wait_status)) return WEXITSTATUS(wait_status);
  const int number = WTERMSIG(wait_status);
  // The program has left its core, if it was to leave one; ours would write over it.
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  signal(number, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, number);
  sigprocmask(SIG_UNBLOCK, &only, nullptr);
  raise(number);
  return 128 + number;
}

int startFailureStatus(const std::vector<std::string>& program) {
  if (program.empty() || program[0] == "-m") return kRunFailed;
  const std::string file = fileOf(program[0]);
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return kNotFound;
  const bool script = file.ends_with(".py");
  const bool usable = !S_ISDIR(status.st_mode) && access(file.c_str(), R_OK) == 0 &&
                      (script || access(file.c_str(), X_OK) == 0);
  return usable ? kRunFailed : kNotExecutable;
}

}  // namespace pyrometer
