#include "daemon/run/spawn.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "daemon/support/file_descriptor.h"

namespace pyrometer {

namespace {

std::vector<std::string> variablesOf(const Spawn& spawn) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view name(*variable, std::strcspn(*variable, "="));
    bool replaced = std::find(spawn.without.begin(), spawn.without.end(), name) != spawn.without.end();
    for (const auto& [ours, value] : spawn.environment) replaced |= ours == name;
    if (!replaced) variables.emplace_back(*variable);
  }
  for (const auto& [name, value] : spawn.environment) variables.push_back(name + "=" + value);
  return variables;
}

std::vector<char*> pointersTo(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

}  // namespace

Result<pid_t> spawnProgram(const Spawn& spawn, const std::function<int()>& in_child) {
  const std::vector<std::string> variables = variablesOf(spawn);
  const std::vector<char*> environment = pointersTo(variables);
  const std::vector<char*> arguments = pointersTo(spawn.argv);

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return Error{std::string("cannot be started: ") + std::strerror(errno), spawn.executable};
  const FileDescriptor reading(ends[0]);
  FileDescriptor writing(ends[1]);
  const pid_t pid = fork();
  if (pid < 0) return Error{std::string("cannot be started: ") + std::strerror(errno), spawn.executable};
  if (pid == 0) {
    int failed = in_child();
    if (failed == 0) {
      execve(spawn.executable.c_str(), arguments.data(), environment.data());
      failed = errno;
    }
    // Nobody is left to tell if this fails.
    [[maybe_unused]] const ssize_t told = write(writing.get(), &failed, sizeof failed);
    _exit(127);
  }
  writing.close();
  int failed = 0;
  ssize_t n = 0;
  do {
    n = read(reading.get(), &failed, sizeof failed);
  } while (n < 0 && errno == EINTR);
  if (n != sizeof failed) return pid;
  waitpid(pid, nullptr, 0);
  if (failed == ENOENT)
    return Error{"cannot be started: the interpreter in its first line does not exist", spawn.executable};
  return Error{std::string("cannot be started: ") + std::strerror(failed), spawn.executable};
}

bool hasEnded(pid_t program) {
  siginfo_t ended{};
  if (waitid(P_PID, static_cast<id_t>(program), &ended, WEXITED | WNOHANG | WNOWAIT) == 0)
    return ended.si_pid == program;
  return errno == ECHILD;  // an ignored SIGCHLD, or somebody who waits for any child, took it from us
}

void setVariable(std::vector<std::pair<std::string, std::string>>& environment, const std::string& name,
                 std::string value) {
  for (auto& [ours, present] : environment) {
    if (ours != name) continue;
    present = std::move(value);
    return;
  }
  environment.emplace_back(name, std::move(value));
}

const char* variableIn(const std::vector<std::pair<std::string, std::string>>& environment,
                       const std::string& name) {
  for (const auto& [ours, value] : environment) {
    if (ours == name) return value.c_str();
  }
  return std::getenv(name.c_str());
}

}  // namespace pyrometer
