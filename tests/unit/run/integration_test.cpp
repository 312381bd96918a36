// Whole runs of the system's Python: started, sampled, killed. Programs spend CPU time by their own clock, so
// a slow machine makes a test slow and not wrong.

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <map>

#include "daemon/importers/registry.h"
#include "daemon/run/kept_runs.h"
#include "daemon/run/recording.h"
#include "tests/unit/run/hottest_line.h"
#include "tests/unit/run/temporary_folder.h"

namespace pyrometer {
namespace {

constexpr char kPython[] = "/usr/bin/python3.11";

constexpr char kBusy[] = R"(import time
def busy(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:  # line 4
        pass
busy(0.5)
)";

/// The text sent to a descriptor of this process while a run goes on.
class Redirected {
 public:
  Redirected(int descriptor, const std::string& path) : descriptor_(descriptor), kept_(dup(descriptor)) {
    FILE* file = fopen(path.c_str(), "w");
    dup2(fileno(file), descriptor_);
    fclose(file);
  }
  ~Redirected() {
    dup2(kept_, descriptor_);
    close(kept_);
  }

 private:
  int descriptor_, kept_;
};

class Run : public testing::Test {
 protected:
  RunOptions options(std::vector<std::string> command) {
    RunOptions options;
    options.command = std::move(command);
    options.python = kPython;
    options.rate_hz = 1000;
    options.folder = folder_.path();
    options.sampler_library = PYROMETER_SAMPLER_LIBRARY;
    return options;
  }
  std::string program(std::string_view text) { return folder_.file("program.py", text); }

  /// Name of the function -> self samples.
  static std::map<std::string, std::uint64_t> selfByFunction(const Profile& profile) {
    std::map<std::string, std::uint64_t> self;
    for (std::size_t i = 0; i < profile.functions().size(); ++i) {
      const FunctionId id{static_cast<std::uint32_t>(i)};
      self[std::string(profile.string(profile.function(id).name))] += profile.functionCounters(id).self;
    }
    return self;
  }
  static std::map<std::string, double> secondsByFunction(const Profile& profile) {
    std::map<std::string, double> seconds;
    for (std::size_t i = 0; i < profile.functions().size(); ++i) {
      const FunctionId id{static_cast<std::uint32_t>(i)};
      seconds[std::string(profile.string(profile.function(id).name))] +=
          static_cast<double>(profile.functionCounters(id).self_time) / 1e9;
    }
    return seconds;
  }
  static std::string notes(const Profile& profile) {
    std::string text;
    for (const std::string& note : profile.info().notes) text += note + "\n";
    return text;
  }

