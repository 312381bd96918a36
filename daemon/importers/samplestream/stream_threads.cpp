#include "daemon/importers/samplestream/stream_threads.h"

#include <algorithm>

namespace pyrometer::samplestream {

StreamProcess& StreamThreads::addProcess(std::uint64_t number, stream::LineTableFormat format,
                                         ProfileBuilder& target) {
  auto& process = processes_[number];
  process = std::make_unique<StreamProcess>(format, names_, target);
  return *process;
}

StreamThread& StreamThreads::addThread(std::uint64_t number, StreamProcess& process, std::uint64_t tid,
                                       std::uint64_t time) {
  auto& thread = threads_[number];
  thread = std::make_unique<StreamThread>(static_cast<std::uint32_t>(by_index_.size()), ThreadClock(time, 0));
  thread->process = &process;
  thread->tid = tid;
  // After exec the main thread goes on, and its CPU clock with it.
  StreamThread*& newest = newest_[{process.pid, tid}];
  if (newest && newest->process->generation < process.generation) thread->before = newest;
  newest = thread.get();
  by_index_.push_back(thread.get());
  return *thread;
}

void StreamThreads::forgetEnded(std::uint64_t until) {
  const auto later =
      std::partition(ended_.begin(), ended_.end(), [&](const auto& end) { return end.first > until; });
  if (later == ended_.end()) return;
  for (auto end = later; end != ended_.end(); ++end) end->second->stacks.reset();
  ended_.erase(later, ended_.end());
  for (StreamThread* thread : by_index_) {
    if (thread->process->stacks) continue;
    thread->inside.forget();
    thread->outside.forget();
  }
}

StreamProcess* StreamThreads::findProcess(std::uint64_t number) {
  const auto found = processes_.find(number);
  return found == processes_.end() ? nullptr : found->second.get();
}

StreamThread* StreamThreads::findThread(std::uint64_t number) {
  const auto found = threads_.find(number);
  return found == threads_.end() ? nullptr : found->second.get();
}

}  // namespace pyrometer::samplestream
