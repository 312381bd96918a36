#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "sampler/sample_stream.h"
#include "tests/unit/sampler/session_host.h"
#include "tests/unit/support/test_pythons.h"

// The library in real interpreters (testPythons).

namespace pyrometer::test {
namespace {

class LiveSampling : public testing::TestWithParam<std::string> {
 protected:
  SessionHost::Ended run(const std::string& source, const std::vector<std::string>& more = {}) {
    path_ = testing::TempDir() + "pyrometer_live_" + std::to_string(getpid()) + ".py";
    std::ofstream(path_) << source;
    std::vector<std::string> command{GetParam(), path_};
    command.insert(command.end(), more.begin(), more.end());
    return host_.run(command);
  }
  void TearDown() override { std::remove(path_.c_str()); }

  std::uint64_t sampleCount() const {
    std::uint64_t count = 0;
    for (const auto& [thread, samples] : host_.stream.samples) count += samples.size();
    return count;
  }
  /// How many samples have a stack whose text (leaf first) begins so.
  std::uint64_t stacksBeginningWith(const std::string& begin) const {
    std::uint64_t count = 0;
    for (const auto& [thread, samples] : host_.stream.samples) {
      for (const DecodedSample& sample : samples) count += host_.stream.stackText(sample).starts_with(begin);
    }
    return count;
  }

