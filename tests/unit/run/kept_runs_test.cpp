#include "daemon/run/kept_runs.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "daemon/exporters/bundle/bundle.h"
#include "daemon/importers/registry.h"
#include "daemon/run/block_buffer.h"
#include "daemon/run/recording_folder.h"
#include "tests/unit/run/temporary_folder.h"

namespace pyrometer {
namespace {

class KeptRunsTest : public testing::Test {
 protected:
  KeptRuns open(std::uint64_t limit = KeptRuns::kDefaultLimit) {
    return KeptRuns::openAt(folder_.path() + "/state", limit).value();
  }
  /// A recording as a daemon leaves it; with one sample or none. Locked as long as the folder object lives.
  RecordingFolder record(const KeptRuns& kept, const std::string& name, bool with_sample = true) {
    RecordingFolder folder = std::move(RecordingFolder::make(kept.recordings(), name)).value();
    RunInfo info;
    info.format = "pyrometer";
    info.command = name;
    EXPECT_TRUE(folder.writeManifest(bundle::manifestText(info)).ok());
    BlockBuffer blocks;
    blocks.process({.number = 0, .pid = 1, .py_version = 0x030b02f0, .time = 1000});
    if (with_sample) {
      blocks.thread(0, 0, 1, 1000, "");
      // kSample: wall 2000, CPU 2000, no flags, nothing kept, no frames.
      blocks.inside(0, std::string("\x01\xd0\x0f\xd0\x0f\x20\x00\x00", 8));
    }
    blocks.batchEnd(100'000);
    EXPECT_TRUE(folder.append(std::string(stream::kStreamMagic, 8)).ok());
    EXPECT_TRUE(folder.append(blocks.take()).ok());
    EXPECT_TRUE(folder.addSource("/prog.py", "text\n", false).ok());
    EXPECT_TRUE(folder.writeSourcesIndex().ok());
    return folder;
  }
  static std::vector<std::string> filesIn(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      names.push_back(entry.path().filename());
    return names;
  }

  TemporaryFolder folder_;
};

TEST_F(KeptRunsTest, TheFoldersAreForTheUserAlone) {
  const KeptRuns kept = open();
  for (const std::string& path : {folder_.path() + "/state", kept.recordings(), kept.runs()}) {
    struct stat status {};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700u) << path;
  }
}

TEST_F(KeptRunsTest, OpensWhereTheEnvironmentSays) {
  setenv("XDG_STATE_HOME", (folder_.path() + "/xdg/deep").c_str(), 1);
  const auto kept = KeptRuns::open();
  setenv(KeptRuns::kLimitVariable, "much", 1);
  const auto refused = KeptRuns::open();
  unsetenv(KeptRuns::kLimitVariable);
  unsetenv("XDG_STATE_HOME");
  ASSERT_TRUE(kept.ok()) << kept.error().text();
  EXPECT_EQ(kept->runs(), folder_.path() + "/xdg/deep/pyrometer/runs");
  EXPECT_FALSE(refused.ok());
}

TEST_F(KeptRunsTest, KeepsARecordingAsABundle) {
  KeptRuns kept = open();
  const RecordingFolder recording = record(kept, "program");
  const auto path = kept.keep(recording.path());
  ASSERT_TRUE(path.ok()) << path.error().text();
  EXPECT_TRUE(path->starts_with(kept.runs() + "/program-20")) << *path;
  EXPECT_TRUE(path->ends_with(".pyrometer"));
  EXPECT_FALSE(std::filesystem::exists(recording.path()));
  const auto profile = readProfile(*path);
  ASSERT_TRUE(profile.ok()) << profile.error().text();
  EXPECT_EQ((*profile)->sampleCount(), 1u);
}

TEST_F(KeptRunsTest, NamesDoNotCollide) {
  KeptRuns kept = open();
  std::vector<std::string> paths;
  for (int i = 0; i < 3; ++i) paths.push_back(kept.keep(record(kept, "same").path()).value());
  EXPECT_EQ(filesIn(kept.runs()).size(), 3u);
}

TEST_F(KeptRunsTest, KnowsTheBundleOfEachRecording) {
  KeptRuns kept = open();
  // Two of one program that began in the same second.
  std::vector<std::string> recordings;
  for (const char* end : {"AAAAAA", "BBBBBB"}) {
    const std::string path = kept.recordings() + "/prog-2026-01-02T03-04-05-" + end;
    { record(kept, "prog"); }
    std::filesystem::rename(std::filesystem::directory_iterator(kept.recordings())->path(), path);
    recordings.push_back(path);
    EXPECT_EQ(kept.bundleOf(path).ends_with(std::string(end) + ".pyrometer"), false);
    ASSERT_TRUE(kept.keep(path).ok());
  }
  EXPECT_EQ(kept.bundleOf(recordings[0]), kept.runs() + "/prog-2026-01-02T03-04-05.pyrometer");
  EXPECT_EQ(kept.bundleOf(recordings[1]), kept.runs() + "/prog-2026-01-02T03-04-05-BBBBBB.pyrometer");
  EXPECT_EQ(kept.bundleOf(kept.recordings() + "/other-2026-01-02T03-04-05-AAAAAA"), "");
}

TEST_F(KeptRunsTest, ARecoveryThatIsStoppedLeavesTheRest) {
  KeptRuns kept = open();
  { record(kept, "a"); }
  { record(kept, "b"); }
  std::stop_source stop;
  std::vector<std::string> begun;
  EXPECT_TRUE(kept.recoverLeft(stop.get_token(),
                               [&](const std::string& name) {
                                 begun.push_back(name);
                                 stop.request_stop();
                               })
                  .empty());
  EXPECT_EQ(begun.size(), 1U);
  EXPECT_EQ(filesIn(kept.recordings()).size(), 2U) << "nothing is lost";
  EXPECT_TRUE(filesIn(kept.runs()).empty());
  EXPECT_EQ(kept.recoverLeft().size(), 2U) << "and the next one finishes them";
}

TEST_F(KeptRunsTest, RecoversWhatADeadDaemonLeft) {
  KeptRuns kept = open();
  std::string left, empty;
  {
    left = record(kept, "left").path();
    empty = record(kept, "empty", false).path();
  }
  const RecordingFolder alive = record(kept, "alive");
  const auto recovered = kept.recoverLeft();
  ASSERT_EQ(recovered.size(), 1u);
  EXPECT_TRUE(recovered[0].starts_with(kept.runs() + "/left-"));
  EXPECT_FALSE(std::filesystem::exists(left));
  EXPECT_FALSE(std::filesystem::exists(empty));
  EXPECT_TRUE(std::filesystem::exists(alive.path()));
  EXPECT_TRUE(kept.recoverLeft().empty());
  EXPECT_FALSE((*readProfile(recovered[0]))->info().finished);
}

TEST_F(KeptRunsTest, RecoversAStreamThatIsCut) {
  KeptRuns kept = open();
  const std::string left = record(kept, "cut").path();
  const std::string samples = left + "/" + bundle::kSamples;
  std::filesystem::resize_file(samples, std::filesystem::file_size(samples) - 2);
  const auto recovered = kept.recoverLeft();
  ASSERT_EQ(recovered.size(), 1u);
  EXPECT_EQ((*readProfile(recovered[0]))->sampleCount(), 1u);
}

TEST_F(KeptRunsTest, TheOldestGoWhenTheLimitIsReached) {
  KeptRuns kept = open();
  const std::string first = kept.keep(record(kept, "first").path()).value();
  const std::string second = kept.keep(record(kept, "second").path()).value();
  const auto an_hour_ago = std::filesystem::last_write_time(first) - std::chrono::hours(1);
  std::filesystem::last_write_time(first, an_hour_ago);
  const std::string other = folder_.file("state/runs/notes.txt", std::string(100'000, 'x'));
  KeptRuns small = open(std::filesystem::file_size(first) * 5 / 2);
  const std::string third = small.keep(record(small, "third").path()).value();
  EXPECT_FALSE(std::filesystem::exists(first));
  EXPECT_TRUE(std::filesystem::exists(second));
  EXPECT_TRUE(std::filesystem::exists(third));
  EXPECT_TRUE(std::filesystem::exists(other)) << "not a run of ours";
  // One that is larger than the limit is kept all the same: it is what the user just made.
  KeptRuns tiny = open(1);
  const std::string last = tiny.keep(record(tiny, "last").path()).value();
  EXPECT_EQ(filesIn(tiny.runs()).size(), 2u);
  EXPECT_TRUE(std::filesystem::exists(last));
}

TEST_F(KeptRunsTest, AFolderThatCannotBeMadeIsAnError) {
  const std::string file = folder_.file("file", "");
  const auto kept = KeptRuns::openAt(file + "/state", 1);
  ASSERT_FALSE(kept.ok());
  EXPECT_NE(kept.error().text().find(file), std::string::npos);
}

}  // namespace
}  // namespace pyrometer
