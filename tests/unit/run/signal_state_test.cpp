// How a signal stands with a thread, asked about this one.

#include "daemon/run/signal_state.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

namespace pyrometer {
namespace {

TEST(SignalState, TellsBlockedPendingAndCaught) {
  const auto state = [] { return signalStateOf(getpid(), gettid(), SIGURG); };
  ASSERT_TRUE(state());
  EXPECT_FALSE(state()->blocked || state()->pending || state()->caught);

  signal(SIGURG, [](int) {});
  EXPECT_TRUE(state()->caught);
  sigset_t urgent;
  sigemptyset(&urgent);
  sigaddset(&urgent, SIGURG);
  pthread_sigmask(SIG_BLOCK, &urgent, nullptr);
  EXPECT_TRUE(state()->blocked);
  EXPECT_FALSE(state()->pending);
  tgkill(getpid(), gettid(), SIGURG);
  EXPECT_TRUE(state()->pending);
  pthread_sigmask(SIG_UNBLOCK, &urgent, nullptr);
  EXPECT_FALSE(state()->blocked || state()->pending);
  signal(SIGURG, SIG_DFL);
}

TEST(SignalState, NothingIsToldOfAThreadThatIsNot) { EXPECT_FALSE(signalStateOf(getpid(), 1, SIGURG)); }

}  // namespace
}  // namespace pyrometer
