// Programs under the server: the system's Python, from outside (which needs no library beside the test).

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "daemon/exporters/bundle/bundle.h"
#include "daemon/support/file_uri.h"
#include "tests/unit/server/held_program.h"
#include "tests/unit/support/scratch_folder.h"

namespace pyrometer {
namespace {

constexpr char kPython[] = "/usr/bin/python3.11";
constexpr char kBusy[] =
    "print('ready', flush=True)\n"
    "def spin():\n"
    "    n = 0\n"
    "    for i in range(200_000):\n"
    "        n += i\n"
    "    return n\n"
    "while True:\n"
    "    spin()\n";

class ServerRunTest : public testing::Test {
 protected:
  ServerRunTest() {
    setenv("XDG_STATE_HOME", folder_.path().c_str(), 1);
    server_.emplace(strand_.events());
  }
  ~ServerRunTest() override {
    server_.reset();
    unsetenv("XDG_STATE_HOME");
  }
  RunRequest request(const char* program) {
    RunRequest request;
    request.program = folder_.write("prog.py", program);
    request.python = kPython;
    request.outside = true;
    return request;
  }

  test::ScratchFolder folder_;
  TestStrand strand_;
  std::optional<Server> server_;
};

TEST_F(ServerRunTest, ARunIsShownWhileItGoesOnAndKeptAtItsEnd) {
  const auto started = server_->start(request(kBusy));
  ASSERT_TRUE(started.ok()) << started.error().text();
  EXPECT_GT(started->pid, 0);
  EXPECT_EQ(server_->selected(), started->id);
  EXPECT_EQ(server_->find(started->id)->state, HeldState::kRunning);
  EXPECT_FALSE(server_->close(started->id).ok()) << "it runs";

  const std::string uri = fileUri(folder_ / "prog.py");
  server_->didOpen(uri, 1, kBusy);
  ASSERT_TRUE(strand_.runUntil([&] { return !server_->document(uri)->heat().lines.empty(); }));
  EXPECT_FALSE(strand_.changed.empty());
  ASSERT_TRUE(strand_.runUntil([&] { return strand_.output().find("ready") != std::string::npos; }));

  ASSERT_TRUE(server_->stop(started->id).ok());
  ASSERT_TRUE(strand_.runUntil([&] { return !strand_.ended.empty(); }));
  const HeldProfile held = *server_->find(started->id);
  EXPECT_EQ(held.state, HeldState::kFinished);
  EXPECT_TRUE(held.exit_status);
  EXPECT_NE(held.message.find(held.file), std::string::npos) << held.message;
  EXPECT_TRUE(std::filesystem::exists(held.file)) << held.file;
  EXPECT_FALSE(server_->input(started->id, "x").ok());
  EXPECT_FALSE(server_->document(uri)->heat().lines.empty()) << "still shown";
  EXPECT_TRUE(server_->close(started->id).ok());
}

TEST_F(ServerRunTest, TheRecordingOfADeadDaemonIsFinishedWhenItIsOpened) {
  const std::string recording = folder_ / "pyrometer/recordings/prog-2026-01-02T03-04-05-XyZabc";
  std::filesystem::create_directories(recording);
  EXPECT_FALSE(Server::readFile(recording).ok()) << "nothing in it: removed, and no bundle";
  EXPECT_FALSE(std::filesystem::exists(recording));
  std::filesystem::create_directories(folder_ / "pyrometer/runs");
  ASSERT_TRUE(bundle::save(*HeldProgram().builder.snapshot(),
                           folder_ / "pyrometer/runs/prog-2026-01-02T03-04-05.pyrometer")
                  .ok());
  const auto opened = Server::readFile(recording);
  ASSERT_TRUE(opened.ok()) << opened.error().text();
  EXPECT_EQ(opened->path, folder_ / "pyrometer/runs/prog-2026-01-02T03-04-05.pyrometer");
}

TEST_F(ServerRunTest, ACharacterThatIsCutAtTheEndIsShownAsNone) {
  const auto started = server_->start(request("import sys\nsys.stdout.buffer.write(b'5 \\xe2\\x82')\n"));
  ASSERT_TRUE(started.ok()) << started.error().text();
  ASSERT_TRUE(strand_.runUntil([&] { return !strand_.ended.empty(); }));
  EXPECT_EQ(strand_.output(), "5 \xEF\xBF\xBD");
}

TEST_F(ServerRunTest, FilesInTheWorkspaceAreTheUsers) {
  const std::string library = "def spin():\n    n = 0\n    while True:\n        n += 1\n";
  std::filesystem::create_directories(folder_ / "shared/lib");
  folder_.write("shared/lib/tool.py", library);
  std::filesystem::create_directories(folder_ / "shared/app");
  folder_.write("shared/app/main.py", "import sys\nsys.path.append('../lib')\nimport tool\ntool.spin()\n");
  const auto owner = [&] {
    RunRequest request = this->request(kBusy);
    request.program = folder_ / "shared/app/main.py";
    request.cwd = folder_ / "shared/app";
    const auto started = server_->start(request);
    EXPECT_TRUE(started.ok()) << started.error().text();
    std::optional<Owner> found;
    const std::size_t ended = strand_.ended.size();
    strand_.runUntil([&] {
      const ProfileView view = *server_->view();
      for (const FunctionPage::Row& row : view.functions({.search = "tool.py"}).rows) {
        if (row.place.name == "spin") found = row.place.user ? Owner::kUser : Owner::kLibrary;
      }
      return found.has_value();
    });
    EXPECT_TRUE(server_->stop(started->id).ok());
    strand_.runUntil([&] { return strand_.ended.size() > ended; });
    return found;
  };
  EXPECT_EQ(owner(), Owner::kLibrary) << "beside the script's folder";
  server_->setWorkspaceFolders({folder_ / "shared"});
  EXPECT_EQ(owner(), Owner::kUser);
}

TEST_F(ServerRunTest, WhatIsTypedReachesTheProgram) {
  const auto started = server_->start(request("print('hello', input())\n"));
  ASSERT_TRUE(started.ok()) << started.error().text();
  ASSERT_TRUE(server_->input(started->id, "w\xC3\xB6rld\r").ok());
  ASSERT_TRUE(strand_.runUntil([&] { return !strand_.ended.empty(); }));
  EXPECT_NE(strand_.output().find("hello w\xC3\xB6rld\r\n"), std::string::npos) << strand_.output();
  EXPECT_EQ(server_->find(started->id)->exit_status, 0);
}

TEST_F(ServerRunTest, WhatRunsIsStoppedAndSavedBeforeTheServerGoes) {
  const auto first = server_->start(request(kBusy));
  const auto second = server_->start(request(kBusy));
  ASSERT_TRUE(first.ok() && second.ok());
  const auto sampled = [&](HeldId id) { return server_->find(id)->profile->sampleCount() > 0; };
  ASSERT_TRUE(strand_.runUntil([&] { return sampled(first->id) && sampled(second->id); }));
  server_->stopAll();
  EXPECT_FALSE(server_->anyRunning());
  EXPECT_EQ(strand_.ended.size(), 2U);
  for (const HeldProfile& held : server_->list())
    EXPECT_TRUE(std::filesystem::exists(held.file)) << held.message;
}

}  // namespace
}  // namespace pyrometer
