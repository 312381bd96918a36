#include "daemon/run/process_files.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <csignal>

namespace pyrometer {
namespace {

/// Waits, for as long as a busy machine may take.
template <class Condition>
bool comes(Condition condition) {
  constexpr timespec kPause{.tv_sec = 0, .tv_nsec = 1'000'000};
  for (int i = 0; i < 30'000; ++i) {
    if (condition()) return true;
    nanosleep(&kPause, nullptr);
  }
  return false;
}

void* waitForever(void*) {
  for (;;) pause();
}

/// Field 3 of the first thread's own file.
bool firstThreadHasEnded(pid_t pid) {
  const std::string number = std::to_string(pid);
  const auto stat = readSmallFile("/proc/" + number + "/task/" + number + "/stat");
  return stat && stat->find(") Z ") != std::string::npos;
}

TEST(ProcessFiles, AProcessGoesOnWithoutItsFirstThread) {
  const pid_t pid = fork();
  if (pid == 0) {
    pthread_t thread;
    pthread_create(&thread, nullptr, waitForever, nullptr);
    syscall(SYS_exit, 0);  // only this thread
  }
  ASSERT_GT(pid, 0);
  ASSERT_TRUE(comes([&] { return firstThreadHasEnded(pid); }));
  EXPECT_EQ(stateOf(pid), 'S');
  EXPECT_EQ(zombieStatus(pid), std::nullopt);
  kill(pid, SIGTERM);
  EXPECT_TRUE(comes([&] { return stateOf(pid) == 'Z'; }));
  const std::optional<int> told = zombieStatus(pid);
  int status = 0;
  EXPECT_EQ(waitpid(pid, &status, 0), pid);
  EXPECT_EQ(told, status);
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
  EXPECT_EQ(stateOf(pid), 0);
}

}  // namespace
}  // namespace pyrometer
