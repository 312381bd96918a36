#include "daemon/run/session_server.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "daemon/run/pypy_start.h"
#include "daemon/run/recording_folder.h"
#include "daemon/support/system_error.h"

namespace pyrometer {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kFolderPrefix = "pyrometer-";

std::string runtimeFolder() {
  const char* folder = std::getenv("XDG_RUNTIME_DIR");
  // A socket's path has 108 bytes; ours takes some 40 behind the folder.
  if (folder != nullptr && *folder == '/' && std::strlen(folder) < 60 && access(folder, W_OK) == 0)
    return folder;
  return "/tmp";
}

/// pyrometer-PID-XXXXXX, after its daemon.
bool isSessionFolder(std::string_view name) {
  if (!name.starts_with(kFolderPrefix)) return false;
  name.remove_prefix(kFolderPrefix.size());
  const std::size_t digits = name.find_first_not_of("0123456789");
  return digits != 0 && digits != std::string_view::npos && name.substr(digits).size() == 7 &&
         name[digits] == '-';
}

void removeFolder(const std::string& folder) {
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

/// What PyPy is to find on its path (session.h). Where it cannot be written PyPy runs unsampled.
void writePypyStart(const std::string& folder) {
  const std::string place = folder + "/" + session::kPypyFolder;
  if (mkdir(place.c_str(), 0700) != 0) return;
  const FileDescriptor file(
      ::open((place + "/sitecustomize.py").c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file) [[maybe_unused]]
    const auto written = write(file.get(), kPypyStart.data(), kPypyStart.size());
}

/// Ours are those whose lock is free: pids may be those of another pid namespace that shares the folder.
void removeLeftFolders(const std::string& parent) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(parent.c_str()), closedir);
  if (!directory) return;
  while (const dirent* entry = readdir(directory.get())) {
    if (!isSessionFolder(entry->d_name)) continue;
    const std::string path = parent + "/" + entry->d_name;
    struct stat status {};
    if (lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != geteuid()) continue;
    if (const auto lock = RecordingLock::tryTake(path)) removeFolder(path);
  }
}

/// With the descriptors, as far as there are any.
bool sendWelcome(int socket, const session::Welcome& welcome, int descriptor, int second = -1) {
  iovec part{.iov_base = const_cast<session::Welcome*>(&welcome), .iov_len = sizeof welcome};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  const int descriptors[2] = {descriptor, second};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof descriptors)] = {};
  if (descriptor >= 0) {
    const std::size_t size = second >= 0 ? sizeof descriptors : sizeof descriptor;
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(size);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(size);
    std::memcpy(CMSG_DATA(header), descriptors, size);
  }
  return sendmsg(socket, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(sizeof welcome);
}

}  // namespace

struct SessionServer::Listener {
  Listener(asio::io_context& context, int fd) : io(context), socket(context, fd) {}
  asio::io_context& io;
  asio::posix::stream_descriptor socket;
};

