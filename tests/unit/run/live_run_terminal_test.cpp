// What passes through the terminal of a run: output, what is typed, Ctrl-C, the size of the window.

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "daemon/importers/registry.h"
#include "daemon/run/kept_runs.h"
#include "tests/unit/run/live_runs.h"

namespace pyrometer {
namespace {

TEST_F(LiveRuns, APromptIsThereBeforeItsAnswer) {
  Observed observed;
  const auto run = start(program("print('before')\n"
                                 "name = input('Name? ')\n"
                                 "print(f'Hello {name}!')\n"),
                         observed);
  ASSERT_TRUE(run);
  ASSERT_TRUE(observed.waitFor("before\r\nName? "));
  EXPECT_EQ(observed.output(), "before\r\nName? ");
  EXPECT_FALSE(observed.hasEnded());
  ASSERT_TRUE(run->input("Zoë\n").ok());
  const LiveRun::Ended* end = observed.waitForEnd();
  ASSERT_NE(end, nullptr);
  EXPECT_EQ(observed.output(), "before\r\nName? Zoë\r\nHello Zoë!\r\n");  // with the terminal's echo
  EXPECT_EQ(end->outcome.wait_status, 0);
  EXPECT_FALSE(end->stopped);
}

TEST_F(LiveRuns, APasswordIsNotShown) {
  Observed observed;
  const auto run = start(program("import getpass\n"
                                 "print(len(getpass.getpass('Secret? ')))\n"),
                         observed);
  ASSERT_TRUE(run);
  ASSERT_TRUE(observed.waitFor("Secret? "));
  ASSERT_TRUE(run->input("abracadabra\n").ok());
  ASSERT_NE(observed.waitForEnd(), nullptr);
  EXPECT_EQ(observed.output(), "Secret? \r\n11\r\n");
}

TEST_F(LiveRuns, TheProgramHasATerminalOfItsOwn) {
  LiveRun::Options wide = program(
      "import os, sys, signal\n"
      "print(os.isatty(0), os.isatty(1), os.isatty(2), os.getsid(0) == os.getpid(),\n"
      "      os.tcgetpgrp(0) == os.getpgrp(), open('/dev/tty').isatty())\n"
      "print(os.get_terminal_size(), os.environ['TERM'], os.getcwd(), os.environ['PWD'])\n"
      "print('COLUMNS' in os.environ, 'LINES' in os.environ, os.environ['ADDED'])\n"
      "print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, signal.pthread_sigmask(0, []))\n"
      "print(sorted(int(fd) for fd in os.listdir('/proc/self/fd')))\n");
  wide.columns = 123;
  wide.rows = 45;
  wide.environment = {{"ADDED", "a=b"}, {"TERM", "vt220"}};
  // What a descriptor that everybody may inherit leads to is no matter of the program's.
  const int open_to_all = dup(STDERR_FILENO);
  ASSERT_GT(open_to_all, 2);
  setenv("COLUMNS", "7", 1);
  std::signal(SIGTERM, SIG_IGN);
  sigset_t blocked, found;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &blocked, &found);
  const std::string output = outputOf(wide);
  pthread_sigmask(SIG_SETMASK, &found, nullptr);
  EXPECT_EQ(std::signal(SIGTERM, SIG_DFL), SIG_IGN);  // ours is as it was
  unsetenv("COLUMNS");
  close(open_to_all);
  EXPECT_EQ(output,
            "True True True True True True\r\n"
            "os.terminal_size(columns=123, lines=45) vt220 " +
                folder_.path() + " " + folder_.path() +
                "\r\n"
                "False False a=b\r\n"
                "True set()\r\n"
                "[0, 1, 2, 3]\r\n");  // 3 is that of the listing itself
}

TEST_F(LiveRuns, CtrlCIsAKeyboardInterrupt) {
  Observed observed;
  const auto run = start(program("import time\n"
                                 "try:\n"
                                 "    print('ready', flush=True)\n"
                                 "    while True: pass\n"
                                 "except KeyboardInterrupt:\n"
                                 "    print('interrupted')\n"),
                         observed);
  ASSERT_TRUE(run);
  ASSERT_TRUE(observed.waitFor("ready"));
  ASSERT_TRUE(run->input("\x03").ok());
  const LiveRun::Ended* end = observed.waitForEnd();
  ASSERT_NE(end, nullptr);
  EXPECT_NE(observed.output().find("interrupted\r\n"), std::string::npos);
  EXPECT_EQ(end->outcome.wait_status, 0);
  EXPECT_FALSE(end->stopped);
}

TEST_F(LiveRuns, CtrlZDoesNotStopWhatNobodyCouldWake) {
  Observed observed;
  const auto run = start(program("print('ready', flush=True)\n"
                                 "print(input())\n"),
                         observed);
  ASSERT_TRUE(run);
  ASSERT_TRUE(observed.waitFor("ready\r\n"));
  ASSERT_TRUE(run->input("\x1a").ok());
  ASSERT_TRUE(run->input("goes on\n").ok());
  ASSERT_NE(observed.waitForEnd(), nullptr);
  EXPECT_TRUE(observed.output().ends_with("goes on\r\ngoes on\r\n")) << observed.output();
}

TEST_F(LiveRuns, TheWindowsSizeFollows) {
  Observed observed;
  const auto run = start(program("import os, signal\n"
                                 "def resized(*_):\n"
                                 "    print('now', *os.get_terminal_size(), flush=True)\n"
                                 "signal.signal(signal.SIGWINCH, resized)\n"
                                 "print('at first', *os.get_terminal_size(), flush=True)\n"
                                 "while not os.access('enough', os.F_OK): pass\n"),
                         observed);
  ASSERT_TRUE(run);
  ASSERT_TRUE(observed.waitFor("at first 80 24"));
  ASSERT_TRUE(run->resize(100, 50).ok());
  ASSERT_TRUE(observed.waitFor("now 100 50"));
  EXPECT_FALSE(run->resize(0, 50).ok());
  EXPECT_FALSE(run->resize(100, 65536).ok());
  folder_.file("enough", "");
  ASSERT_NE(observed.waitForEnd(), nullptr);
  EXPECT_TRUE(run->resize(100, 50).ok());  // after the end: nothing
}

TEST_F(LiveRuns, MuchOutputComesWholeAndInOrder) {
  const std::string output = outputOf(program("for i in range(200000): print(i)\n"));
  std::size_t at = 0;
  for (int i = 0; i < 200000; ++i) {
    const std::string line = std::to_string(i) + "\r\n";
    ASSERT_EQ(output.compare(at, line.size(), line), 0) << i;
    at += line.size();
  }
  EXPECT_EQ(at, output.size());
}

TEST_F(LiveRuns, WhoTakesNoOutputHoldsUpTheProgramAndNothingElse) {
  Observed observed;
  const auto run = start(program("import signal, sys\n"
                                 "written = 0\n"
                                 "try:\n"
                                 "    while True:\n"
                                 "        print('x' * 1000)\n"
                                 "        written += 1\n"
                                 "except KeyboardInterrupt:\n"
                                 "    open('written', 'w').write(str(written))\n"),
                         observed);
  ASSERT_TRUE(run);
  ASSERT_TRUE(observed.waitFor("x"));
  observed.hold(true);
  // Held up by its full terminal, it can still be interrupted.
  ASSERT_TRUE(run->input("\x03").ok());
  const std::string file = folder_.path() + "/written";
  while (readFile(file).empty()) usleep(1000);
  EXPECT_FALSE(observed.hasEnded());  // somebody is still to take what it wrote
  observed.hold(false);
  ASSERT_NE(observed.waitForEnd(), nullptr);
}

TEST_F(LiveRuns, InputThatIsNotReadHasABound) {
  Observed observed;
  const auto run = start(program("import sys, tty\n"
                                 "tty.setraw(0)\n"
                                 "print('ready', flush=True)\n"
                                 "sys.stdin.buffer.read(1)\n"
                                 "total = 1\n"
                                 "while total < 1000000: total += len(sys.stdin.buffer.read1())\n"
                                 "print('got', total)\n"),
                         observed);
  ASSERT_TRUE(run);
  ASSERT_TRUE(observed.waitFor("ready"));
  EXPECT_FALSE(run->input(std::string(LiveRun::kMostInput + 1, 'x')).ok());
  ASSERT_TRUE(run->input(std::string(1'000'000, 'x')).ok());  // more than the terminal takes at once
  ASSERT_NE(observed.waitForEnd(), nullptr);
  EXPECT_NE(observed.output().find("got 1000000"), std::string::npos) << observed.output();
  EXPECT_TRUE(run->input("late").ok());
}

TEST_F(LiveRuns, AChildThatKeepsTheTerminalDoesNotHoldUpTheEnd) {
  Observed observed;
  // The child leads a session of its own, so that no hang-up reaches it, and writes for ever.
  const auto run = start(program("import subprocess\n"
                                 "child = subprocess.Popen(['/usr/bin/yes'], start_new_session=True)\n"
                                 "with open('child', 'w') as file: file.write(str(child.pid))\n"),
                         observed);
  ASSERT_TRUE(run);
  const LiveRun::Ended* end = observed.waitForEnd();
  ASSERT_NE(end, nullptr);
  EXPECT_EQ(end->outcome.wait_status, 0);
  const pid_t child = static_cast<pid_t>(std::stol(readFile(folder_.path() + "/child")));
  // The terminal is closed: it has nowhere left to write to, and ends.
  while (std::ifstream("/proc/" + std::to_string(child) + "/cmdline").peek() != EOF) usleep(1000);
}

TEST_F(LiveRuns, AProgramMayLetGoOfItsTerminalAndGoOn) {
  Observed observed;
  const auto run =
      start(program("import os\n"
                    "os.close(0); os.close(1); os.close(2)\n" +
                    busyFor(0, "busy") + "os.write(os.open('/dev/tty', os.O_WRONLY), b'at last')\n"),
            observed);
  ASSERT_TRUE(run);
  ASSERT_NE(observed.waitForEnd(), nullptr);
  EXPECT_EQ(observed.output(), "at last");
}

}  // namespace
}  // namespace pyrometer
