#include "daemon/run/launcher.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "tests/unit/run/temporary_folder.h"

namespace pyrometer {
namespace {

class Launcher : public testing::Test {
 protected:
  /// Runs a shell script as a program; its wait status.
  int run(const std::string& script, std::vector<std::pair<std::string, std::string>> environment = {}) {
    const RunSignals signals;
    const auto pid = spawnProgram(
        {.executable = "/bin/sh", .argv = {"sh", "-c", script}, .environment = std::move(environment)},
        signals);
    EXPECT_TRUE(pid.ok()) << pid.error().text();
    int status = -1;
    if (pid.ok()) waitpid(pid.value(), &status, 0);
    return status;
  }
  /// What a script writes to the file $OUT.
  std::string output(const std::string& script) {
    const std::string file = folder_.path() + "/out";
    EXPECT_EQ(run("exec >" + file + "; " + script), 0);
    return readFile(file);
  }
  /// /proc/PID/status of a program just started.
  std::string statusOfAProgram() {
    const RunSignals signals;
    const auto pid =
        spawnProgram({.executable = "/bin/sleep", .argv = {"sleep", "1000"}, .environment = {}}, signals);
    EXPECT_TRUE(pid.ok());
    const std::string status = readFile("/proc/" + std::to_string(pid.value()) + "/status");
    kill(pid.value(), SIGKILL);
    waitpid(pid.value(), nullptr, 0);
    return status;
  }
  static std::string statusLine(const std::string& name, const std::string& status) {
    const std::size_t at = status.find(name);
    return at == std::string::npos ? "" : status.substr(at, status.find('\n', at) - at);
  }

  TemporaryFolder folder_;
};

TEST_F(Launcher, GivesTheExitStatus) {
  for (const int code : {0, 1, 77, 255}) {
    const int status = run("exit " + std::to_string(code));
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), code);
  }
}

TEST_F(Launcher, GivesTheSignalThatEndedIt) {
  for (const int number : {SIGKILL, SIGTERM, SIGINT, SIGSEGV}) {
    const int status = run("kill -" + std::to_string(number) + " $$");
    ASSERT_TRUE(WIFSIGNALED(status)) << number;
    EXPECT_EQ(WTERMSIG(status), number);
  }
}

TEST_F(Launcher, SaysWhatCannotBeStarted) {
  const RunSignals signals;
  const auto missing = spawnProgram({.executable = "/nowhere/x", .argv = {"x"}, .environment = {}}, signals);
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().text().find("/nowhere/x"), std::string::npos);
  const std::string text = folder_.file("text", "words\n", 0755);
  const auto text_file = spawnProgram({.executable = text, .argv = {text}, .environment = {}}, signals);
  ASSERT_FALSE(text_file.ok());
  EXPECT_NE(text_file.error().text().find("Exec format error"), std::string::npos);
}

TEST_F(Launcher, LeavesSignalsAsTheyWere) {
  const std::string before = statusOfAProgram();
  // As nohup does; and one blocked.
  struct sigaction ignore {
  }, hangup{};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGHUP, &ignore, &hangup);
  sigset_t one, mask;
  sigemptyset(&one);
  sigaddset(&one, SIGUSR2);
  sigprocmask(SIG_BLOCK, &one, &mask);
  const std::string during = statusOfAProgram();
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  sigaction(SIGHUP, &hangup, nullptr);

  const auto bits = [](const std::string& line) {
    return std::stoull(line.substr(line.find('\t')), nullptr, 16);
  };
  const auto bit = [](int number) { return 1ull << (number - 1); };
  EXPECT_EQ(bits(statusLine("SigBlk", before)), 0u);
  EXPECT_EQ(bits(statusLine("SigBlk", during)), bit(SIGUSR2));
  EXPECT_EQ(bits(statusLine("SigIgn", during)), bits(statusLine("SigIgn", before)) | bit(SIGHUP));
  EXPECT_EQ(bits(statusLine("SigIgn", before)) & (bit(SIGINT) | bit(SIGQUIT) | bit(SIGTSTP)), 0u);
}

TEST_F(Launcher, PutsOurOwnSignalsBack) {
  sigset_t mask;
  {
    const RunSignals signals;
    sigprocmask(SIG_BLOCK, nullptr, &mask);
    EXPECT_TRUE(sigismember(&mask, SIGTERM));
  }
  sigprocmask(SIG_BLOCK, nullptr, &mask);
  EXPECT_FALSE(sigismember(&mask, SIGTERM));
  EXPECT_FALSE(sigismember(&mask, SIGXFSZ));
  struct sigaction interrupt {};
  sigaction(SIGINT, nullptr, &interrupt);
  EXPECT_EQ(interrupt.sa_handler, SIG_DFL);
}

