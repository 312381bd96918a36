#include "daemon/run/descriptor_sink.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

namespace pyrometer {

DescriptorSink::DescriptorSink(FileDescriptor fd) : fd_(std::move(fd)) {
  struct stat status {};
  if (fstat(fd_.get(), &status) != 0) return;
  if (S_ISREG(status.st_mode)) kind_ = Kind::kFile;
  if (S_ISSOCK(status.st_mode)) kind_ = Kind::kSocket;
}

std::int64_t DescriptorSink::writeSome(std::string_view bytes) const {
  switch (kind_) {
    case Kind::kFile:
      return write(fd_.get(), bytes.data(), bytes.size());
    case Kind::kSocket:
      return send(fd_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    case Kind::kOther:
      break;
  }
  // The descriptor's flags are shared with its owner and stay as they are. A pipe that can be written to
  // takes this much at once.
  pollfd ready{.fd = fd_.get(), .events = POLLOUT, .revents = 0};
  if (poll(&ready, 1, 0) == 0) {
    errno = EAGAIN;
    return -1;
  }
  return write(fd_.get(), bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
}

bool DescriptorSink::pass() {
  bool any = false;
  while (failure_ == 0 && waiting() > 0) {
    const std::int64_t n = writeSome(std::string_view(waiting_).substr(passed_));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (n <= 0) {
      failure_ = n < 0 ? errno : EIO;
      break;
    }
    passed_ += static_cast<std::size_t>(n);
    any = true;
  }
  if (failure_ != 0 || waiting() == 0) {
    waiting_.clear();
    passed_ = 0;
  } else if (passed_ > waiting_.size() / 2) {
    waiting_.erase(0, std::exchange(passed_, 0));
  }
  return any;
}

void DescriptorSink::wait(int milliseconds) const {
  pollfd ready{.fd = fd_.get(), .events = POLLOUT, .revents = 0};
  poll(&ready, 1, milliseconds);
}

}  // namespace pyrometer
