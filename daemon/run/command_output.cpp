#include "daemon/run/command_output.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

#include "daemon/run/process_files.h"
#include "daemon/support/file_descriptor.h"

namespace pyrometer {

namespace {
constexpr std::int64_t kAnswerPatience = 10'000'000'000;
constexpr std::size_t kMostOutput = 256 * 1024;
}  // namespace

std::optional<std::string> commandOutput(const std::vector<std::string>& command, const std::string& folder) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  const FileDescriptor reading(ends[0]);
  FileDescriptor writing(ends[1]);

  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, writing.get(), 1);
  posix_spawn_file_actions_adddup2(&actions, writing.get(), 2);
  if (!folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  pid_t pid = 0;
  const int failed = posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return std::nullopt;
  writing.close();

  std::string output;
  bool complete = false;
  for (const std::int64_t deadline = monotonicNow() + kAnswerPatience; output.size() < kMostOutput;) {
    const std::int64_t left = (deadline - monotonicNow()) / 1'000'000;
    pollfd waiting{.fd = reading.get(), .events = POLLIN, .revents = 0};
    if (left <= 0) break;
    const int ready = poll(&waiting, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;  // reading now could wait for ever
    if (ready <= 0) break;
    char piece[4096];
    const ssize_t n = read(reading.get(), piece, sizeof piece);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    if (n == 0) {
      complete = true;
      break;
    }
    output.append(piece, static_cast<std::size_t>(n));
  }
  if (!complete) kill(pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!complete || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return output;
}

}  // namespace pyrometer
