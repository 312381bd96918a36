// Threads of a child, held for a look and let go.

#include "daemon/run/thread_hold.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "daemon/run/process_files.h"
#include "daemon/run/process_rights.h"

namespace pyrometer {
namespace {

/// A child that counts SIGUSR1 and ends, with their number, at SIGTERM.
class Child {
 public:
  Child() {
    int ready[2];
    EXPECT_EQ(pipe(ready), 0);
    pid_ = fork();
    if (pid_ == 0) {
      static volatile sig_atomic_t taken = 0;
      signal(SIGUSR1, [](int) { taken = taken + 1; });
      signal(SIGTERM, [](int) { _exit(taken); });
      if (write(ready[1], "", 1) != 1) _exit(100);
      while (true) asm volatile("" ::: "memory");
    }
    char byte = 0;
    EXPECT_EQ(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
  }
  ~Child() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  /// How it ended.
  int end() {
    int status = 0;
    kill(pid_, SIGTERM);
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    pid_ = 0;
    return status;
  }

 private:
  pid_t pid_ = 0;
};

/// A busy machine may not stop it in time at the first try.
bool held(ThreadHold& hold, pid_t tid) {
  for (int i = 0; i < 1000; ++i) {
    if (hold.hold(tid)) return true;
    if (hold.refused() != 0) return false;
  }
  return false;
}

TEST(ThreadHold, AThreadStandsStillWhileItIsHeld) {
  Child child;
  ThreadHold hold;
  user_regs_struct before{}, after{};
  ASSERT_TRUE(held(hold, child.pid()));
  EXPECT_EQ(stateOf(child.pid()), 't');
  EXPECT_EQ(processStatus(child.pid(), child.pid()).tracer, getpid());
  ASSERT_TRUE(hold.registers(before) && hold.registers(after));
  EXPECT_EQ(before.rip, after.rip);
  EXPECT_EQ(before.rsp, after.rsp);
  EXPECT_NE(before.rsp, 0U);
  hold.letGo();
  EXPECT_EQ(processStatus(child.pid(), child.pid()).tracer, 0);
  const int status = child.end();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(ThreadHold, SignalsThatComeMeanwhileArrive) {
  Child child;
  ThreadHold hold;
  constexpr int kSent = 20;
  for (int i = 0; i < kSent; ++i) {
    ASSERT_TRUE(held(hold, child.pid()));
    kill(child.pid(), SIGUSR1);
    hold.letGo();
    // One of a kind can wait; the next is sent when this one was taken.
    while (readSmallFile("/proc/" + std::to_string(child.pid()) + "/status")
               ->find("ShdPnd:\t0000000000000000") == std::string::npos) {
    }
  }
  const int status = child.end();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), kSent);
}

TEST(ThreadHold, TryingItOutStopsNothing) {
  Child child;
  EXPECT_EQ(ThreadHold::tryOn(child.pid()), 0);
  EXPECT_EQ(processStatus(child.pid(), child.pid()).tracer, 0);
  kill(child.pid(), SIGKILL);
  waitpid(child.pid(), nullptr, 0);
  EXPECT_EQ(ThreadHold::tryOn(child.pid()), ESRCH);
}

TEST(ThreadHold, OneThatIsGoneIsNoRefusal) {
  Child child;
  kill(child.pid(), SIGKILL);
  waitpid(child.pid(), nullptr, 0);
  ThreadHold hold;
  EXPECT_FALSE(hold.hold(child.pid()));
  EXPECT_EQ(hold.refused(), 0);
}

TEST(ThreadHold, OneThatAnotherHoldsIsRefused) {
  Child child;
  ThreadHold one, other;
  ASSERT_TRUE(held(one, child.pid()));
  EXPECT_FALSE(other.hold(child.pid()));
  EXPECT_EQ(other.refused(), EPERM);
  EXPECT_NE(whyRefused(child.pid(), EPERM, true).find("debugger"), std::string::npos);
  one.letGo();
}

TEST(ThreadHold, OneThatIsKilledWhileItIsHeldDoesNotKeepItsProcess) {
  const pid_t pid = fork();
  if (pid == 0) {
    pthread_t thread;
    pthread_create(
        &thread, nullptr,
        [](void*) -> void* {
          while (true) asm volatile("" ::: "memory");
        },
        nullptr);
    while (true) pause();
  }
  std::vector<std::int32_t> threads;
  while (threads.size() < 2) threads = threadsOf(pid);
  const pid_t second = threads[0] == pid ? threads[1] : threads[0];
  ThreadHold hold;
  EXPECT_TRUE(held(hold, second)) << hold.refused();
  kill(pid, SIGKILL);
  // Whoever is killed leaves the stop by itself.
  while (stateOf(second) == 't') sched_yield();
  hold.letGo();
  int status = 0;
  while (waitpid(pid, &status, WNOHANG) == 0) hold.collect();
  EXPECT_TRUE(WIFSIGNALED(status));
}

}  // namespace
}  // namespace pyrometer
