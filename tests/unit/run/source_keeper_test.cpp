#include "daemon/run/source_keeper.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <map>

#include "daemon/exporters/bundle/zip_archive.h"
#include "daemon/run/recording_folder.h"
#include "daemon/support/output_file.h"
#include "tests/unit/run/temporary_folder.h"

namespace pyrometer {
namespace {

class Sources : public testing::Test {
 protected:
  static constexpr std::int64_t kLater = INT64_MAX;
  const Source* sourceOf(const std::string& path) {
    profile_ = builder_.snapshot();
    const auto file = profile_->findFile(path);
    return file ? profile_->findSource(*file) : nullptr;
  }
  std::string textOf(const std::string& path) {
    const Source* source = sourceOf(path);
    return source == nullptr ? "(none)" : std::string(profile_->string(source->text));
  }

  TemporaryFolder folder_;
  ProfileBuilder builder_;
  std::shared_ptr<const Profile> profile_;
};

TEST_F(Sources, ReadsFilesAsTheyAppear) {
  SourceKeeper keeper(folder_.path(), kLater);
  const std::string one = folder_.file("one.py", "one\n");
  folder_.file("relative.py", "two\n");
  builder_.internFile(one);
  ASSERT_TRUE(keeper.follow(builder_, nullptr, true).ok());
  EXPECT_EQ(textOf(one), "one\n");
  builder_.internFile("relative.py");
  builder_.internFile("<string>");
  builder_.internFile("/nowhere/three.py");
  ASSERT_TRUE(keeper.follow(builder_, nullptr, true).ok());
  EXPECT_EQ(textOf("relative.py"), "two\n");
  EXPECT_EQ(profile_->sources().size(), 2u);
}

TEST_F(Sources, WhatWasReadAheadIsWhatRan) {
  SourceKeeper keeper(folder_.path(), 0);
  const std::string script = folder_.file("script.py", "before\n");
  keeper.readAhead(script);
  folder_.file("script.py", "after\n");
  builder_.internFile(script);
  ASSERT_TRUE(keeper.follow(builder_, nullptr, true).ok());
  EXPECT_EQ(textOf(script), "before\n");
  EXPECT_FALSE(sourceOf(script)->changed_during_run);
}

TEST_F(Sources, AFileWrittenDuringTheRunIsMarked) {
  SourceKeeper keeper(folder_.path(), 1);
  const std::string module = folder_.file("module.py", "text\n");
  builder_.internFile(module);
  ASSERT_TRUE(keeper.follow(builder_, nullptr, true).ok());
  EXPECT_TRUE(sourceOf(module)->changed_during_run);
}

TEST_F(Sources, WhatIsNoSourceIsLeftOut) {
  SourceKeeper keeper(folder_.path(), kLater);
  const std::string binary = folder_.file("binary.py", std::string("a\0b", 3));
  const std::string large = folder_.file("large.py", std::string(SourceReader::kLargestFile + 1, 'x'));
  const std::string pipe = folder_.path() + "/pipe.py";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string& path : {binary, large, pipe, folder_.path(), std::string("/dev/zero")}) {
    builder_.internFile(path);
  }
  ASSERT_TRUE(keeper.follow(builder_, nullptr, true).ok());
  EXPECT_EQ(builder_.snapshot()->sources().size(), 0u);
}

/// A zip file with these entries, written as an interpreter would find it.
std::string zipFile(const std::string& path, const std::map<std::string, std::string>& entries) {
  auto out = OutputFile::create(path);
  bundle::ZipArchive zip(*out);
  for (const auto& [name, text] : entries) EXPECT_TRUE(zip.addText(name, text).ok());
  EXPECT_TRUE(zip.finish().ok());
  EXPECT_TRUE(out->commit().ok());
  return path;
}

TEST_F(Sources, AreReadFromZipFiles) {
  SourceKeeper keeper(folder_.path(), 1);
  const std::string app =
      zipFile(folder_.path() + "/app.pyz", {{"__main__.py", "main\n"},
                                            {"package/module.py", "module\n"},
                                            {"binary.py", std::string("a\0b", 3)},
                                            {"large.py", std::string(SourceReader::kLargestFile + 1, '#')}});
  const std::string other = zipFile(folder_.path() + "/other.zip", {{"one.py", "one\n"}});
  const std::string damaged = folder_.file("damaged.zip", "PK\3\4 and no more");
  const std::string text = folder_.file("text.py", "text\n");
  for (const std::string& path : {app + "/__main__.py", other + "/one.py", app + "/package/module.py",
                                  app + "/binary.py", app + "/large.py", app + "/missing.py", app + "/",
                                  damaged + "/one.py", text + "/one.py", app + "/../app.pyz/__main__.py"}) {
    builder_.internFile(path);
  }
  ASSERT_TRUE(keeper.follow(builder_, nullptr, true).ok());
  EXPECT_EQ(textOf(app + "/__main__.py"), "main\n");
  EXPECT_EQ(textOf(app + "/package/module.py"), "module\n");
  EXPECT_EQ(textOf(other + "/one.py"), "one\n");
  EXPECT_TRUE(sourceOf(other + "/one.py")->changed_during_run) << "the zip file was written after the start";
  EXPECT_EQ(builder_.snapshot()->sources().size(), 3u);
}

TEST_F(Sources, AreKeptOnDisk) {
  RecordingFolder recording = std::move(RecordingFolder::make(folder_.path(), "name")).value();
  SourceKeeper keeper(folder_.path(), kLater);
  builder_.internFile(folder_.file("quote\".py", "one\n"));
  ASSERT_TRUE(keeper.follow(builder_, &recording, true).ok());
  EXPECT_EQ(readFile(recording.path() + "/sources/0"), "one\n");
  EXPECT_EQ(readFile(recording.path() + "/sources.json"),
            "[{\"changed\":false,\"file\":\"sources/0\",\"path\":\"" + folder_.path() + "/quote\\\".py\"}]");
  EXPECT_EQ(std::filesystem::status(recording.path() + "/sources/0").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace
}  // namespace pyrometer
