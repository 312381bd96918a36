#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>

/// signaller RATE LIBRARY PROGRAM [ARGUMENT]...: runs the program with the library preloaded and sends SIGURG
/// to its main thread RATE times a second until it ends. Prints the rate reached; ends with the program's
/// status.
namespace {

constexpr long kNanosecondsPerSecond = 1'000'000'000;

timespec after(timespec time, long nanoseconds) {
  time.tv_nsec += nanoseconds;
  time.tv_sec += time.tv_nsec / kNanosecondsPerSecond;
  time.tv_nsec %= kNanosecondsPerSecond;
  return time;
}

double secondsBetween(const timespec& from, const timespec& to) {
  return static_cast<double>(to.tv_sec - from.tv_sec) + static_cast<double>(to.tv_nsec - from.tv_nsec) * 1e-9;
}

}  // namespace

int main(int argc, char** argv) {
  const long rate = argc < 4 ? 0 : std::strtol(argv[1], nullptr, 10);
  if (rate < 1 || rate > 100'000) {
    std::fputs("usage: signaller RATE LIBRARY PROGRAM [ARGUMENT]...\n", stderr);
    return 2;
  }
  const pid_t program = fork();
  if (program == 0) {
    setenv("LD_PRELOAD", argv[2], 1);
    execvp(argv[3], argv + 3);
    std::perror(argv[3]);
    _exit(127);
  }
  timespec began{};
  clock_gettime(CLOCK_MONOTONIC, &began);
  timespec next = after(began, kNanosecondsPerSecond / 50);  // by then the handler is in place
  long sent = 0;
  int status = 0;
  while (waitpid(program, &status, WNOHANG) == 0) {
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, nullptr);
    kill(program, SIGURG);
    ++sent;
    next = after(next, kNanosecondsPerSecond / rate);
  }
  timespec end{};
  clock_gettime(CLOCK_MONOTONIC, &end);
  std::fprintf(stderr, "rate %.1f\n", static_cast<double>(sent) / secondsBetween(began, end));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