  SessionHost host_{PYROMETER_SAMPLER_LIBRARY};
  std::string path_;
};

TEST_P(LiveSampling, NamesTheFunctionsOfAKnownProgram) {
  const SessionHost::Ended ended = run(R"(
import time
def inner(n):
    total = 0
    for i in range(n):
        total += i * i
    return total
def outer(end):
    while time.process_time() < end:
        inner(20000)
outer(1.0)
print("done")
)");
  ASSERT_TRUE(WIFEXITED(ended.wait_status) && WEXITSTATUS(ended.wait_status) == 0) << ended.out;
  EXPECT_EQ(ended.out, "done\n");
  EXPECT_EQ(host_.ready.mapped, 1u);
  const std::uint64_t all = sampleCount();
  ASSERT_GT(all, 20u);
  EXPECT_GT(stacksBeginningWith("inner;outer;<module>"), all / 2);
  for (const auto& [reference, code] : host_.stream.codes) {
    if (code.name != "inner") continue;
    EXPECT_EQ(code.filename, path_);
    EXPECT_EQ(code.first_line, 3u);
    EXPECT_EQ(code.table.size(), code.table_size);
    EXPECT_GT(code.table_size, 0u);
  }
  EXPECT_EQ(host_.torn, 0u);
}

TEST_P(LiveSampling, LeavesNoTraceInTheEnvironmentAndNoDescriptor) {
  const std::string source = R"(
import os, threading
print("PYROMETER_SESSION" in os.environ, "LD_PRELOAD" in os.environ)
print(sorted(os.listdir("/proc/self/fd")))
print(threading.active_count(), len(os.listdir("/proc/self/task")))
)";
  const SessionHost::Ended sampled = run(source);
  EXPECT_EQ(host_.ready.mapped, 1u);
  host_.plain = true;
  EXPECT_EQ(sampled.out, run(source).out);
  EXPECT_EQ(sampled.out.rfind("False False\n", 0), 0u);
}

TEST_P(LiveSampling, SamplesEachThreadOnItsOwn) {
  const SessionHost::Ended ended = run(R"(
import threading, time
def spin(name):
    end = time.thread_time() + 0.3
    while time.thread_time() < end:
        pass
def red(): spin("red")
def blue(): spin("blue")
threads = [threading.Thread(target=f) for f in (red, blue)]
for t in threads: t.start()
for t in threads: t.join()
)");
  ASSERT_EQ(ended.wait_status, 0) << ended.out;
  int red = 0;
  int blue = 0;
  for (const auto& [thread, samples] : host_.stream.samples) {
    std::set<std::string> seen;
    for (const DecodedSample& sample : samples) {
      const std::string stack = host_.stream.stackText(sample);
      if (stack.find("red;run;") != std::string::npos) seen.insert("red");
      if (stack.find("blue;run;") != std::string::npos) seen.insert("blue");
    }
    EXPECT_LE(seen.size(), 1u);
    red += static_cast<int>(seen.count("red"));
    blue += static_cast<int>(seen.count("blue"));
  }
  EXPECT_EQ(red, 1);
  EXPECT_EQ(blue, 1);
  EXPECT_EQ(host_.threads_started, 2u);
}

TEST_P(LiveSampling, AsksForMoreSegmentsAndGivesThemBack) {
  const SessionHost::Ended ended = run(R"(
import threading, time
def spin():
    together.wait()
    end = time.thread_time() + 0.01
    while time.thread_time() < end:
        pass
for turn in range(2):
    together = threading.Barrier(90)
    threads = [threading.Thread(target=spin) for i in range(90)]
    for t in threads: t.start()
    for t in threads: t.join()
)");
  ASSERT_EQ(ended.wait_status, 0) << ended.out;
  EXPECT_EQ(host_.blocks, 2);
  EXPECT_EQ(host_.hellos, 2);
  EXPECT_EQ(host_.threads_started, 180u);
}

TEST_P(LiveSampling, KeepsBothSidesOfADeepStack) {
  const SessionHost::Ended ended = run(R"(
import sys, time, threading
sys.setrecursionlimit(20000)
def bottom(end):
    while time.process_time() < end:
        pass
def down(n, end):
    if n == 0:
        bottom(end)
    else:
        down(n - 1, end)
def start():
    down(5000, time.process_time() + 0.5)
threading.stack_size(256 * 1024 * 1024)
t = threading.Thread(target=start)
t.start()
t.join()
)");
  ASSERT_EQ(ended.wait_status, 0) << ended.out;
  std::uint64_t deep = 0;
  for (const auto& [thread, samples] : host_.stream.samples) {
    for (const DecodedSample& sample : samples) {
      if (host_.stream.stackText(sample).find("bottom;down;") != 0 || sample.frames.size() < 1000) continue;
      // 5001 times down, then start and what threading puts below it.
      EXPECT_EQ(sample.frames.size(), stream::kMaxFrames);
      EXPECT_GE(sample.elided, 5001u + 1 + 2 - stream::kMaxFrames);
      EXPECT_LE(sample.elided, 5001u + 1 + 6 - stream::kMaxFrames);
      EXPECT_EQ(host_.stream.nameOf(sample.frames.back()), "_bootstrap");
      ++deep;
    }
  }
  EXPECT_GT(deep, 2u);
  EXPECT_EQ(host_.full, 0u);
}

TEST_P(LiveSampling, TellsCodeObjectsApartThatUseOneAddressAfterAnother) {
  const SessionHost::Ended ended = run(R"(
import time
source = "def f%d():\n    x = 0\n    for i in range(3000): x += i\n    return x\n"
end = time.process_time() + 1.5
n = 0
while time.process_time() < end:
    scope = {}
    n += 1
    exec(compile(source % n, "made_%d" % n, "exec"), scope)
    f = scope["f%d" % n]
    for i in range(20): f()
)");
  ASSERT_EQ(ended.wait_status, 0) << ended.out;
  std::set<std::string> names;
  std::set<std::uint64_t> addresses;
  for (const auto& [reference, code] : host_.stream.codes) {
    if (code.filename.rfind("made_", 0) != 0 || code.name == "<module>") continue;
    EXPECT_EQ("made_" + code.name.substr(1), code.filename);
    names.insert(code.name);
    addresses.insert(code.address);
  }
  EXPECT_GT(names.size(), 15u);
  EXPECT_LT(addresses.size(), names.size());
}

TEST_P(LiveSampling, WritesNamesThatAreNotAscii) {
  const SessionHost::Ended ended = run(R"(
import time
def schläft():
    end = time.process_time() + 0.2
    while time.process_time() < end: pass
def 計算():
    schläft()
exec("def \U0001d4ae\u00e9():\n    計算()\n")
globals()[[n for n in globals() if n.startswith("S") or n.startswith("\U0001d4ae")][-1]]()
)");
  ASSERT_EQ(ended.wait_status, 0) << ended.out;
  EXPECT_GT(stacksBeginningWith("schläft;計算;"), 1u);
}

TEST_P(LiveSampling, ChildOfAForkWritesNothing) {
  const SessionHost::Ended ended = run(R"(
import os, signal, time
def in_child():
    end = time.process_time() + 0.3
    while time.process_time() < end:
        os.kill(os.getpid(), signal.SIGURG)
def in_parent(pid):
    os.waitpid(pid, 0)
pid = os.fork()
if pid == 0:
    in_child()
    os._exit(0)
in_parent(pid)
print(signal.getsignal(signal.SIGURG) == signal.SIG_DFL)
)");
  ASSERT_EQ(ended.wait_status, 0) << ended.out;
  EXPECT_EQ(ended.out, "True\n");
  for (const auto& [reference, code] : host_.stream.codes) EXPECT_NE(code.name, "in_child");
  EXPECT_EQ(host_.foreign, 0u);
}

TEST_P(LiveSampling, TheProgramsOwnSigurgHandlerStillRuns) {
  const SessionHost::Ended ended = run(R"(
import os, signal, time, subprocess, sys
got = []
assert signal.getsignal(signal.SIGURG) == signal.SIG_DFL
def mine(number, frame): got.append(number)
assert signal.signal(signal.SIGURG, mine) == signal.SIG_DFL
end = time.process_time() + 0.3
sent = 0
while time.process_time() < end:
    os.kill(os.getpid(), signal.SIGURG)
    sent += 1
    for i in range(1000): pass
assert len(got) == sent, (len(got), sent)
# A child made by vfork resets its own actions, not ours.
subprocess.run([sys.executable, "-c", "pass"], close_fds=True)
os.kill(os.getpid(), signal.SIGURG)
for i in range(1000): pass
assert len(got) == sent + 1
assert signal.signal(signal.SIGURG, signal.SIG_IGN) is mine
assert signal.getsignal(signal.SIGURG) == signal.SIG_IGN
print("ok")
)");
  EXPECT_EQ(ended.out, "ok\n");
  EXPECT_EQ(ended.wait_status, 0);
  EXPECT_GT(host_.foreign, 0u);
  EXPECT_GT(sampleCount(), 2u);
}

TEST_P(LiveSampling, AThreadThatBlocksSigurgSaysSoAndSeesNoneOfOurs) {
  const SessionHost::Ended ended = run(R"(
import os, signal, time
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGURG])
end = time.process_time() + 0.3
while time.process_time() < end: pass
assert signal.sigpending() == set(), signal.sigpending()
assert signal.sigtimedwait([signal.SIGURG], 0.05) is None
os.kill(os.getpid(), signal.SIGURG)
info = signal.sigwaitinfo([signal.SIGURG])
assert info.si_pid == os.getpid()
os.kill(os.getpid(), signal.SIGURG)
assert signal.sigwait([signal.SIGURG]) == signal.SIGURG
assert signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGURG]) == {signal.SIGURG}
def after():
    end = time.process_time() + 0.3
    while time.process_time() < end: pass
