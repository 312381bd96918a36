#include "daemon/server/server.h"

#include <gtest/gtest.h>

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
