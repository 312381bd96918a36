#include "daemon/rpc/output_queue.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "daemon/support/system_error.h"

namespace pyrometer::rpc {

OutputQueue::OutputQueue(int descriptor, std::function<void(std::string)> on_broken, std::size_t max_bytes)
    : descriptor_(descriptor),
      on_broken_(std::move(on_broken)),
      max_bytes_(max_bytes),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      writer_([this] { write(); }) {}

OutputQueue::~OutputQueue() { finish(0); }

void OutputQueue::send(const std::string& body) { append({}, body); }

void OutputQueue::sendLatest(const std::string& key, const std::string& body) { append(key, body); }

std::size_t OutputQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

bool OutputQueue::waitBelow(std::size_t bytes, int milliseconds) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::milliseconds(milliseconds),
                           [&] { return bytes_ <= bytes || broken_ || closing_; });
}

void OutputQueue::append(const std::string& key, const std::string& body) {
  bool too_much = false;
  {
    const std::lock_guard lock(mutex_);
    if (broken_ || closing_) return;
    if (!key.empty()) {
      if (const auto older = latest_.find(key); older != latest_.end()) {
        bytes_ -= older->second->bytes.size();
        older->second->bytes.clear();
        older->second->key.clear();
        latest_.erase(older);
      }
    }
    // What waits already counts, not this one: a single large answer to a reader that reads is well.
    too_much = bytes_ > max_bytes_;
    if (!too_much) {
      std::string bytes = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
      bytes += body;
      bytes_ += bytes.size();
      frames_.push_back({std::move(bytes), key});
      if (!key.empty()) latest_[key] = &frames_.back();
    }
  }
  if (too_much) return breakOff("it has left " + std::to_string(max_bytes_) + " bytes unread");
  changed_.notify_all();
}

void OutputQueue::write() {
  std::unique_lock lock(mutex_);
  while (!broken_) {
    changed_.wait(lock, [&] { return !frames_.empty() || closing_ || broken_; });
    if (broken_ || frames_.empty()) break;
    Frame& first = frames_.front();
    if (!first.key.empty()) latest_.erase(first.key);
    const std::string bytes = std::move(first.bytes);
    frames_.pop_front();
    lock.unlock();
    const bool written = writeAll(bytes);
    lock.lock();
    bytes_ -= bytes.size();
    if (!written) break;
    changed_.notify_all();
  }
  done_ = true;
  changed_.notify_all();
}

bool OutputQueue::writeAll(const std::string& bytes) {
  std::size_t at = 0;
  bool is_socket = true;
  while (at < bytes.size()) {
    pollfd ready[2] = {{descriptor_, POLLOUT, 0}, {wake_.get(), POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0 && errno != EINTR) return breakOff(systemErrorText(errno)), false;
    if (ready[1].revents != 0) return false;
    if (ready[0].revents == 0) continue;
    // A pipe that is ready takes PIPE_BUF bytes without waiting; a socket is told not to wait. The descriptor
    // itself is left blocking: it may be shared with others.
    ssize_t count = -1;
    if (is_socket) {
      count = ::send(descriptor_, bytes.data() + at, bytes.size() - at, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (count < 0 && errno == ENOTSOCK) is_socket = false;
    }
    if (!is_socket) {
      count = ::write(descriptor_, bytes.data() + at, std::min<std::size_t>(bytes.size() - at, PIPE_BUF));
    }
    if (count >= 0) {
      at += static_cast<std::size_t>(count);
    } else if (errno != EINTR && errno != EAGAIN) {
      return breakOff(systemErrorText(errno)), false;
    }
  }
  return true;
}

void OutputQueue::breakOff(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    if (broken_) return;
    broken_ = true;
  }
  const std::uint64_t one = 1;
  static_cast<void>(::write(wake_.get(), &one, sizeof one));
  changed_.notify_all();
  on_broken_(why);
}

void OutputQueue::finish(int milliseconds) {
  if (!writer_.joinable()) return;
  {
    std::unique_lock lock(mutex_);
    closing_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::milliseconds(milliseconds), [&] { return done_; });
  }
  const std::uint64_t one = 1;
  static_cast<void>(::write(wake_.get(), &one, sizeof one));
  writer_.join();
}

}  // namespace pyrometer::rpc