after()
print("ok")
)");
  EXPECT_EQ(ended.out, "ok\n");
  bool was_blocked = false;
  for (const auto& [tid, flags] : host_.flags_seen)
    was_blocked = was_blocked || (flags & ring::kSignalBlocked) != 0;
  EXPECT_TRUE(was_blocked);
  EXPECT_GT(stacksBeginningWith("after;"), 5u);
}

TEST_P(LiveSampling, ReadsTheSameStacksFromOutside) {
  host_.outside = true;
  const SessionHost::Ended ended = run(R"(
import threading, time
def waits():
    time.sleep(0.7)
def generates(end):
    while time.process_time() < end:
        yield sum(range(1000))
def spins(end):
    for x in generates(end): pass
t = threading.Thread(target=waits)
t.start()
spins(time.process_time() + 0.7)
t.join()
)");
  ASSERT_EQ(ended.wait_status, 0) << ended.out;
  std::uint64_t waiting = 0;
  std::uint64_t generating = 0;
  for (const auto& [thread, samples] : host_.outside_stream.samples) {
    for (const DecodedSample& sample : samples) {
      const std::string stack = host_.outside_stream.stackText(sample);
      if (stack.rfind("waits;run;_bootstrap_inner;_bootstrap", 0) == 0) ++waiting;
      if (stack == "generates;spins;<module>") ++generating;
    }
  }
  EXPECT_GT(waiting, 5u);
  EXPECT_GT(generating, 5u);
}

TEST_P(LiveSampling, RunsOnUnsampledWhenDeclined) {
  host_.decline = true;
  const SessionHost::Ended ended = run("print('fine')\n");
  EXPECT_EQ(ended.out, "fine\n");
  EXPECT_EQ(host_.hellos, 1);
  EXPECT_EQ(sampleCount(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Interpreters, LiveSampling, testing::ValuesIn(testPythons()),
                         [](const auto& given) { return testName(given.param); });

// Programs that are not Python are none of our business.
TEST(NotPython, SeesNothingOfUsAndDoesNotRegister) {
  SessionHost host{PYROMETER_SAMPLER_LIBRARY};
  const SessionHost::Ended ended =
      host.run({"/bin/sh", "-c", "echo ${PYROMETER_SESSION-nothing} ${LD_PRELOAD-nothing}"});
  EXPECT_EQ(ended.out, "nothing nothing\n");
  EXPECT_EQ(host.hellos, 0);
}

}  // namespace
}  // namespace pyrometer::test
