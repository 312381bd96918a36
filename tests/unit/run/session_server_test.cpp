#include "daemon/run/session_server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstring>
#include <filesystem>
#include <optional>
#include <vector>

#include "daemon/run/recording_folder.h"
#include "daemon/support/file_descriptor.h"

namespace pyrometer {
namespace {

/// The target's side of a conversation, played by hand.
class Target {
 public:
  explicit Target(const std::string& folder) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (folder + "/" + session::kSocketName).copy(address.sun_path, sizeof address.sun_path - 1);
    connected_ = connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  bool connected() const { return connected_; }
  void send(const void* bytes, std::size_t size) const {
    EXPECT_EQ(::send(socket_.get(), bytes, size, MSG_NOSIGNAL), static_cast<ssize_t>(size));
  }
  void hello(session::Purpose purpose = session::Purpose::kRegister,
             session::Refusal refused = session::Refusal::kNone,
             std::uint32_t version = ring::kVersion) const {
    session::Hello hello{};
    hello.magic = ring::kMagic;
    hello.version = version;
    hello.purpose = purpose;
    hello.pid = getpid();
    hello.py_version = 0x030b02f0;
    hello.refused = static_cast<std::uint32_t>(refused);
    std::strcpy(hello.detail, "CPython 4.2 is not known");
    send(&hello, sizeof hello);
  }
  void ready(bool mapped, int error = 0) const {
    const session::Ready ready{.magic = ring::kMagic, .mapped = mapped ? 1u : 0u, .error = error};
    send(&ready, sizeof ready);
  }
  /// Empty: nothing came, or the other side has closed.
  std::optional<session::Welcome> welcome(FileDescriptor& memory) const {
    session::Welcome welcome{};
    iovec part{.iov_base = &welcome, .iov_len = sizeof welcome};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    if (recvmsg(socket_.get(), &message, MSG_DONTWAIT) != sizeof welcome) return std::nullopt;
    if (const cmsghdr* header = CMSG_FIRSTHDR(&message)) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
      memory = FileDescriptor(fd);
    }
    return welcome;
  }

 private:
  FileDescriptor socket_;
  bool connected_ = false;
};

class Session : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = SessionServer::open(
        io_,
        {.accepts = [this](std::int32_t pid) { return asked_ = pid, accepts_; },
         .registered =
             [this](const SessionServer::Registration& told, std::shared_ptr<SharedBlock> block) {
               registered_.push_back(told);
               block_ = std::move(block);
             },
         .more = [this](std::int32_t, std::shared_ptr<SharedBlock> block) { more_ = std::move(block); },
         .order =
             [this](std::int32_t, bool next) {
               using Order = SessionServer::BlockOrder;
               if (!next) return std::optional(Order{});
               return blocks_ == 0 ? std::nullopt : std::optional(Order{.number = blocks_, .segments = 8});
             },
         .unsampled = [this](std::int32_t, const std::string& path,
                             const std::string& why) { notes_ += path + ": " + why + "\n"; },
         .note = [this](const std::string& text) { notes_ += text + "\n"; }},
        true);
    ASSERT_TRUE(opened.ok()) << opened.error().text();
    server_ = std::move(opened).value();
  }
  /// Lets the server do all that waits to be done.
  void serve() {
    io_.restart();
    while (io_.poll() > 0) {
    }
  }

  boost::asio::io_context io_;
  std::unique_ptr<SessionServer> server_;
  bool accepts_ = true;
  std::int32_t asked_ = 0;
  std::uint32_t blocks_ = 0;
  std::vector<SessionServer::Registration> registered_;
  std::shared_ptr<SharedBlock> block_, more_;
  std::string notes_;
};

