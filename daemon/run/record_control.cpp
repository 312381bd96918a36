#include "daemon/run/record_control.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>

#include "daemon/support/system_error.h"

namespace pyrometer {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kLongestMessage = 64;
constexpr int kMessagePatience = 100;  ///< ms for a message of one who has connected

std::optional<std::int32_t> threadIn(std::string_view message, std::string_view verb) {
  if (!message.starts_with(verb)) return std::nullopt;
  message.remove_prefix(verb.size());
  std::int32_t tid = 0;
  const auto [end, error] = std::from_chars(message.data(), message.data() + message.size(), tid);
  if (error != std::errc() || end != message.data() + message.size() || tid <= 0) return std::nullopt;
  return tid;
}

void sendText(int socket, std::string_view text) {
  // Whoever has gone away meanwhile misses it.
  static_cast<void>(send(socket, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
}

}  // namespace

struct RecordControl::Listener {
  Listener(asio::io_context& io, int fd) : socket(io, fd) {}
  asio::posix::stream_descriptor socket;
};

RecordControl::RecordControl(FileDescriptor socket, pid_t program, std::shared_ptr<ChosenThreads> chosen)
    : socket_(std::move(socket)), program_(program), chosen_(std::move(chosen)) {}

RecordControl::~RecordControl() { close(); }

Result<std::unique_ptr<RecordControl>> RecordControl::open(const std::string& folder, pid_t program,
                                                           std::shared_ptr<ChosenThreads> chosen) {
  FileDescriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = folder + "/" + kSocketName;
  if (path.size() >= sizeof address.sun_path) return Error{"the session folder's path is too long", path};
  path.copy(address.sun_path, path.size());
  if (!socket || bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      chmod(path.c_str(), 0600) != 0 || ::listen(socket.get(), 16) != 0) {
    return Error{"the recorder's socket cannot be made: " + systemErrorText(errno), path};
  }
  return std::unique_ptr<RecordControl>(new RecordControl(std::move(socket), program, std::move(chosen)));
}

void RecordControl::listen(asio::io_context& io, std::function<void()> on_stop) {
  on_stop_ = std::move(on_stop);
  listener_ = std::make_unique<Listener>(io, socket_.get());
  accept();
}

void RecordControl::close() {
  if (!listener_) return;
  listener_->socket.release();  // the descriptor is ours
  listener_.reset();
}

void RecordControl::accept() {
  listener_->socket.async_wait(
      asio::posix::descriptor_base::wait_read, [this](const boost::system::error_code& error) {
        if (error) return;
        FileDescriptor connection(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (connection) serve(std::move(connection));
        if (listener_) accept();
      });
}

void RecordControl::serve(FileDescriptor connection) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(connection.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.pid != program_)
    return;
  // It connects to say something: what it says is here, or comes at once.
  pollfd ready{.fd = connection.get(), .events = POLLIN, .revents = 0};
  if (poll(&ready, 1, kMessagePatience) <= 0) return;
  char bytes[kLongestMessage];
  const ssize_t n = recv(connection.get(), bytes, sizeof bytes, MSG_DONTWAIT);
  if (n <= 0) return;
  const std::string_view message(bytes, static_cast<std::size_t>(n));
  if (message == "stop") {
    waiting_ = std::move(connection);
    on_stop_();
  } else if (const auto chosen = threadIn(message, "choose ")) {
    sendText(connection.get(), "ok " + std::to_string(chosen_->add(*chosen)));
  } else if (const auto left = threadIn(message, "leave ")) {
    sendText(connection.get(), "ok " + std::to_string(chosen_->remove(*left)));
  } else {
    sendText(connection.get(), "what?");
  }
}

void RecordControl::answer(std::string_view text) {
  if (waiting_) sendText(waiting_.get(), text);
}

}  // namespace pyrometer
