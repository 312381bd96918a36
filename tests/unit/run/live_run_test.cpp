// Runs from their start to their end, and what they leave.

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "daemon/importers/registry.h"
#include "daemon/run/kept_runs.h"
#include "tests/unit/run/live_runs.h"

namespace pyrometer {
namespace {

TEST_F(LiveRuns, StopIsCtrlCAtFirst) {
  Observed observed;
  const auto run = start(program("try:\n"
                                 "    print('ready', flush=True)\n"
                                 "    while True: pass\n"
                                 "except KeyboardInterrupt:\n"
                                 "    print('tidied')\n"),
                         observed);
  ASSERT_TRUE(run);
  ASSERT_TRUE(observed.waitForChanges(1));
  ASSERT_TRUE(observed.waitFor("ready"));
  run->stop();
  run->stop();
  const LiveRun::Ended* end = observed.waitForEnd();
  ASSERT_NE(end, nullptr);
  EXPECT_NE(observed.output().find("tidied\r\n"), std::string::npos);
  EXPECT_EQ(end->outcome.wait_status, 0);
  EXPECT_TRUE(end->stopped);
  EXPECT_GT(end->outcome.profile->sampleCount(), 0u);
  run->stop();  // after the end: nothing
}

TEST_F(LiveRuns, StopEndsWhatIgnoresEverythingButKill) {
  Observed observed;
  // A child in a process group of its own ignores as much, and belongs to the session.
  const auto run = start(program("import os, signal, subprocess, sys\n"
                                 "for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):\n"
                                 "    signal.signal(number, signal.SIG_IGN)\n"
                                 "child = subprocess.Popen(['/bin/sleep', '1000'], process_group=0)\n"
                                 "print('child', child.pid, '.', flush=True)\n"
                                 "while True: pass\n"),
                         observed);
  ASSERT_TRUE(run);
  ASSERT_TRUE(observed.waitFor(" ."));
  run->stop();
  const LiveRun::Ended* end = observed.waitForEnd();
  ASSERT_NE(end, nullptr);
  ASSERT_TRUE(WIFSIGNALED(end->outcome.wait_status));
  EXPECT_EQ(WTERMSIG(end->outcome.wait_status), SIGKILL);
  EXPECT_TRUE(end->stopped);
  const std::string output = observed.output();
  const pid_t child = static_cast<pid_t>(std::stol(output.substr(output.find("child ") + 6)));
  // It is nobody's zombie here: whoever inherits it takes it away.
  while (std::ifstream("/proc/" + std::to_string(child) + "/cmdline").peek() != EOF) usleep(1000);
}

TEST_F(LiveRuns, TheDestructorEndsTheProgram) {
  Observed observed;
  auto run = start(program("import signal\n"
                           "for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):\n"
                           "    signal.signal(number, signal.SIG_IGN)\n"
                           "print('ready', flush=True)\n"
                           "while True: pass\n"),
                   observed);
  ASSERT_TRUE(run);
  ASSERT_TRUE(observed.waitFor("ready"));
  const pid_t pid = run->pid();
  run.reset();
  EXPECT_TRUE(observed.hasEnded());
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST_F(LiveRuns, TwoAtOnceHaveEachTheirOwnProfile) {
  Observed of_one, of_other;
  const auto one = start(program(busyFor(0, "one"), "one.py"), of_one);
  const auto other = start(program(busyFor(10, "other"), "other.py"), of_other);
  ASSERT_TRUE(one);
  ASSERT_TRUE(other);
  const LiveRun::Ended* one_end = of_one.waitForEnd();
  const LiveRun::Ended* other_end = of_other.waitForEnd();
  ASSERT_NE(one_end, nullptr);
  ASSERT_NE(other_end, nullptr);
  EXPECT_EQ(hottestLine(*one_end->outcome.profile), 4u);
  EXPECT_EQ(hottestLine(*other_end->outcome.profile), 14u);
  for (const std::string& name : fileNames(*one_end->outcome.profile))
    EXPECT_EQ(name.find("other.py"), std::string::npos) << name;
  for (const std::string& name : fileNames(*other_end->outcome.profile))
    EXPECT_EQ(name.find("one.py"), std::string::npos) << name;
  EXPECT_NE(one_end->outcome.recording, other_end->outcome.recording);
}

TEST_F(LiveRuns, TheProfileGrowsWhileTheProgramRuns) {
  Observed observed;
  const auto run = start(program("import select, sys\n"
                                 "def is_busy():\n"
                                 "    return not select.select([sys.stdin], [], [], 0)[0]\n"
                                 "while is_busy(): pass\n"),
                         observed);
  ASSERT_TRUE(run);
  EXPECT_NE(run->snapshot(), nullptr);
  ASSERT_TRUE(observed.waitForChanges(1));
  const auto first = run->snapshot();
  // Of the next change the first one may be on its way: a snapshot is there before it is told.
  ASSERT_TRUE(observed.waitForChanges(observed.changes() + 2));
  const auto later = run->snapshot();
  EXPECT_GT(first->sampleCount(), 0u);
  EXPECT_GT(later->sampleCount(), first->sampleCount());
  EXPECT_GT(later->info().duration_ns, first->info().duration_ns);
  EXPECT_FALSE(later->info().finished);
  EXPECT_FALSE(later->sources().empty());  // there is a text to draw the heat beside
  ASSERT_TRUE(run->input("\n").ok());
  const LiveRun::Ended* end = observed.waitForEnd();
  ASSERT_NE(end, nullptr);
  EXPECT_EQ(run->snapshot(), end->outcome.profile);
  EXPECT_GE(end->outcome.profile->sampleCount(), later->sampleCount());
  EXPECT_TRUE(end->outcome.profile->info().finished);
}

TEST_F(LiveRuns, WhatItLeavesIsWhatRunLeaves) {
  LiveRun::Options asked = program("import sys\n" + busyFor(0, "busy") + "sys.exit(7)\n");
  asked.run.command = {"program.py", "an argument"};  // found from the working folder
  Observed observed;
  const auto run = start(asked, observed);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->command(), asked.run.command);
  const LiveRun::Ended* end = observed.waitForEnd();
  ASSERT_NE(end, nullptr);
  const RunOutcome& outcome = end->outcome;
  ASSERT_TRUE(WIFEXITED(outcome.wait_status));
  EXPECT_EQ(WEXITSTATUS(outcome.wait_status), 7);
  const Profile& profile = *outcome.profile;
  EXPECT_EQ(profile.info().argv, asked.run.command);
  EXPECT_EQ(profile.info().working_directory, folder_.path());
  EXPECT_EQ(profile.info().meta.at("pyrometer.my_code"), folder_.path());
  EXPECT_EQ(profile.info().exit_status, outcome.wait_status);
  EXPECT_TRUE(outcome.sampled);
  EXPECT_TRUE(outcome.recording_complete);
  const auto file = profile.findFile(folder_.path() + "/program.py");
  ASSERT_TRUE(file);
  EXPECT_EQ(profile.file(*file).owner, Owner::kUser);
  ASSERT_NE(profile.findSource(*file), nullptr);
  EXPECT_FALSE(profile.findSource(*file)->changed_during_run);
  const auto read = readProfile(outcome.recording);
  ASSERT_TRUE(read.ok()) << read.error().text();
  EXPECT_EQ((*read)->sampleCount(), profile.sampleCount());
  EXPECT_EQ((*read)->totalWeight(), profile.totalWeight());
  EXPECT_EQ((*read)->sources().size(), profile.sources().size());
}

TEST_F(LiveRuns, TheSignalThatEndedItIsTold) {
  int status = 0;
  outputOf(program("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n"), &status);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGSEGV);
}

TEST_F(LiveRuns, SaysWhatCannotBeStarted) {
  const auto error = [&](LiveRun::Options options) {
    const auto run = LiveRun::start(std::move(options), {});
    EXPECT_FALSE(run.ok());
    return run.ok() ? "" : run.error().text();
  };
  EXPECT_NE(error(options({"missing.py"})).find("missing.py: no such program"), std::string::npos);
  EXPECT_NE(error(options({})).find("no program given"), std::string::npos);
  folder_.file("data.bin", std::string("\0\1\2\3", 4));
  EXPECT_NE(error(options({"data.bin"})).find("is not Python"), std::string::npos);
  LiveRun::Options other = program("pass\n");
  other.run.python = "/bin/ls";
  EXPECT_NE(error(other).find("is not a Python interpreter"), std::string::npos);
  other.run.python = "/nowhere/python3";
  other.run.python_option = "the setting";
  EXPECT_NE(error(other).find("(given by the setting)"), std::string::npos) << error(other);
  LiveRun::Options nowhere = program("pass\n");
  nowhere.working_directory = folder_.path() + "/nowhere";
  EXPECT_NE(error(nowhere).find("/nowhere: no such file or folder"), std::string::npos) << error(nowhere);
  nowhere.working_directory = "relative";
  EXPECT_NE(error(nowhere).find("absolute"), std::string::npos);
  LiveRun::Options flat = program("pass\n");
  flat.rows = 0;
  EXPECT_NE(error(flat).find("80 x 0"), std::string::npos);
  LiveRun::Options odd = program("pass\n");
  odd.environment = {{"A=B", "c"}};
  EXPECT_NE(error(odd).find("A=B"), std::string::npos);
  LiveRun::Options lacking = program("pass\n");
  lacking.run.sampler_library = "";
  lacking.run.outside_option = "the other way";
  EXPECT_NE(error(lacking).find("libpyrometer_sampler.so"), std::string::npos);
  EXPECT_NE(error(lacking).find("use the other way"), std::string::npos) << error(lacking);
  // Nothing is left of them but the files made here.
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
    EXPECT_TRUE(entry.is_regular_file()) << entry.path();
}

TEST_F(LiveRuns, PathsCountFromTheWorkingFolder) {
  folder_.file("below/program.py", "import sys\nprint(sys.argv[0], sys.executable)\n");
  folder_.link("below/bin/python3", kPython);
  LiveRun::Options script = options({"program.py"});
  script.working_directory = folder_.path() + "/below";
  script.run.python = "./bin/python3";
  EXPECT_EQ(outputOf(script), "program.py " + script.working_directory + "/bin/python3\r\n");
  folder_.file("below/own", "#!" + std::string(kPython) + "\nimport sys\nprint(sys.argv)\n", 0755);
  LiveRun::Options own = options({"./own", "1"});
  own.working_directory = folder_.path() + "/below";
  own.run.python = "";
  EXPECT_EQ(outputOf(own), "['./own', '1']\r\n");
  LiveRun::Options found = options({"own"});
  found.working_directory = folder_.path();
  found.run.python = "";
  found.environment = {{"PATH", "below"}};
  EXPECT_EQ(outputOf(found), "['below/own']\r\n");
}

TEST_F(LiveRuns, WhatIsNotPythonRunsUnsampled) {
  LiveRun::Options shell = options({"/bin/echo", "words"});
  shell.run.python = "";
  Observed observed;
  const auto run = start(shell, observed);
  ASSERT_TRUE(run);
  const LiveRun::Ended* end = observed.waitForEnd();
  ASSERT_NE(end, nullptr);
  EXPECT_EQ(observed.output(), "words\r\n");
  EXPECT_FALSE(end->outcome.sampled);
}

TEST_F(LiveRuns, LeaveNoDescriptorsAndNoChildren) {
  const auto open_descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const auto before = open_descriptors();
  outputOf(program("print(1)\n"));
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST_F(LiveRuns, ADaemonThatDiesHangsUpAndItsRecordingIsFound) {
  auto kept = KeptRuns::openAt(folder_.path() + "/state", KeptRuns::kDefaultLimit);
  ASSERT_TRUE(kept.ok()) << kept.error().text();
  LiveRun::Options asked = program(
      "import os, signal\n"
      "def hung_up(*_):\n"
      "    with open('new', 'w') as file: file.write('up')\n"
      "    os.rename('new', 'hung')\n"
      "    os._exit(0)\n"
      "signal.signal(signal.SIGHUP, hung_up)\n"
      "while True: pass\n");
  asked.run.folder = kept->recordings();
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  // Another process plays the daemon, and is killed.
  const pid_t daemon = fork();
  ASSERT_GE(daemon, 0);
  if (daemon == 0) {
    Observed observed;
    const auto run = LiveRun::start(asked, observed.events());
    const bool sampled = run.ok() && observed.waitForChanges(2);
    const std::string told = sampled ? run.value()->recording() : "";
    [[maybe_unused]] const ssize_t n = write(ends[1], told.data(), told.size());
    for (;;) pause();
  }
  char recording[1024] = {};
  close(ends[1]);
  ASSERT_GT(read(ends[0], recording, sizeof recording - 1), 0);
  kill(daemon, SIGKILL);
  waitpid(daemon, nullptr, 0);
  close(ends[0]);
  while (readFile(folder_.path() + "/hung") != "up") usleep(1000);
  EXPECT_TRUE(std::filesystem::is_directory(recording)) << recording;
  const std::vector<std::string> recovered = kept->recoverLeft();
  ASSERT_EQ(recovered.size(), 1u);
  const auto profile = readProfile(recovered.front());
  ASSERT_TRUE(profile.ok()) << profile.error().text();
  EXPECT_GT((*profile)->sampleCount(), 0u);
  EXPECT_FALSE((*profile)->info().finished);
  EXPECT_FALSE(std::filesystem::exists(recording));
}

}  // namespace
}  // namespace pyrometer
