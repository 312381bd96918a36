#include "sampler/session_client.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sampler/shared_ring.h"

namespace pyrometer::sampler {

namespace {

constexpr std::size_t kLongestFolder = 4096;
char g_folder[kLongestFolder];

/// Appends text, as far as there is room, and keeps the whole terminated.
class Appender {
 public:
  Appender(char* to, std::size_t size) : at_(to), end_(to + size - 1) { *at_ = '\0'; }
  Appender& add(const char* text) {
    const std::size_t length = std::strlen(text);
    const auto room = static_cast<std::size_t>(end_ - at_);
    fits_ = fits_ && length <= room;
    const std::size_t taken = std::min(length, room);
    std::memcpy(at_, text, taken);
    at_ += taken;
    *at_ = '\0';
    return *this;
  }
  Appender& add(int number) {
    char digits[12];
    char* first = digits + sizeof digits - 1;
    *first = '\0';
    for (unsigned rest = static_cast<unsigned>(number); first == digits + sizeof digits - 1 || rest != 0;
         rest /= 10)
      *--first = static_cast<char>('0' + rest % 10);
    return add(first);
  }
  bool fits() const { return fits_; }

 private:
  char* at_;
  char* end_;
  bool fits_ = true;
};

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

bool keepFolder(const char* folder) {
  const std::size_t length = std::strlen(folder);
  if (length == 0 || length >= sizeof g_folder) return false;
  std::memcpy(g_folder, folder, length + 1);
  return true;
}

const char* sessionFolder() { return g_folder; }

int connectToDaemon(Patience patience) {
  const int wait = patience == Patience::kNone ? SOCK_NONBLOCK : 0;
  Descriptor socket_fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | wait, 0));
  if (socket_fd.get() < 0) return -1;
  if (patience != Patience::kNone) {
    const timeval limit{.tv_sec = patience == Patience::kLong ? 5 : 1, .tv_usec = 0};
    setsockopt(socket_fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(socket_fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  Appender path(address.sun_path, sizeof address.sun_path);
  path.add(g_folder).add("/").add(session::kSocketName);
  // A folder too long for a socket's address is gone through by a descriptor.
  Descriptor folder(path.fits() ? -1 : open(g_folder, O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!path.fits()) {
    if (folder.get() < 0) return -1;
    Appender(address.sun_path, sizeof address.sun_path)
        .add("/proc/self/fd/")
        .add(folder.get())
        .add("/")
        .add(session::kSocketName);
  }
  int done = 0;
  do {
    done = connect(socket_fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  } while (done != 0 && errno == EINTR);
  return done == 0 ? socket_fd.release() : -1;
}

bool sendAll(int socket, const void* bytes, std::size_t size) {
  ssize_t sent = 0;
  do {
    sent = send(socket, bytes, size, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(size);
}

bool receiveWelcome(int socket, session::Welcome& welcome, int& memory, int& unwind) {
  memory = unwind = -1;
  iovec part{.iov_base = &welcome, .iov_len = sizeof welcome};
  int received_fds[2] = {-1, -1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof received_fds)] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t received = 0;
  do {
    received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
  } while (received < 0 && errno == EINTR);
  const cmsghdr* head = received > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (head != nullptr && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
      head->cmsg_len >= CMSG_LEN(sizeof(int)) && head->cmsg_len <= CMSG_LEN(sizeof received_fds)) {
    std::memcpy(received_fds, CMSG_DATA(head), head->cmsg_len - CMSG_LEN(0));
    memory = received_fds[0];
    unwind = received_fds[1];
  }
  return received == sizeof welcome && welcome.magic == ring::kMagic && welcome.version == ring::kVersion &&
         welcome.accepted != 0 && memory >= 0;
}

session::Hello makeHello(session::Purpose purpose) {
  session::Hello hello{};
  hello.magic = ring::kMagic;
  hello.version = ring::kVersion;
  hello.purpose = purpose;
  hello.pid = getpid();
  return hello;
}

void setDetail(session::Hello& hello, const char* text) {
  Appender(hello.detail, sizeof hello.detail).add(text);
}

}  // namespace pyrometer::sampler
