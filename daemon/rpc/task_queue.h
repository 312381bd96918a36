#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pyrometer::rpc {

/// Tasks in order. Any thread may post; whoever calls run() does them.
class TaskQueue {
 public:
  using Task = std::function<void()>;

  /// After close() a task is dropped: destroyed, not run.
  void post(Task task);

  /// In front of all that waits.
  void postFirst(Task task);

  /// Does tasks until close() is called, by one of them or from elsewhere. What waits then is dropped.
  void run();
  void close();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  bool closed_ = false;
};

/// Threads for what can take long. Without any, a task is done by the caller of post().
class Pool {
 public:
  explicit Pool(unsigned threads);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void post(TaskQueue::Task task);

 private:
  TaskQueue queue_;
  std::vector<std::thread> threads_;
};

}  // namespace pyrometer::rpc
