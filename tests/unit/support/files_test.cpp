#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "daemon/support/input_file.h"
#include "daemon/support/output_file.h"
#include "tests/unit/support/scratch_folder.h"

namespace pyrometer {
namespace {

using test::contentOf;
using test::ScratchFolder;

TEST(InputFile, ReadsWindowsUpToTheEnd) {
  const ScratchFolder folder;
  const auto file = InputFile::open(folder.write("f", "0123456789"));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->size(), 10u);
  std::vector<std::byte> window(4);
  EXPECT_EQ(*file->readAt(8, window), 2u);
  EXPECT_EQ(window[0], std::byte{'8'});
  EXPECT_EQ(*file->readAt(10, window), 0u);
  EXPECT_EQ(*file->readAll(10), "0123456789");
  EXPECT_FALSE(file->readAll(9).ok());
}

TEST(InputFile, AFileThatShrinksIsAnError) {
  const ScratchFolder folder;
  const std::string path = folder.write("f", "0123456789");
  const auto file = InputFile::open(path);
  ASSERT_TRUE(file.ok());
  ASSERT_EQ(::truncate(path.c_str(), 5), 0);
  std::vector<std::byte> window(10);
  const auto got = file->readAt(0, window);
  ASSERT_FALSE(got.ok());
  EXPECT_EQ(got.error().where, path + ", byte 5");
  EXPECT_NE(got.error().message.find("became shorter"), std::string::npos);
}

TEST(InputFile, SaysWhyAFileCannotBeOpened) {
  const ScratchFolder folder;
  EXPECT_EQ(InputFile::open(folder / "none").error().text(),
            (folder / "none") + ": cannot be opened: no such file or folder");
  EXPECT_NE(InputFile::open(folder.path()).error().message.find("is a folder"), std::string::npos);
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_NE(InputFile::open(folder / "pipe").error().message.find("no regular file"), std::string::npos);
  folder.write("f", "x");
  ASSERT_EQ(::symlink("f", (folder / "link").c_str()), 0);
  EXPECT_TRUE(InputFile::open(folder / "link").ok());
  EXPECT_FALSE(InputFile::open(folder / "link", InputFile::Links::kRefuse).ok());
}

TEST(OutputFile, IsThereWholeOrNotAtAll) {
  const ScratchFolder folder;
  const std::string path = folder.write("out", "old");
  {
    auto file = OutputFile::create(path);
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE(file->write("half of the new").ok());
    EXPECT_EQ(contentOf(path), "old");
  }
  EXPECT_EQ(contentOf(path), "old");
  EXPECT_EQ(folder.entries(), 1u) << "nothing stays without a commit";
  auto file = OutputFile::create(path);
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(file->write("new").ok());
  ASSERT_TRUE(file->commit().ok());
  EXPECT_EQ(contentOf(path), "new");
  EXPECT_EQ(folder.entries(), 1u);
  struct stat about = {};
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777, 0600u);
}

TEST(OutputFile, ALinkIsFollowed) {
  const ScratchFolder folder;
  folder.write("real", "old");
  ASSERT_EQ(::symlink("real", (folder / "link").c_str()), 0);
  auto file = OutputFile::create(folder / "link");
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(file->write("new").ok());
  ASSERT_TRUE(file->commit().ok());
  EXPECT_EQ(contentOf(folder / "real"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
}

TEST(OutputFile, TwoWithOneTargetDoNotMix) {
  const ScratchFolder folder;
  auto first = OutputFile::create(folder / "out");
  auto second = OutputFile::create(folder / "out");
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(second.ok());
  ASSERT_TRUE(first->write("first").ok());
  ASSERT_TRUE(second->write("the second").ok());
  ASSERT_TRUE(second->commit().ok());
  ASSERT_TRUE(first->commit().ok());
  EXPECT_EQ(contentOf(folder / "out"), "first");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(OutputFile, SaysWhyAFileCannotBeWritten) {
  const ScratchFolder folder;
  EXPECT_EQ(OutputFile::create(folder / "none/out").error().message,
            "cannot be written: the folder " + (folder / "none") + " does not exist; create it first");
  EXPECT_NE(OutputFile::create(folder.path()).error().message.find("is a folder"), std::string::npos);
  EXPECT_NE(OutputFile::create((folder / "new") + "/").error().message.find("is a folder"),
            std::string::npos);
  folder.write("file", "x");
  EXPECT_NE(OutputFile::create(folder / "file/out").error().message.find("is a file, not a folder"),
            std::string::npos);
  if (::geteuid() != 0) {  // root may write everywhere
    ASSERT_EQ(::chmod(folder.path().c_str(), 0500), 0);
    EXPECT_NE(OutputFile::create(folder / "out").error().message.find("no permission"), std::string::npos);
    ASSERT_EQ(::chmod(folder.path().c_str(), 0700), 0);
  }
}

TEST(OutputFile, AFileWithoutANameIsReadBackAndGone) {
  const ScratchFolder folder;
  const char* told = std::getenv("TMPDIR");
  const std::string before = told ? told : "";
  ::setenv("TMPDIR", folder.path().c_str(), 1);
  auto file = OutputFile::anonymous();
  ::setenv("TMPDIR", (folder / "none").c_str(), 1);
  EXPECT_NE(OutputFile::anonymous().error().text().find((folder / "none") + " does not exist"),
            std::string::npos);
  told ? ::setenv("TMPDIR", before.c_str(), 1) : ::unsetenv("TMPDIR");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(folder.entries(), 0u);
  const std::string bytes(3 << 20, 'x');
  ASSERT_TRUE(file->write(bytes).ok());
  std::string back;
  const auto keep = [&](std::string_view piece) -> Result<void> {
    back += piece;
    return {};
  };
  ASSERT_TRUE(file->readBack(keep).ok());
  EXPECT_EQ(back, bytes);
}

TEST(OutputFile, ADiskThatIsFullIsAnErrorWithHowMuchWasWritten) {
  auto file = OutputFile::create("/dev/full");
  ASSERT_TRUE(file.ok());
  const auto written = file->write("something");
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().text(), "/dev/full: cannot be written: the disk is full (after 0 bytes)");
}

}  // namespace
}  // namespace pyrometer