/// One conversation: Hello, Welcome, Ready.
class SessionServer::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::io_context& io, int fd, std::weak_ptr<SessionServer*> server)
      : socket_(io, fd), server_(std::move(server)) {}

  void start() {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (getsockopt(socket_.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return;
    if (peer.pid <= 0 || peer.uid != geteuid()) return;
    pid_ = peer.pid;
    wait();
  }

 private:
  void wait() {
    socket_.async_wait(asio::posix::descriptor_base::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                         if (!error) self->onReadable();
                       });
  }

  void onReadable() {
    const auto server = server_.lock();
    if (!server) return;
    const std::size_t wanted = block_ ? sizeof(session::Ready) : sizeof(session::Hello);
    const ssize_t n = recv(socket_.native_handle(), message_ + received_, wanted - received_, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return wait();
    if (n <= 0) return;
    received_ += static_cast<std::size_t>(n);
    if (received_ < wanted) return wait();
    received_ = 0;
    if (block_) return onReady(**server);
    onHello(**server);
  }

  void onHello(SessionServer& server) {
    session::Hello hello{};
    std::memcpy(&hello, message_, sizeof hello);
    hello.detail[sizeof hello.detail - 1] = '\0';
    hello.path[sizeof hello.path - 1] = '\0';
    const auto unsampled = [&](const std::string& why) { server.events_.unsampled(pid_, hello.path, why); };
    if (hello.magic != ring::kMagic || hello.version != ring::kVersion) {
      hello.path[0] = '\0';
      unsampled("its sampler library is of another build; install Pyrometer again");
      return refuse();
    }
    if (hello.purpose == session::Purpose::kUnsampled) return unsampled(hello.detail);
    if (hello.refused != 0)
      return unsampled(hello.detail[0] != '\0' ? hello.detail : "its Python is not known");
    if (hello.pid != pid_) {
      unsampled("it runs in a pid namespace of its own");
      return refuse();
    }
    purpose_ = hello.purpose;
    registration_ = {.pid = pid_,
                     .py_version = hello.py_version,
                     .pypy_version = hello.pypy_version,
                     .runtime = hello.runtime,
                     .forked = purpose_ == session::Purpose::kForked};
    const bool next = purpose_ == session::Purpose::kMoreSegments;
    if (!server.takes_ || (!next && !server.events_.accepts(pid_))) return refuse();
    const auto order = server.events_.order(pid_, next);
    if (!order || order->number >= ring::kMaxBlocks) return refuse();
    block_ = server.takeBlock(*order);
    if (!block_) return refuse();
    session::Welcome welcome = answer();
    welcome.accepted = 1;
    welcome.unwind = order->unwind;
    // A forked child has it from its parent.
    const int unwind = purpose_ == session::Purpose::kRegister ? order->unwind_descriptor : -1;
    if (sendWelcome(socket_.native_handle(), welcome, block_->descriptor(), unwind)) wait();
  }

  void onReady(SessionServer& server) {
    session::Ready ready{};
    std::memcpy(&ready, message_, sizeof ready);
    if (ready.magic != ring::kMagic) return;
    if (ready.mapped != 1) {
      return server.events_.unsampled(pid_, {},
                                      "it could not map the memory for samples (" +
                                          std::string(std::strerror(ready.error)) +
                                          "); a limit (ulimit -v) may be too low");
    }
    block_->closeDescriptor();
    if (purpose_ == session::Purpose::kMoreSegments) {
      server.events_.more(pid_, std::move(block_));
    } else {
      server.events_.registered(registration_, std::move(block_));
    }
  }

  session::Welcome answer() const {
    const auto server = server_.lock();
    return {.magic = ring::kMagic,
            .version = ring::kVersion,
            .accepted = 0,
            .daemon_pid = getpid(),
            .children = server && (*server)->children_ ? 1u : 0u,
            .unwind = 0};
  }
  void refuse() { sendWelcome(socket_.native_handle(), answer(), -1); }

  asio::posix::stream_descriptor socket_;
  std::weak_ptr<SessionServer*> server_;
  std::int32_t pid_ = 0;
  session::Purpose purpose_ = session::Purpose::kRegister;
  Registration registration_;
  std::shared_ptr<SharedBlock> block_;
  std::size_t received_ = 0;
  char message_[sizeof(session::Hello)];
  static_assert(sizeof(session::Ready) <= sizeof(session::Hello));
};

SessionServer::SessionServer(std::string folder, std::shared_ptr<RecordingLock> lock, Events events,
                             bool children)
    : folder_(std::move(folder)),
      lock_(std::move(lock)),
      events_(std::move(events)),
      children_(children),
      alive_(std::make_shared<SessionServer*>(this)) {}

SessionServer::~SessionServer() { removeFolder(folder_); }

Result<std::unique_ptr<SessionServer>> SessionServer::open(asio::io_context& io, Events events,
                                                           bool children) {
  const std::string parent = runtimeFolder();
  removeLeftFolders(parent);
  // Under a hidden name until it is locked: to others an unlocked folder is one that was left behind.
  std::string hidden = parent + "/.pyrometer-XXXXXX";
  if (mkdtemp(hidden.data()) == nullptr)
    return Error{"the session folder cannot be made: " + systemErrorText(errno) +
                     "; set XDG_RUNTIME_DIR to a folder that can be written",
                 parent};
  const std::string folder = parent + "/" + std::string(kFolderPrefix) + std::to_string(getpid()) + "-" +
                             hidden.substr(hidden.size() - 6);
  const auto failed = [&](const char* what) {
    return Error{std::string(what) + ": " + systemErrorText(errno), folder};
  };
  auto lock = RecordingLock::tryTake(hidden);
  if (!lock || rename(hidden.c_str(), folder.c_str()) != 0) {
    const Error error = failed("the session folder cannot be locked");
    rmdir(hidden.c_str());
    return error;
  }
  std::unique_ptr<SessionServer> server(
      new SessionServer(folder, std::move(lock), std::move(events), children));

  writePypyStart(folder);
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return failed("no socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = folder + "/" + session::kSocketName;
  if (path.size() >= sizeof address.sun_path) return failed("the session folder's path is too long");
  path.copy(address.sun_path, path.size());
  // Nobody can connect between bind and chmod: the folder is ours alone.
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      chmod(path.c_str(), 0600) != 0 || listen(socket.get(), SOMAXCONN) != 0) {
    return failed("its socket cannot be made");
  }
  server->listener_ = std::make_unique<Listener>(io, socket.release());
  server->accept();
  return server;
}

void SessionServer::accept() {
  listener_->socket.async_wait(asio::posix::descriptor_base::wait_read,
                               [alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
                                 const auto server = alive.lock();
                                 if (error || !server) return;
                                 Listener& listener = *(*server)->listener_;
                                 for (;;) {
                                   const int fd = accept4(listener.socket.native_handle(), nullptr, nullptr,
                                                          SOCK_CLOEXEC | SOCK_NONBLOCK);
                                   if (fd < 0) break;
                                   std::make_shared<Connection>(listener.io, fd, alive)->start();
                                 }
                                 (*server)->accept();
                               });
}

void SessionServer::prepareBlock() {
  auto block = SharedBlock::make(0);
  if (block) prepared_ = std::move(block).value();
}

std::shared_ptr<SharedBlock> SessionServer::takeBlock(const BlockOrder& order) {
  if (prepared_ && order.number == 0 && order.segments == prepared_->segments().size())
    return std::move(prepared_);
  auto block = SharedBlock::make(order.number, order.segments);
  if (block) return std::move(block).value();
  events_.note("The program runs on unsampled: " + block.error().text() + ".");
  return nullptr;
}

}  // namespace pyrometer
