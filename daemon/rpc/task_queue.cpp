#include "daemon/rpc/task_queue.h"

#include <cstdio>
#include <exception>
#include <utility>

namespace pyrometer::rpc {

namespace {

/// No memory for one task, say, is no reason to end the others. A reply that the task held says that nobody
/// has answered.
void runGuarded(TaskQueue::Task& task) {
  try {
    task();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "pyrometer: internal error: %s\n", error.what());
  }
}

}  // namespace

void TaskQueue::post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void TaskQueue::postFirst(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    tasks_.push_front(std::move(task));
  }
  changed_.notify_one();
}

void TaskQueue::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return closed_ || !tasks_.empty(); });
    if (closed_) return;
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    runGuarded(task);
    task = nullptr;  // what it holds may post
    lock.lock();
  }
}

void TaskQueue::close() {
  std::deque<Task> dropped;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(tasks_);
  }
  changed_.notify_all();
}

Pool::Pool(unsigned threads) {
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { queue_.run(); });
}

Pool::~Pool() {
  queue_.close();
  for (std::thread& thread : threads_) thread.join();
}

void Pool::post(TaskQueue::Task task) { threads_.empty() ? task() : queue_.post(std::move(task)); }

}  // namespace pyrometer::rpc
