// The bundle as a file: packing a recording's folder, the zip itself, the manifest.

#include "daemon/exporters/bundle/bundle.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

#include "daemon/exporters/bundle/bundle_exporter.h"
#include "daemon/exporters/bundle/stream_writer.h"
#include "daemon/importers/bundle/manifest.h"
#include "daemon/importers/pypylog/pypylog.h"
#include "daemon/importers/registry.h"
#include "daemon/jit/trace_forest.h"
#include "tests/golden/dump.h"
#include "tests/unit/exporters/small_profile.h"
#include "tests/unit/support/scratch_folder.h"

namespace pyrometer {
namespace {

using test::ScratchFolder;

/// A recording's folder, as it is when a run has ended.
void writeRecording(const ScratchFolder& folder) {
  ::mkdir((folder / "run").c_str(), 0700);
  ::mkdir((folder / "run/sources").c_str(), 0700);
  std::string samples;
  const auto put = [&](std::string_view bytes) -> Result<void> {
    samples += bytes;
    return {};
  };
  ASSERT_TRUE(bundle::writeStream(*test::smallProfile(), put).ok());
  folder.write("run/samples", samples);
  RunInfo info = test::smallProfile()->info();
  folder.write("run/manifest.json", bundle::manifestText(info));
  folder.write("run/sources.json", R"([{"path": "app.py", "file": "sources/12", "changed": false}])");
  folder.write("run/sources/12", std::string(100'000, 'x'));
  folder.write("run/sources/not a number", "left out");
  folder.write("run/sampler.log", "left out");
}

TEST(Pack, MakesTheFileThatIsReadLikeTheFolder) {
  const ScratchFolder folder;
  writeRecording(folder);
  const std::string target = folder / "run.pyrometer";
  const auto packed = bundle::pack(folder / "run", target);
  ASSERT_TRUE(packed.ok()) << packed.error().text();
  struct stat about = {};
  ASSERT_EQ(::stat(target.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777, 0600u);
  EXPECT_LT(about.st_size, 20'000) << "source texts are deflated";
  const auto from_zip = readProfile(target), from_folder = readProfile(folder / "run");
  ASSERT_TRUE(from_zip.ok()) << from_zip.error().text();
  ASSERT_TRUE(from_folder.ok());
  EXPECT_EQ(test::dump(**from_zip), test::dump(**from_folder));
  EXPECT_EQ((*from_zip)->sampleCount(), 6u) << "all but the one off the CPU, which stands for no CPU time";
  EXPECT_NE(test::contentOf(target).find("PYROSMP1"), std::string::npos) << "samples are stored as they are";
  EXPECT_TRUE(std::filesystem::exists(folder / "run/samples")) << "the folder stays";
}

/// A recording of two processes of PyPy, with their logs.
struct RecordingWithLogs {
  RecordingWithLogs() {
    writeRecording(folder);
    ::mkdir((folder / "run/logs").c_str(), 0700);
    jitlog = test::contentOf(test::goldenPath("jitlog/pypy7311-two-headers.jit"));
    folder.write("run/logs/0.jit", jitlog);
    folder.write("run/logs/7.jit", test::contentOf(test::goldenPath("jitlog/synth-v4.jit")));
    folder.write("run/logs/0.pypylog", test::contentOf(test::goldenPath("pypylog/pypy7311-colour.pypylog")));
    folder.write("run/logs/x.jit", "no log of ours");
  }
  ScratchFolder folder;
  std::string jitlog;
};

void expectLogs(const std::string& path) {
  SCOPED_TRACE(path);
  const auto opened = openFile(path);
  ASSERT_TRUE(opened.ok()) << opened.error().text();
  EXPECT_EQ(opened->kind, FileKind::kProfile);
  EXPECT_EQ(opened->members, (std::vector<std::string>{"logs/0.jit", "logs/0.pypylog"}));
  ASSERT_TRUE(opened->profile && opened->jit && opened->phases);
  EXPECT_EQ(opened->notes.size(), 1u) << "that there is another log";
  EXPECT_EQ(opened->jit->traces().size(), 2u);
  EXPECT_TRUE(opened->jit->info().damage.empty());
  for (std::uint32_t i = 0; i < opened->jit->allStages().size(); ++i)
    EXPECT_TRUE(opened->jit->read(jit::StageId{i}).ok()) << path;
  EXPECT_EQ(opened->phases->phases.size(), 47u);
  const auto texts = pypylog::PhaseTexts::open(*opened->phases);
  ASSERT_TRUE(texts.ok()) << texts.error().text();
  const auto text = texts->read(opened->phases->phases[0], 1 << 20);
  ASSERT_TRUE(text.ok());
  EXPECT_NE(text->find("L2cache"), std::string::npos) << *text;
}

TEST(Pack, TakesTheLogsOfPyPyAlong) {
  const RecordingWithLogs recording;
  const std::string run = recording.folder / "run", target = recording.folder / "run.pyrometer";
  ASSERT_TRUE(bundle::pack(run, target).ok());
  EXPECT_NE(test::contentOf(target).find(recording.jitlog), std::string::npos)
      << "stored, to be read in place";
  expectLogs(run);
  expectLogs(target);
  // As somebody else packs it.
  const std::string command =
      "cd " + run + " && /usr/bin/python3 -m zipfile -c ../other.pyrometer manifest.json samples logs";
  ASSERT_EQ(std::system(command.c_str()), 0);
  expectLogs(recording.folder / "other.pyrometer");
  const auto alone = openFile(target, {.join = false});
  ASSERT_TRUE(alone.ok());
  EXPECT_FALSE(alone->jit);
}

TEST(Pack, LogsAreThoseOfTheProcessThatIsAskedFor) {
  const RecordingWithLogs recording;
  const std::string target = recording.folder / "run.pyrometer";
  ASSERT_TRUE(bundle::pack(recording.folder / "run", target).ok());
  const auto profile = readProfile(target);
  ASSERT_TRUE(profile.ok());
  const std::int64_t pid = (*profile)->processes()[0].pid;
  const auto first = openFile(target, {.import = {.log_process = pid}});
  ASSERT_TRUE(first.ok() && first->jit);
  EXPECT_EQ(first->jit->traces().size(), 2u);
  const auto none = openFile(target, {.import = {.log_process = pid + 1}});
  ASSERT_TRUE(none.ok());
  EXPECT_FALSE(none->jit);
  ASSERT_EQ(none->notes.size(), 2u);
  EXPECT_NE(none->notes[0].find("no JIT log of process"), std::string::npos) << none->notes[0];
}

TEST(Pack, ACutRecordingHasItsLogUpToTheCut) {
  const RecordingWithLogs recording;
  ASSERT_TRUE(bundle::pack(recording.folder / "run", recording.folder / "run.pyrometer").ok());
  const std::string bytes = test::contentOf(recording.folder / "run.pyrometer");
  const std::size_t log = bytes.find(recording.jitlog);
  const auto cut =
      openFile(recording.folder.write("cut", bytes.substr(0, log + recording.jitlog.size() - 500)));
  ASSERT_TRUE(cut.ok() && cut->jit) << (cut.ok() ? cut->notes.at(0) : cut.error().text());
  EXPECT_EQ(cut->jit->traces().size(), 2u);
  EXPECT_FALSE(cut->jit->info().damage.empty());
  const auto before = openFile(recording.folder.write("before", bytes.substr(0, log - 10)));
  ASSERT_TRUE(before.ok());
  EXPECT_FALSE(before->jit);
}

TEST(Pack, OtherReadersOfZipFilesAgree) {
  const ScratchFolder folder;
  writeRecording(folder);
  const std::string target = folder / "run.pyrometer";
  ASSERT_TRUE(bundle::pack(folder / "run", target).ok());
  const std::string command =
      "/usr/bin/python3 -c \"import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); "
      "assert z.testzip() is None; "
      "assert z.namelist() == ['manifest.json', 'samples', 'sources.json', 'sources/12']; "
      "assert z.read('sources/12') == b'x' * 100000; "
      "assert z.getinfo('samples').compress_type == zipfile.ZIP_STORED\" " +
      target;
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST(Pack, ATargetThatCannotSeekGetsTheSameBytes) {
  const ScratchFolder folder;
  writeRecording(folder);
  const std::string target = folder / "run.pyrometer", pipe = folder / "pipe";
  ASSERT_TRUE(bundle::pack(folder / "run", target).ok());
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::string received;
  std::jthread reader([&] { received = test::contentOf(pipe); });
  const auto packed = bundle::pack(folder / "run", pipe);
  ASSERT_TRUE(packed.ok()) << packed.error().text();
  reader.join();
  EXPECT_EQ(received, test::contentOf(target));
}

/// A file system of one megabyte, where the user may mount one; else a limit on the size of files.
class FullDisk {
 public:
  explicit FullDisk(const std::string& folder) {
    ::mkdir(folder.c_str(), 0700);
    if (::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=1m") == 0) {
      mounted_ = folder;
      return;
    }
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = 1 << 20, .rlim_max = before_.rlim_max};
    ignored_ = ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    if (!mounted_.empty()) {
      ::umount(mounted_.c_str());
      return;
    }
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, ignored_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

  const char* words() const { return mounted_.empty() ? "ulimit" : "the disk is full"; }

 private:
  std::string mounted_;
  rlimit before_ = {};
  sighandler_t ignored_ = SIG_DFL;
};

TEST(Pack, ADiskThatIsFullIsAnErrorAndKeepsTheOlderFile) {
  const ScratchFolder folder;
  writeRecording(folder);
  folder.write("run/samples", std::string(3 << 20, 's'));
  const FullDisk disk(folder / "disk");
  const std::string target = folder.write("disk/run.pyrometer", "older");
  const auto packed = bundle::pack(folder / "run", target);
  ASSERT_FALSE(packed.ok());
  EXPECT_EQ(packed.error().where, target);
  EXPECT_NE(packed.error().message.find(disk.words()), std::string::npos) << packed.error().text();
  EXPECT_EQ(test::contentOf(target), "older");
  const std::filesystem::directory_iterator left(folder / "disk");
  EXPECT_EQ(std::distance(begin(left), end(left)), 1) << "no half file stays";
}

TEST(Pack, WhatGoesWrongLeavesNothingBehind) {
  const ScratchFolder folder;
  writeRecording(folder);
  const std::size_t before = folder.entries();
  const auto nowhere = bundle::pack(folder / "run", folder / "none/run.pyrometer");
  ASSERT_FALSE(nowhere.ok());
  EXPECT_NE(nowhere.error().message.find("does not exist"), std::string::npos);
  const auto full = bundle::pack(folder / "run", "/dev/full");
  ASSERT_FALSE(full.ok());
  EXPECT_NE(full.error().message.find("the disk is full"), std::string::npos);
  ::unlink((folder / "run/samples").c_str());
  const auto broken = bundle::pack(folder / "run", folder / "run.pyrometer");
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().where, folder / "run/samples");
  EXPECT_EQ(folder.entries(), before);
}

TEST(Save, WritesAProfileInMemoryLikeTheExporterDoes) {
  const ScratchFolder folder;
  const auto profile = test::smallProfile();
  const std::string target = folder / "run.pyrometer";
  const auto saved = bundle::save(*profile, target);
  ASSERT_TRUE(saved.ok()) << saved.error().text();
  EXPECT_EQ(test::contentOf(target), test::exported(bundleExporter(), *profile));
  EXPECT_EQ(folder.entries(), 1u) << "nothing else stays";
  const std::string pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::string received;
  std::jthread reader([&] { received = test::contentOf(pipe); });
  const auto piped = bundle::save(*profile, pipe);
  ASSERT_TRUE(piped.ok()) << piped.error().text();
  reader.join();
  EXPECT_EQ(received, test::contentOf(target));
}

TEST(Save, NeedsNoRoomElsewhereAndNoneIsLeftBehind) {
  const ScratchFolder folder;
  ::setenv("TMPDIR", (folder / "none").c_str(), 1);
  EXPECT_TRUE(bundle::save(*test::smallProfile(), folder / "run.pyrometer").ok());
  ::unsetenv("TMPDIR");
  ProfileBuilder builder;
  std::string noise(3 << 20, '\0');
  std::mt19937 random(1);
  for (char& c : noise) c = static_cast<char>('0' + random() % 64);
  builder.addSource(builder.internFile("a.py"), noise, false);
  const FullDisk disk(folder / "disk");
  const auto saved = bundle::save(*builder.snapshot(), folder / "disk/run.pyrometer");
  ASSERT_FALSE(saved.ok());
  EXPECT_NE(saved.error().message.find(disk.words()), std::string::npos) << saved.error().text();
  EXPECT_TRUE(std::filesystem::is_empty(folder / "disk"));
}

TEST(Manifest, ComesBackAsItWas) {
  RunInfo info = test::smallProfile(Mode::kWall)->info();
  info.outside = true;
  info.has_times = false;
  info.rate_asked_hz = 999.5;
  info.meta["key"] = "value";
  info.format = "vmprof 6";
  info.damage = {{17, "a cut"}};
  info.argv.emplace_back("not \xff UTF-8");
  const auto back = bundle::parseManifest(bundle::manifestText(info));
  ASSERT_TRUE(back.ok()) << back.error().text();
  info.argv.back() = "not \xef\xbf\xbd UTF-8";
  EXPECT_EQ(bundle::manifestText(*back), bundle::manifestText(info));
  EXPECT_EQ(back->argv, info.argv);
  EXPECT_EQ(back->mode, Mode::kWall);
  EXPECT_EQ(back->rate_asked_hz, 999.5);
  EXPECT_EQ(back->damage.size(), 1u);
  EXPECT_EQ(back->exit_status, 256);
  EXPECT_TRUE(back->finished);
}

TEST(Manifest, DamageOfOurOwnStreamIsLeftForItsReaderToFind) {
  RunInfo info;
  info.format = "pyrometer";
  info.damage = {{17, "a cut"}};
  EXPECT_TRUE(bundle::parseManifest(bundle::manifestText(info))->damage.empty());
}

}  // namespace
}  // namespace pyrometer
