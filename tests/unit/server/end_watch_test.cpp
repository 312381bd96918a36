#include "daemon/server/end_watch.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>
#include <string>

namespace pyrometer {
namespace {

/// Signals stay blocked in who has watched once; each test has a process of its own for that. The child's
/// exit status is 0 if `act` led to the words that were expected.
void inChild(const std::string& expected, void (*act)(EndWatch&)) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::alarm(60);
    std::promise<std::string> told;
    EndWatch watch([&](const std::string& why) { told.set_value(why); });
    act(watch);
    ::_exit(told.get_future().get().find(expected) != std::string::npos ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(EndWatch, ASignalIsTold) {
  inChild("signal", [](EndWatch&) { ::kill(::getpid(), SIGTERM); });
}

TEST(EndWatch, TheDeathOfAProcessIsTold) {
  inChild("process", [](EndWatch& watch) {
    int ends[2];
    if (::pipe(ends) != 0) return;
    const pid_t other = ::fork();
    if (other == 0) {
      char byte = 0;
      ::close(ends[1]);
      static_cast<void>(::read(ends[0], &byte, 1));  // until the other end closes
      ::_exit(0);
    }
    watch.watchProcess(other);
    ::close(ends[1]);
  });
}

TEST(EndWatch, AProcessThatIsNotThereIsDead) {
  inChild("process", [](EndWatch& watch) {
    const pid_t other = ::fork();
    if (other == 0) ::_exit(0);
    ::waitpid(other, nullptr, 0);
    watch.watchProcess(other);
  });
}

TEST(EndWatch, EndsWithoutAWord) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::alarm(60);
    {
      EndWatch watch([](const std::string&) { ::_exit(1); });
      watch.watchProcess(::getpid());
      watch.watchProcess(-5);
    }
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace pyrometer