  TemporaryFolder folder_;
};

TEST_F(Run, FindsTheHotLine) {
  const auto outcome = runProgram(options({program(kBusy), "argument"}));
  ASSERT_TRUE(outcome.ok()) << outcome.error().text();
  const Profile& profile = *outcome->profile;
  EXPECT_EQ(outcome->wait_status, 0);
  EXPECT_TRUE(outcome->sampled);
  EXPECT_EQ(hottestLine(profile), 4u) << notes(profile);
  EXPECT_GT(selfByFunction(profile)["busy"], 10u);
  EXPECT_NEAR(secondsByFunction(profile)["busy"], 0.5, 0.25);
  const RunInfo& info = profile.info();
  EXPECT_EQ(info.interpreter.substr(0, 12), "CPython 3.11");
  EXPECT_EQ(info.argv, (std::vector<std::string>{folder_.path() + "/program.py", "argument"}));
  EXPECT_TRUE(info.finished);
  EXPECT_GT(info.cpu_ns, 400'000'000);
  EXPECT_GE(info.duration_ns, 500'000'000);
  EXPECT_GT(profile.memory().size(), 1u);
  EXPECT_GT(profile.memory()[profile.memory().size() - 1].rss, 1'000'000u);
  const auto file = profile.findFile(folder_.path() + "/program.py");
  ASSERT_TRUE(file);
  const Source* source = profile.findSource(*file);
  ASSERT_NE(source, nullptr);
  EXPECT_EQ(profile.string(source->text), kBusy);
  EXPECT_FALSE(source->changed_during_run);
  EXPECT_EQ(profile.file(*file).owner, Owner::kUser);
}

TEST_F(Run, TheRecordingOnDiskIsTheProfile) {
  const auto outcome = runProgram(options({program(kBusy)}));
  ASSERT_TRUE(outcome.ok()) << outcome.error().text();
  ASSERT_NE(outcome->recording, "");
  EXPECT_EQ(std::filesystem::status(outcome->recording).permissions(), std::filesystem::perms::owner_all);
  const auto read = readProfile(outcome->recording);
  ASSERT_TRUE(read.ok()) << read.error().text();
  EXPECT_EQ((*read)->sampleCount(), outcome->profile->sampleCount());
  EXPECT_EQ((*read)->totalWeight(), outcome->profile->totalWeight());
  EXPECT_EQ((*read)->info().interpreter, outcome->profile->info().interpreter);
  EXPECT_EQ((*read)->sources().size(), outcome->profile->sources().size());
  // What is the user's own is so for later readers too.
  ASSERT_EQ((*read)->files().size(), outcome->profile->files().size());
  for (std::size_t i = 0; i < (*read)->files().size(); ++i) {
    const FileId file{static_cast<std::uint32_t>(i)};
    EXPECT_EQ((*read)->file(file).owner, outcome->profile->file(file).owner);
  }
}

TEST_F(Run, AProgramKilledKeepsItsSamples) {
  const std::string text = std::string(kBusy) + "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n";
  const auto outcome = runProgram(options({program(text)}));
  ASSERT_TRUE(outcome.ok()) << outcome.error().text();
  ASSERT_TRUE(WIFSIGNALED(outcome->wait_status));
  EXPECT_EQ(WTERMSIG(outcome->wait_status), SIGKILL);
  EXPECT_NEAR(secondsByFunction(*outcome->profile)["busy"], 0.5, 0.25);
  EXPECT_EQ(outcome->profile->info().exit_status, outcome->wait_status);
}

constexpr char kSleepy[] = R"(import threading, time
def sleeper():
    time.sleep(1.0)
def busy(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end: pass
thread = threading.Thread(target=sleeper)
thread.start()
busy(0.5)
thread.join()
)";

TEST_F(Run, WallModeSeesThreadsThatSleep) {
  RunOptions wall = options({program(kSleepy)});
  wall.mode = Mode::kWall;
  const auto outcome = runProgram(wall);
  ASSERT_TRUE(outcome.ok()) << outcome.error().text();
  const Profile& profile = *outcome->profile;
  // Whoever waits for a core as well is asleep, or busy, for longer.
  const double whole = static_cast<double>(profile.info().duration_ns) / 1e9;
  EXPECT_GT(secondsByFunction(profile)["sleeper"], 0.6) << notes(profile);
  EXPECT_LT(secondsByFunction(profile)["sleeper"], whole);
  EXPECT_GT(secondsByFunction(profile)["busy"], 0.25);
  EXPECT_LT(secondsByFunction(profile)["busy"], whole - 0.3) << "not while it waits for the thread";
  EXPECT_EQ(profile.threads().size(), 2u);
  std::map<ThreadState, int> states;
  for (std::size_t row = 0; row < profile.sampleCount(); ++row) ++states[profile.sample(row).state.thread];
  EXPECT_GT(states[ThreadState::kOffCpu], 10);
}

/// The same, but busy for so much CPU time.
std::string sleepyAndBusy() {
  std::string text = kSleepy;
  for (std::size_t at = 0; (at = text.find("monotonic", at)) != std::string::npos;)
    text.replace(at, 9, "thread_time");
  return text;
}

TEST_F(Run, CpuModeSeesThemNot) {
  const auto outcome = runProgram(options({program(sleepyAndBusy())}));
  ASSERT_TRUE(outcome.ok()) << outcome.error().text();
  EXPECT_LT(secondsByFunction(*outcome->profile)["sleeper"], 0.3);
}

TEST_F(Run, FromOutsideNothingIsPutIntoTheProgram) {
  const std::string text =
      std::string(
          "import os\n"
          "assert 'LD_PRELOAD' not in os.environ and 'PYROMETER_SESSION' not in os.environ\n"
          "assert 'pyrometer' not in open('/proc/self/maps').read()\n") +
      kBusy;
  RunOptions outside = options({program(text)});
  outside.outside = true;
  outside.sampler_library = "/nonexistent";
  const auto outcome = runProgram(outside);
  ASSERT_TRUE(outcome.ok()) << outcome.error().text();
  EXPECT_EQ(outcome->wait_status, 0);
  const Profile& profile = *outcome->profile;
  EXPECT_EQ(hottestLine(profile), 7u) << notes(profile);
  EXPECT_NEAR(secondsByFunction(profile)["busy"], 0.5, 0.25);
  EXPECT_TRUE(profile.info().outside);
  EXPECT_EQ(profile.info().interpreter.substr(0, 12), "CPython 3.11");
}

TEST_F(Run, FromOutsideSleepingCountsForNothingInCpuMode) {
  RunOptions outside = options({program(sleepyAndBusy())});
  outside.outside = true;
  const auto outcome = runProgram(outside);
  ASSERT_TRUE(outcome.ok()) << outcome.error().text();
  auto seconds = secondsByFunction(*outcome->profile);
  EXPECT_LT(seconds["sleeper"], 0.3);
  EXPECT_NEAR(seconds["busy"], 0.5, 0.25);
}

TEST_F(Run, FromOutsideInWallMode) {
  RunOptions outside = options({program(kSleepy)});
  outside.outside = true;
  outside.mode = Mode::kWall;
  const auto outcome = runProgram(outside);
  ASSERT_TRUE(outcome.ok()) << outcome.error().text();
  EXPECT_GT(secondsByFunction(*outcome->profile)["sleeper"], 0.6);
}

TEST_F(Run, ThroughAShellScript) {
  const std::string path = program(kBusy);
  const std::string script = folder_.file(
      "start.sh", "#!/bin/sh\necho started\n" + std::string(kPython) + " " + path + "\nexit 5\n", 0755);
  for (const bool outside : {false, true}) {
    RunOptions shell = options({script});
    shell.python = "";
    shell.outside = outside;
    const std::string output = folder_.path() + "/output";
    fflush(stdout);
    const auto outcome = [&] {
      const Redirected out(STDOUT_FILENO, output);
      return runProgram(shell);
    }();
    ASSERT_TRUE(outcome.ok()) << outcome.error().text();
    EXPECT_EQ(WEXITSTATUS(outcome->wait_status), 5);
    EXPECT_EQ(readFile(output), "started\n");
    EXPECT_GT(selfByFunction(*outcome->profile)["busy"], 10u) << outside << notes(*outcome->profile);
  }
}

TEST_F(Run, AProcessReplacedByExecIsAnotherImage) {
  const std::string second = folder_.file("second.py", kBusy);
  const std::string text =
      "import os, sys, time\ndef first():\n    end = time.thread_time() + 0.3\n"
      "    while time.thread_time() < end: pass\nfirst()\n"
      "os.environ.update({k: v for k, v in []})\n"
      "os.execv(sys.executable, [sys.executable, '" +
      second + "'])\n";
  RunOptions outside = options({program(text)});
  outside.outside = true;
  const auto outcome = runProgram(outside);
  ASSERT_TRUE(outcome.ok()) << outcome.error().text();
  EXPECT_EQ(outcome->profile->processes().size(), 2u);
  auto self = selfByFunction(*outcome->profile);
  EXPECT_GT(self["first"], 5u);
  EXPECT_GT(self["busy"], 5u);
}

TEST_F(Run, AProcessReplacedByAnotherProgramIsLetGo) {
  // The shell burns two seconds of CPU time by its own limit, and dies of it.
  const std::string text =
      "import os\nos.execv('/bin/sh', ['sh', '-c', 'ulimit -t 2; while :; do :; done'])\n";
  const auto outcome = runProgram(options({program(text)}));
  ASSERT_TRUE(outcome.ok()) << outcome.error().text();
  ASSERT_TRUE(WIFSIGNALED(outcome->wait_status));
  EXPECT_EQ(notes(*outcome->profile), "");
  EXPECT_EQ(outcome->profile->info().drops[static_cast<int>(DropReason::kUnanswered)], 0u);
}

TEST_F(Run, WhatIsNotPythonIsRunAndToldSo) {
  RunOptions plain = options({"/bin/true"});
  plain.python = "";
  const auto outcome = runProgram(plain);
  ASSERT_TRUE(outcome.ok()) << outcome.error().text();
  EXPECT_EQ(outcome->wait_status, 0);
  EXPECT_FALSE(outcome->sampled);
  EXPECT_EQ(outcome->profile->sampleCount(), 0u);
  EXPECT_NE(notes(*outcome->profile).find("No Python was sampled: /bin/true"), std::string::npos)
      << notes(*outcome->profile);
}

TEST_F(Run, WithoutArgumentsNoneAreKept) {
  RunOptions discreet = options({program(kBusy), "secret-word"});
  discreet.keep_argv = false;
  discreet.keep_sources = false;
  const auto outcome = runProgram(discreet);
  ASSERT_TRUE(outcome.ok()) << outcome.error().text();
  EXPECT_EQ(outcome->profile->info().argv.size(), 1u);
  EXPECT_EQ(outcome->profile->sources().size(), 0u);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(outcome->recording)) {
    if (!entry.is_regular_file()) continue;
    EXPECT_EQ(readFile(entry.path()).find("secret-word"), std::string::npos) << entry.path();
  }
}

TEST_F(Run, LeavesNoSessionFolderAndNoDescriptors) {
  const auto open_descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const auto before = open_descriptors();
  {
    RunOptions brief = options({program("pass\n")});
    brief.folder = "";
    const auto outcome = runProgram(brief);
    ASSERT_TRUE(outcome.ok()) << outcome.error().text();
    EXPECT_EQ(outcome->recording, "");
  }
  EXPECT_EQ(open_descriptors(), before);
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  const std::string prefix = "pyrometer-" + std::to_string(getpid()) + "-";
  for (const auto& entry : std::filesystem::directory_iterator(runtime != nullptr ? runtime : "/tmp")) {
    EXPECT_FALSE(entry.path().filename().string().starts_with(prefix)) << entry.path();
  }
}

TEST_F(Run, AFolderThatCannotHoldTheRecordingDoesNotStopTheProgram) {
  RunOptions lost = options({program(kBusy)});
  lost.folder = folder_.path() + "/missing";
  const auto outcome = runProgram(lost);
  ASSERT_TRUE(outcome.ok()) << outcome.error().text();
  EXPECT_EQ(outcome->recording, "");
  EXPECT_FALSE(outcome->recording_complete);
  EXPECT_GT(selfByFunction(*outcome->profile)["busy"], 10u);
  EXPECT_NE(notes(*outcome->profile).find("could not be kept on disk"), std::string::npos);
}

TEST_F(Run, AFileLimitLetsTheProgramRunUnsampled) {
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 1024;
  RunOptions limited = options({program("import sys; sys.exit(3)\n")});
  setrlimit(RLIMIT_FSIZE, &small);
  const auto outcome = runProgram(limited);
  setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_TRUE(outcome.ok()) << outcome.error().text();
  EXPECT_EQ(WEXITSTATUS(outcome->wait_status), 3);
  EXPECT_EQ(outcome->profile->sampleCount(), 0u);
  EXPECT_NE(notes(*outcome->profile).find("no memory for the samples"), std::string::npos)
      << notes(*outcome->profile);
}

TEST_F(Run, APreloadOfTheUsersIsKept) {
  setenv("LD_PRELOAD", "libm.so.6", 1);
  const auto outcome =
      runProgram(options({program("import os, sys\n"
                                  "sys.exit(0 if os.environ.get('LD_PRELOAD') == 'libm.so.6' else 1)\n")}));
  unsetenv("LD_PRELOAD");
  ASSERT_TRUE(outcome.ok()) << outcome.error().text();
  EXPECT_EQ(outcome->wait_status, 0);
}

TEST_F(Run, TheSamplerMayLieInAFolderWithSpacesInItsName) {
  RunOptions spaced = options({program(kBusy)});
  spaced.sampler_library =
      folder_.file("with: spaces/libpyrometer_sampler.so", readFile(PYROMETER_SAMPLER_LIBRARY));
  const auto outcome = runProgram(spaced);
  ASSERT_TRUE(outcome.ok()) << outcome.error().text();
  EXPECT_GT(selfByFunction(*outcome->profile)["busy"], 10u) << notes(*outcome->profile);
}

TEST_F(Run, AMissingSamplerIsAnError) {
  RunOptions lacking = options({program(kBusy)});
  lacking.sampler_library = "";
  const auto outcome = runProgram(lacking);
  ASSERT_FALSE(outcome.ok());
  EXPECT_NE(outcome.error().text().find("libpyrometer_sampler.so"), std::string::npos);
  EXPECT_NE(outcome.error().text().find("--outside"), std::string::npos);
}

}  // namespace
}  // namespace pyrometer
