#include "daemon/server/server.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "daemon/exporters/bundle/bundle.h"
#include "tests/unit/server/held_program.h"
#include "tests/unit/support/scratch_folder.h"

namespace pyrometer {
namespace {

class ServerTest : public testing::Test {
 protected:
  ServerTest() : server_(strand_.events()) {}
  TestStrand strand_;
  Server server_;
};

TEST_F(ServerTest, TheNewestFirstAndShown) {
  const HeldId first = server_.hold(HeldProgram().opened());
  const HeldId second = server_.hold(HeldProgram().opened());
  ASSERT_EQ(server_.list().size(), 2U);
  EXPECT_EQ(server_.list()[0].id, second);
  EXPECT_TRUE(server_.list()[0].selected);
  EXPECT_EQ(server_.selected(), second);
  ASSERT_TRUE(server_.select(first).ok());
  EXPECT_TRUE(server_.list()[1].selected);
  EXPECT_EQ(server_.view()->id(), first);
  ASSERT_TRUE(server_.close(first).ok());
  EXPECT_EQ(server_.selected(), std::nullopt);
  EXPECT_FALSE(server_.close(first).ok());
  EXPECT_FALSE(server_.select(first).ok());
  EXPECT_GT(server_.hold(HeldProgram().opened()), second) << "an id is never used twice";
}

TEST_F(ServerTest, SaysWhatIsKnownOfAProfile) {
  HeldProgram program;
  program.builder.info().command = "python3 app.py";
  program.builder.info().notes = {"one child was not sampled"};
  program.builder.info().damage = {{12, "cut"}};
  program.builder.info().drops[0] = 3;
  const HeldProfile held = *server_.find(server_.hold(program.opened()));
  EXPECT_EQ(held.title, "app.pyrometer");
  EXPECT_EQ(held.state, HeldState::kFile);
  EXPECT_EQ(held.command, "python3 app.py");
  EXPECT_DOUBLE_EQ(held.rate_hz, 1000);
  EXPECT_EQ(held.dropped, 3U);
  EXPECT_FALSE(held.exit_status);
  ASSERT_EQ(held.notes.size(), 2U);
  EXPECT_EQ(held.notes[1], "part of the file could not be read: byte 12: cut");
}

TEST_F(ServerTest, ReadsFiles) {
  const test::ScratchFolder folder;
  ASSERT_TRUE(bundle::save(*HeldProgram().builder.snapshot(), folder / "a.pyrometer").ok());
  auto opened = Server::readFile(folder / "a.pyrometer");
  ASSERT_TRUE(opened.ok()) << opened.error().text();
  server_.hold(std::move(opened).value());
  EXPECT_EQ(server_.view()->profile().sampleCount(), 100U);
  EXPECT_FALSE(Server::readFile(folder / "a.pyrometer", 2).ok());
  EXPECT_FALSE(Server::readFile(folder / "a.pyrometer", 0).ok());
  EXPECT_FALSE(Server::readFile(folder / "none").ok());
  EXPECT_FALSE(Server::readFile(folder.write("text", "hello, world: no profile at all")).ok());
}

/// Files with profiles, and what of them is held.
class HeldFilesTest : public ServerTest {
 protected:
  std::string write(const std::string& name) {
    EXPECT_TRUE(bundle::save(*HeldProgram().builder.snapshot(), folder_ / name).ok());
    return folder_ / name;
  }
  HeldId open(const std::string& path) { return server_.hold(Server::readFile(path).value()); }