TEST_F(Launcher, HandsOutSignalsThatArrive) {
  RunSignals signals;
  EXPECT_EQ(signals.next().number, 0);
  kill(getpid(), SIGTERM);
  pollfd waiting{.fd = signals.descriptor(), .events = POLLIN, .revents = 0};
  ASSERT_EQ(poll(&waiting, 1, 10'000), 1);
  const auto arrived = signals.next();
  EXPECT_EQ(arrived.number, SIGTERM);
  EXPECT_FALSE(arrived.from_kernel);
  EXPECT_EQ(arrived.sender, getpid());
  EXPECT_FALSE(arrived.queued);
  sigval value{};
  value.sival_int = 42;
  for (const int number : {SIGINT, SIGQUIT, SIGUSR1, SIGALRM, SIGRTMIN + 3, SIGRTMAX}) {
    ASSERT_EQ(sigqueue(getpid(), number, value), 0);
    const auto next = signals.next();
    EXPECT_EQ(next.number, number);
    EXPECT_TRUE(next.queued);
    EXPECT_EQ(next.value.sival_int, 42);
  }
}

TEST_F(Launcher, PassesOnWhatTheProgramHasNotGotItself) {
  const auto arrived = [](int number, bool from_kernel, pid_t sender) {
    return RunSignals::Arrived{.number = number, .from_kernel = from_kernel, .sender = sender};
  };
  RunSignals signals;
  const auto started =
      spawnProgram({.executable = "/bin/sleep", .argv = {"sleep", "1000"}, .environment = {}}, signals);
  ASSERT_TRUE(started.ok());
  const pid_t program = started.value();
  for (const int number : {SIGINT, SIGQUIT, SIGTSTP}) passOn(arrived(number, true, 0), program);
  passOn(arrived(SIGTERM, false, program), program);
  passOn(arrived(SIGCONT, false, getpid()), program);
  passOn(arrived(SIGUSR1, false, getppid()), program);
  int status = 0;
  waitpid(program, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGUSR1);
}

TEST_F(Launcher, WakesAStoppedProgram) {
  RunSignals signals;
  const auto started =
      spawnProgram({.executable = "/bin/sleep", .argv = {"sleep", "1000"}, .environment = {}}, signals);
  ASSERT_TRUE(started.ok());
  kill(started.value(), SIGSTOP);
  siginfo_t changed{};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(started.value()), &changed, WSTOPPED | WNOWAIT), 0);
  followStops(started.value());  // must not stop us
  passOn({.number = SIGCONT, .sender = getpid()}, started.value());
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(started.value()), &changed, WCONTINUED), 0);
  EXPECT_EQ(changed.si_code, CLD_CONTINUED);
  kill(started.value(), SIGKILL);
  waitpid(started.value(), nullptr, 0);
}

TEST_F(Launcher, ALimitRunIntoDoesNotEndUsLater) {
  {
    const RunSignals signals;
    raise(SIGXFSZ);
  }
  SUCCEED();
}

TEST_F(Launcher, PassesOnDescriptorsOfTheUserAndNoneOfOurs) {
  const std::string before = output("ls /proc/self/fd");
  const int theirs = open("/dev/null", O_RDONLY);
  const int ours = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const std::string during = output("ls /proc/self/fd");
  close(theirs);
  close(ours);
  const auto lines = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
  EXPECT_EQ(lines(during), lines(before) + 1);
}

TEST_F(Launcher, SetsVariablesOverOurs) {
  setenv("PYROMETER_TEST_VALUE", "old", 1);
  EXPECT_EQ(run("test \"$PYROMETER_TEST_VALUE\" = old"), 0);
  EXPECT_EQ(run("test \"$PYROMETER_TEST_VALUE\" = new", {{"PYROMETER_TEST_VALUE", "new"}}), 0);
  unsetenv("PYROMETER_TEST_VALUE");
}

TEST_F(Launcher, StaysInOurProcessGroup) {
  EXPECT_EQ(output("ps -o pgid= -p $$ | tr -d ' '"), std::to_string(getpgrp()) + "\n");
}

TEST(PreloadValue, PutsOursFirst) {
  EXPECT_EQ(preloadValue("/a/b.so", nullptr), "/a/b.so");
  EXPECT_EQ(preloadValue("/a/b.so", ""), "/a/b.so");
  EXPECT_EQ(preloadValue("/a/b.so", "libc.so.6 /x.so"), "/a/b.so:libc.so.6 /x.so");
}

}  // namespace
}  // namespace pyrometer
