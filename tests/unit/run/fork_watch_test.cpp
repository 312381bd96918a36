#include "daemon/run/fork_watch.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "daemon/run/process_files.h"

namespace pyrometer {
namespace {

constexpr std::int64_t kPeriod = 1'000'000;

volatile std::sig_atomic_t g_asked = 0;

/// A child that waits to be asked, running, and ends with 7 then.
pid_t startChild() {
  const pid_t child = fork();
  if (child != 0) return child;
  signal(SIGURG, [](int) { g_asked = 1; });
  while (g_asked == 0) {
  }
  _exit(7);
}

/// One round after the other, each a millisecond on, until `done`.
template <class Done>
bool lookUntil(ForkWatch& watch, Done done) {
  const std::int64_t begin = monotonicNow();
  for (std::int64_t now = begin; now < begin + 60'000'000'000; now = monotonicNow()) {
    watch.look(now, kPeriod);
    if (done()) return true;
    usleep(1000);
  }
  return false;
}

TEST(ForkWatch, AsksAChildThatRuns) {
  const pid_t child = startChild();
  ForkWatch watch(false);
  watch.add({.pid = child, .parent = 0}, monotonicNow());
  EXPECT_TRUE(watch.awaits(child));
  int status = 0;
  EXPECT_TRUE(lookUntil(watch, [&] { return waitpid(child, &status, WNOHANG) == child; }));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_TRUE(lookUntil(watch, [&] { return !watch.awaits(child); })) << "it has ended";
}

TEST(ForkWatch, AsksAChildThatWakesAmongManyThatSleep) {
  constexpr int kSleeping = 100;
  pid_t children[kSleeping + 1] = {};
  ForkWatch watch(false);
  for (pid_t& child : children) {
    child = startChild();
    kill(child, SIGSTOP);
    watch.add({.pid = child, .parent = 0}, monotonicNow() - 1'000'000'000);
  }
  // Every one is seen asleep, and some many times.
  for (int i = 0; i < 3 * kSleeping; ++i) watch.look(monotonicNow(), kPeriod);
  const pid_t child = children[kSleeping / 2];
  kill(child, SIGCONT);
  int status = 0;
  EXPECT_TRUE(lookUntil(watch, [&] { return waitpid(child, &status, WNOHANG) == child; }));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  for (const pid_t other : children) {
    if (other == child) continue;
    EXPECT_TRUE(watch.awaits(other));
    kill(other, SIGKILL);
    waitpid(other, nullptr, 0);
  }
}

TEST(ForkWatch, AsksAChildThatMayNotBeLookedInto) {
  // As a user who is not root: who may look into everything.
  const pid_t program = fork();
  if (program == 0) {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(1);
    prctl(PR_SET_DUMPABLE, 0);
    const pid_t child = startChild();
    if (!imageOf(child).empty()) _exit(2);
    ForkWatch watch(false);
    watch.add({.pid = child, .parent = 0}, monotonicNow());
    int status = 0;
    const bool ended = lookUntil(watch, [&] { return waitpid(child, &status, WNOHANG) == child; });
    _exit(ended && WEXITSTATUS(status) == 7 ? 3 : 4);
  }
  int status = 0;
  EXPECT_EQ(waitpid(program, &status, 0), program);
  EXPECT_EQ(WEXITSTATUS(status), 3);
}

TEST(ForkWatch, GivesThoseThatCannotRegister) {
  const auto memory = SharedBlock::make(0, 1);
  ASSERT_TRUE(memory);
  ring::Control& control = memory.value()->control();
  ForkWatch watch(false);
  ForkWatch::Source source(5);
  const std::int64_t now = monotonicNow();
  control.forks[0] = 4'000'000;
  control.forks[1] = 1ull << 32 | 4'000'001;
  control.forks[2] = 2ull << 32 | ring::kForkUnreachable | 4'000'000;
  control.forks_begun = 3;
  source.take(memory.value(), now, watch);
  EXPECT_FALSE(watch.awaits(4'000'000));
  EXPECT_TRUE(watch.awaits(4'000'001));
  const auto deaf = watch.takeDeaf();
  ASSERT_EQ(deaf.size(), 1u);
  EXPECT_EQ(deaf[0].pid, 4'000'000);
  EXPECT_EQ(deaf[0].parent, 5u);
}

TEST(ForkWatch, DoesNotBelieveInChildrenOlderThanTheRun) {
  ForkWatch watch(true);
  watch.add({.pid = 1, .parent = 0}, monotonicNow() - 1'000'000'000);
  EXPECT_TRUE(lookUntil(watch, [&] { return !watch.awaits(1); }));
  EXPECT_TRUE(watch.takeSleeping().empty());
}

TEST(ForkWatch, LetsGoOfWhoEnded) {
  ForkWatch watch(false);
  const pid_t child = startChild();
  watch.add({.pid = child, .parent = 0}, monotonicNow() - 1'000'000'000);
  kill(child, SIGSTOP);
  watch.look(monotonicNow(), kPeriod);
  EXPECT_TRUE(watch.awaits(child));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(lookUntil(watch, [&] { return !watch.awaits(child); }));
}

TEST(ForkWatch, TakesPidsFromAParentsMemoryOnce) {
  auto block = SharedBlock::make(0, 1);
  ASSERT_TRUE(block.ok());
  ring::Control& control = (*block)->control();
  ForkWatch watch(false);
  ForkWatch::Source source(3);
  const auto leave = [&](std::uint32_t pid) {
    const std::uint64_t number = control.forks_begun.fetch_add(1);
    control.forks[number % ring::kForkPlaces].store(number << 32 | pid);
  };
  leave(1000001);
  leave(1000002);
  control.forks_begun.fetch_add(1);  // the third has taken a place, and not written to it
  source.take(*block, 1, watch);
  EXPECT_TRUE(watch.awaits(1000001));
  EXPECT_TRUE(watch.awaits(1000002));
  leave(1000004);
  source.take(*block, 2, watch);
  EXPECT_FALSE(watch.awaits(1000004)) << "in their order";
  source.take(*block, 1'000'000'000, watch);
  EXPECT_TRUE(watch.awaits(1000004)) << "the third was killed";
  watch.remove(1000001);
  source.take(*block, 1'000'000'001, watch);
  EXPECT_FALSE(watch.awaits(1000001));
}

TEST(ForkWatch, BearsAMemoryFullOfNonsense) {
  auto block = SharedBlock::make(0, 1);
  ASSERT_TRUE(block.ok());
  ring::Control& control = (*block)->control();
  control.forks_begun = UINT32_MAX;
  for (auto& place : control.forks) place = UINT64_MAX;
  ForkWatch watch(false);
  ForkWatch::Source source(0);
  source.take(*block, 1, watch);
  source.take(*block, 1'000'000'000, watch);
  watch.look(2'000'000'000, kPeriod);
  EXPECT_TRUE(watch.takeDeaf().empty());
  EXPECT_LE(watch.takeEnded().size(), 100'000u);
}

/// A parent's memory, with a child in it that is seen asleep and ends then.
class EndsUnseen : public ::testing::Test {
 protected:
  void SetUp() override {
    memory_ = SharedBlock::make(0, 1).value();
    child_ = startChild();
    kill(child_, SIGSTOP);
    memory_->control().forks[0] = static_cast<std::uint64_t>(child_);
    memory_->control().forks_begun = 1;
  }
  void end() const {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
  std::shared_ptr<SharedBlock> memory_;
  pid_t child_ = -1;
  ForkWatch watch_{false};
  ForkWatch::Source source_{0};
};

TEST_F(EndsUnseen, IsTold) {
  source_.take(memory_, monotonicNow() - 1'000'000'000, watch_);
  watch_.look(monotonicNow(), kPeriod);
  EXPECT_TRUE(watch_.takeEnded().empty());
  end();
  EXPECT_TRUE(lookUntil(watch_, [&] { return !watch_.awaits(child_); }));
  EXPECT_EQ(watch_.takeEnded(), std::vector<std::int32_t>{child_});
  EXPECT_TRUE(watch_.takeEnded().empty());
}

TEST_F(EndsUnseen, IsTooYoungForALookButTheLast) {
  source_.take(memory_, monotonicNow() + 3600'000'000'000, watch_);
  end();
  watch_.look(monotonicNow(), kPeriod);
  EXPECT_TRUE(watch_.takeEnded().empty());
  watch_.lookAtTheLast(monotonicNow());
  EXPECT_EQ(watch_.takeEnded(), std::vector<std::int32_t>{child_});
}

TEST_F(EndsUnseen, IsNotToldOfOneThatBecameAnotherProgram) {
  source_.take(memory_, monotonicNow() - 1'000'000'000, watch_);
  memory_->control().forks[0] |= ring::kForkExecutes;
  end();
  EXPECT_TRUE(lookUntil(watch_, [&] { return !watch_.awaits(child_); }));
  EXPECT_TRUE(watch_.takeEnded().empty());
}

TEST_F(EndsUnseen, IsNotToldOfOneThatRegistered) {
  source_.take(memory_, monotonicNow() - 1'000'000'000, watch_);
  watch_.remove(child_);
  end();
  watch_.lookAtTheLast(monotonicNow());
  EXPECT_TRUE(watch_.takeEnded().empty());
}

TEST(ForkWatch, CountsThoseWhosePidsWereOverwritten) {
  auto block = SharedBlock::make(0, 1);
  ASSERT_TRUE(block.ok());
  ring::Control& control = (*block)->control();
  for (std::uint64_t number = 0; number < ring::kForkPlaces + 3; ++number)
    control.forks[number % ring::kForkPlaces] = number << 32 | 1'000'000;
  control.forks_begun = ring::kForkPlaces + 3;
  ForkWatch watch(false);
  ForkWatch::Source source(0);
  source.take(*block, 1, watch);
  EXPECT_EQ(watch.takeEnded(), std::vector<std::int32_t>(3, 0));
}

}  // namespace
}  // namespace pyrometer
