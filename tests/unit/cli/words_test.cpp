#include <gtest/gtest.h>
#include <signal.h>

#include "daemon/cli/command_line.h"
#include "daemon/cli/ending.h"
#include "daemon/cli/files.h"
#include "daemon/cli/view.h"
#include "tests/unit/cli/example_profile.h"

namespace pyrometer {
namespace {

std::shared_ptr<const Profile> shortProfile(std::uint64_t samples, std::int64_t duration, std::int64_t cpu) {
  ProfileBuilder builder;
  builder.info().duration_ns = duration;
  builder.info().cpu_ns = cpu;
  if (samples != 0) Sampler(builder).take(samples, {{"/a.py", "f", 1, 1}});
  return builder.snapshot();
}

bool has(const std::string& text, const char* words) { return text.find(words) != std::string::npos; }

TEST(Words, TooFewSamplesSaysWhatToDo) {
  const std::string none = tooFewText(*shortProfile(0, 12'000'000, 9'000'000));
  EXPECT_TRUE(has(none, "No samples were taken in 12 ms")) << none;
  EXPECT_TRUE(has(none, "--rate")) << none;
  EXPECT_TRUE(has(tooFewText(*shortProfile(1, 0, 0)), "Only 1 sample was taken:"));
  EXPECT_TRUE(
      has(tooFewText(*shortProfile(28, 50'000'000, 15'000'000)), "Only 28 samples were taken in 50 ms"));
  EXPECT_EQ(tooFewText(*shortProfile(100, 1'000'000'000, 1'000'000'000)), "");
}

TEST(Words, AProgramThatSleepsIsToldOfWallTime) {
  const std::string slept = tooFewText(*shortProfile(3, 5'000'000'000, 3'000'000));
  EXPECT_TRUE(has(slept, "--mode wall")) << slept;
}

TEST(Words, SummaryCountsDrops) {
  ProfileBuilder builder;
  builder.info().drops[static_cast<int>(DropReason::kRingFull)] = 1200;
  builder.info().drops[static_cast<int>(DropReason::kTornStack)] = 3;
  Sampler(builder).take(1000, {{"/a.py", "f", 1, 1}});
  EXPECT_EQ(summaryText(*builder.snapshot()), "1 000 samples at 1000 Hz, 1 203 dropped (most: ring full)");
}

TEST(Words, NotesNameDamage) {
  ProfileBuilder builder;
  builder.info().notes = {"The disk was full."};
  builder.info().damage = {{.offset = 77, .what = "a cut record"}, {.offset = 99, .what = "more"}};
  const std::string notes = notesText(*builder.snapshot(), {.width = 200});
  EXPECT_EQ(notes,
            "note: The disk was full.\n"
            "note: 2 parts of the file could not be read, the first at byte 77: a cut record\n");
}

TEST(Words, HowAProgramEnded) {
  EXPECT_EQ(endText(3 << 8), "exit status 3");
  EXPECT_EQ(endText(SIGKILL), "ended by signal 9 (Killed)");
}

TEST(Ending, ExitStatusIsTheProgramsOwn) { EXPECT_EQ(endLike(7 << 8), 7); }

TEST(EndingDeathTest, DiesOfTheSameSignalEvenIfItIsBlocked) {
  EXPECT_EXIT(
      {
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, nullptr);
        signal(SIGTERM, SIG_IGN);
        endLike(SIGTERM);
      },
      testing::KilledBySignal(SIGTERM), "");
  EXPECT_EXIT(endLike(SIGSEGV), testing::KilledBySignal(SIGSEGV), "");
}

TEST(Ending, WhyAProgramDidNotStart) {
  EXPECT_EQ(startFailureStatus({"/no/such/thing"}), kNotFound);
  EXPECT_EQ(startFailureStatus({"no-such-command-anywhere"}), kNotFound);
  EXPECT_EQ(startFailureStatus({"/tmp"}), kNotExecutable);
  EXPECT_EQ(startFailureStatus({"/etc/passwd"}), kNotExecutable);
  EXPECT_EQ(startFailureStatus({"sh"}), kRunFailed) << "it is there: something else is wrong";
  EXPECT_EQ(startFailureStatus({"-m", "nothing"}), kRunFailed);
}

TEST(Output, IsCheckedBeforeAnythingRuns) {
  EXPECT_TRUE(has(checkOutput("/no/such/folder/x").error().text(), "/no/such/folder does not exist"));
  EXPECT_TRUE(has(checkOutput("/tmp").error().text(), "is a folder"));
  EXPECT_TRUE(has(checkOutput("/dev/null").error().text(), "not a regular file"));
  EXPECT_FALSE(checkOutput("").ok());
  EXPECT_FALSE(checkOutput("/etc/passwd/x").ok());
  EXPECT_TRUE(checkOutput(testing::TempDir() + "a-new-file").ok());
}

}  // namespace
}  // namespace pyrometer