  test::ScratchFolder folder_;
};

TEST_F(HeldFilesTest, AFileThatIsOpenedAgainIsHeldOnce) {
  const std::string path = write("a.pyrometer");
  const HeldId first = open(path), other = open(write("b.pyrometer"));
  EXPECT_EQ(server_.selectHeld({path}), first) << "without reading it";
  EXPECT_EQ(server_.selected(), first);
  EXPECT_EQ(open(path), first) << "nor is what was read held a second time";
  EXPECT_EQ(server_.selectHeld({path, 2}), std::nullopt) << "another part";
  EXPECT_EQ(server_.list().size(), 2U);
  std::filesystem::create_symlink(path, folder_ / "link");
  EXPECT_EQ(server_.selectHeld({folder_ / "link"}), first);
  write("a.pyrometer");
  EXPECT_EQ(server_.selectHeld({path}), std::nullopt) << "it is another file now";
  const HeldId renewed = open(path);
  EXPECT_NE(renewed, first);
  EXPECT_NE(renewed, other);
  EXPECT_EQ(server_.list().size(), 3U);
}

TEST_F(HeldFilesTest, WhatNobodyLooksAtGoesOutOfMemoryAndComesBack) {
  const std::string path = write("a.pyrometer");
  const HeldId first = open(path), second = open(write("b.pyrometer"));
  server_.didOpen(kAppUri, 1, kAppText);
  const std::weak_ptr<const Profile> profile = server_.find(first)->profile;
  server_.setMostIdleBytes(0);
  EXPECT_TRUE(profile.expired());
  EXPECT_NE(server_.find(second)->profile, nullptr) << "it is shown";
  const HeldProfile away = *server_.find(first);
  ASSERT_EQ(away.profile, nullptr);
  EXPECT_EQ(away.facts->samples, 100U);
  EXPECT_EQ(away.facts->threads.size(), 1U);
  EXPECT_EQ(away.title, "a.pyrometer");
  EXPECT_EQ(server_.list().size(), 2U) << "it is still offered";

  const auto view = server_.view(first);
  ASSERT_FALSE(view.ok());
  EXPECT_NE(view.error().message.find("select it"), std::string::npos) << view.error().message;
  EXPECT_FALSE(server_.select(first).ok());
  EXPECT_EQ(server_.selectHeld({path}), std::nullopt);
  ASSERT_EQ(server_.putAway(first)->path, path);
  ASSERT_TRUE(server_.takeBack(first, Server::readFile(path).value()).ok());
  ASSERT_TRUE(server_.select(first).ok());
  EXPECT_EQ(server_.document(kAppUri)->heat().lines.size(), 4U);
  EXPECT_EQ(server_.find(second)->profile, nullptr) << "now the other one is idle";
  EXPECT_EQ(open(folder_ / "b.pyrometer"), second) << "opening its file brings it back";
  EXPECT_NE(server_.find(second)->profile, nullptr);
}

TEST_F(HeldFilesTest, WhatCannotBeReadAgainStaysInMemory) {
  const HeldId gone = open(write("gone.pyrometer")), changed = open(write("changed.pyrometer"));
  std::filesystem::remove(folder_ / "gone.pyrometer");
  write("changed.pyrometer");
  const HeldId away = open(write("away.pyrometer"));
  open(write("shown.pyrometer"));
  server_.setMostIdleBytes(0);
  EXPECT_NE(server_.find(gone)->profile, nullptr);
  EXPECT_NE(server_.find(changed)->profile, nullptr);
  ASSERT_EQ(server_.find(away)->profile, nullptr);
  write("away.pyrometer");
  const auto back = server_.takeBack(away, Server::readFile(folder_ / "away.pyrometer").value());
  ASSERT_FALSE(back.ok()) << "another file is no answer to what was shown";
  EXPECT_NE(back.error().message.find("has changed"), std::string::npos);
}

TEST_F(HeldFilesTest, AReadingCanBeStopped) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(Server::readFile(write("a.pyrometer"), 1, stop.get_token()).ok());
  int told = 0;
  ASSERT_TRUE(Server::readFile(write("a.pyrometer"), 1, {}, [&](ReadProgress far) {
                ++told;
                EXPECT_LE(far.read, far.size);
              }).ok());
  EXPECT_GT(told, 0);
}

TEST_F(ServerTest, WithoutAProfileQuestionsSaySo) {
  const auto view = server_.view();
  ASSERT_FALSE(view.ok());
  EXPECT_NE(view.error().message.find("run a program or open a file"), std::string::npos);
  EXPECT_FALSE(server_.view(HeldId{5}).ok());
}

TEST_F(ServerTest, RefusesWhatCannotBeStarted) {
  EXPECT_FALSE(server_.start({}).ok());
  EXPECT_FALSE(server_.start({.program = "/a.py", .command = {"-m", "x"}}).ok());
  EXPECT_FALSE(server_.start({.program = "/no/such/file.py"}).ok());
  EXPECT_FALSE(server_.start({.command = {"python3"}, .cwd = "/no/such/folder"}).ok());
  EXPECT_FALSE(server_.start({.command = {"python3"}, .rate_hz = 0.5}).ok());
  EXPECT_FALSE(server_.start({.command = {"python3"}, .rate_hz = 20'000}).ok());
  EXPECT_TRUE(server_.list().empty());
  EXPECT_FALSE(server_.stop(HeldId{1}).ok());
  const HeldId file = server_.hold(HeldProgram().opened());
  EXPECT_TRUE(server_.stop(file).ok()) << "over is no error";
  EXPECT_FALSE(server_.input(file, "x").ok());
}

}  // namespace
}  // namespace pyrometer