TEST_F(Session, TheFolderIsForTheUserAlone) {
  struct stat status {};
  ASSERT_EQ(stat(server_->folder().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0700u);
  ASSERT_EQ(stat((server_->folder() + "/" + session::kSocketName).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const std::string folder = server_->folder();
  server_.reset();
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_F(Session, RegistersAProcess) {
  server_->prepareBlock();
  Target target(server_->folder());
  ASSERT_TRUE(target.connected());
  target.hello();
  serve();
  EXPECT_EQ(asked_, getpid());
  FileDescriptor memory;
  const auto welcome = target.welcome(memory);
  ASSERT_TRUE(welcome);
  EXPECT_EQ(welcome->accepted, 1u);
  EXPECT_EQ(welcome->daemon_pid, getpid());
  struct stat status {};
  ASSERT_EQ(fstat(memory.get(), &status), 0);
  EXPECT_EQ(static_cast<std::size_t>(status.st_size), sizeof(ring::Block));
  EXPECT_GE(static_cast<std::size_t>(status.st_blocks) * 512, sizeof(ring::Block))
      << "not all pages are allocated";
  EXPECT_TRUE(registered_.empty());  // not before it has mapped it
  target.ready(true);
  serve();
  ASSERT_EQ(registered_.size(), 1u);
  EXPECT_EQ(registered_[0].pid, getpid());
  EXPECT_EQ(registered_[0].py_version, 0x030b02f0u);
  ASSERT_TRUE(block_);
  EXPECT_EQ(block_->descriptor(), -1);
}

TEST_F(Session, TakesAMessageInPieces) {
  Target target(server_->folder());
  session::Hello hello{};
  hello.magic = ring::kMagic;
  hello.version = ring::kVersion;
  hello.purpose = session::Purpose::kRegister;
  hello.pid = getpid();
  const char* bytes = reinterpret_cast<const char*>(&hello);
  target.send(bytes, 10);
  serve();
  target.send(bytes + 10, sizeof hello - 10);
  serve();
  FileDescriptor memory;
  EXPECT_TRUE(target.welcome(memory));
}

TEST_F(Session, GivesMoreSegmentsToWhoIsKnown) {
  blocks_ = 4;
  Target target(server_->folder());
  target.hello(session::Purpose::kMoreSegments);
  serve();
  FileDescriptor memory;
  ASSERT_EQ(target.welcome(memory)->accepted, 1u);
  target.ready(true);
  serve();
  ASSERT_TRUE(more_);
  EXPECT_EQ(more_->control().block_number, 4u);
  for (const std::uint32_t held : {0u, ring::kMaxBlocks}) {
    blocks_ = held;
    Target refused(server_->folder());
    refused.hello(session::Purpose::kMoreSegments);
    serve();
    EXPECT_EQ(refused.welcome(memory)->accepted, 0u);
  }
}

TEST_F(Session, RefusesWhomItDoesNotKnow) {
  accepts_ = false;
  Target target(server_->folder());
  target.hello();
  serve();
  FileDescriptor memory;
  const auto welcome = target.welcome(memory);
  ASSERT_TRUE(welcome);
  EXPECT_EQ(welcome->accepted, 0u);
  EXPECT_FALSE(memory);
}

TEST_F(Session, HearsOfOthersAtTheEndButTakesNoMore) {
  server_->takeNoMore();
  Target late(server_->folder());
  late.hello();
  Target foreign(server_->folder());
  foreign.hello(session::Purpose::kUnsampled);
  serve();
  FileDescriptor memory;
  const auto welcome = late.welcome(memory);
  ASSERT_TRUE(welcome);
  EXPECT_EQ(welcome->accepted, 0u);
  EXPECT_NE(notes_.find("CPython 4.2 is not known"), std::string::npos);
  EXPECT_TRUE(registered_.empty());
}

TEST_F(Session, TellsWhyAProcessIsNotSampled) {
  Target refused(server_->folder());
  refused.hello(session::Purpose::kRegister, session::Refusal::kUnknownVersion);
  Target foreign(server_->folder());
  foreign.hello(session::Purpose::kRegister, session::Refusal::kNone, ring::kVersion + 1);
  Target unmapped(server_->folder());
  unmapped.hello();
  serve();
  unmapped.ready(false, ENOMEM);
  serve();
  EXPECT_NE(notes_.find("CPython 4.2 is not known"), std::string::npos);
  EXPECT_NE(notes_.find("another build"), std::string::npos);
  EXPECT_NE(notes_.find("Cannot allocate memory"), std::string::npos);
  EXPECT_TRUE(registered_.empty());
}

TEST_F(Session, BearsNonsense) {
  {
    Target silent(server_->folder());
    Target rude(server_->folder());
    const std::string garbage(10'000, '\xee');
    rude.send(garbage.data(), garbage.size());
    serve();
  }
  serve();
  Target liar(server_->folder());
  liar.hello();
  serve();
  const session::Ready wrong{.magic = 7, .mapped = 1, .error = 0};
  liar.send(&wrong, sizeof wrong);
  serve();
  EXPECT_TRUE(registered_.empty());
}

TEST_F(Session, RemovesFoldersOfDeadDaemons) {
  const std::string parent = std::filesystem::path(server_->folder()).parent_path();
  // Dead, but its pid is somebody else's now; alive, but its pid is of another pid namespace.
  const std::string dead = parent + "/pyrometer-" + std::to_string(getppid()) + "-abcdef";
  std::filesystem::create_directory(dead);
  const std::string alive = parent + "/pyrometer-2147483646-abcdef";
  std::filesystem::create_directory(alive);
  const auto lock = RecordingLock::tryTake(alive);
  const std::string foreign = parent + "/pyrometer-7-notes-kept";
  std::filesystem::create_directory(foreign);
  const auto second = SessionServer::open(io_, {}, true);
  EXPECT_FALSE(std::filesystem::exists(dead));
  EXPECT_TRUE(std::filesystem::exists(alive));
  EXPECT_TRUE(std::filesystem::exists(foreign));
  EXPECT_TRUE(std::filesystem::exists(server_->folder()));
  std::filesystem::remove(alive);
  std::filesystem::remove(foreign);
}

}  // namespace
}  // namespace pyrometer
