#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "daemon/support/file_descriptor.h"

namespace pyrometer::rpc {

/// Messages on their way out: a queue of bounded size and the thread that writes it, framed, to a descriptor.
/// Who sends never waits for the reader on the other side. A reader that is gone (EPIPE), or that has
/// left more than the bound unread, ends the queue: `on_broken` is called once, from the writer's thread or a
/// sender's, and all that is sent from then on is dropped. SIGPIPE must be ignored.
class OutputQueue {
 public:
  static constexpr std::size_t kMaxBytes = 64 << 20;

  /// `descriptor` is not owned. `max_bytes`: more than that unread is too much.
  OutputQueue(int descriptor, std::function<void(std::string why)> on_broken,
              std::size_t max_bytes = kMaxBytes);
  ~OutputQueue();
  OutputQueue(const OutputQueue&) = delete;
  OutputQueue& operator=(const OutputQueue&) = delete;

  /// Any thread. The message's body, without header.
  void send(const std::string& body);

  /// The same for news that older news of the same key need not come before: what is still unwritten under
  /// the key goes, and this takes its place at the end. So a slow reader gets the latest, and the queue holds
  /// one of each key.
  void sendLatest(const std::string& key, const std::string& body);

  /// Bytes that wait.
  std::size_t waiting() const;

  /// For senders with a choice (a program's output), from threads of their own: waits until no more than
  /// `bytes` wait, or the queue has ended. False if it took longer than `milliseconds`.
  bool waitBelow(std::size_t bytes, int milliseconds);

  /// Waits until all is written, but no longer than `milliseconds`, and ends the thread.
  void finish(int milliseconds);

 private:
  struct Frame {
    std::string bytes;  ///< empty: replaced by a later one
    std::string key;
  };

  void append(const std::string& key, const std::string& body);
  void write();
  /// False: the reader is gone, or we were told to end.
  bool writeAll(const std::string& bytes);
  void breakOff(const std::string& why);

  const int descriptor_;
  const std::function<void(std::string)> on_broken_;
  const std::size_t max_bytes_;
  FileDescriptor wake_;  ///< an eventfd, readable once the thread shall give up

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Frame> frames_;              ///< the first is being written
  std::map<std::string, Frame*> latest_;  ///< by key; a deque's elements stay where they are
  std::size_t bytes_ = 0;
  bool closing_ = false, broken_ = false, done_ = false;

  std::thread writer_;
};

}  // namespace pyrometer::rpc
