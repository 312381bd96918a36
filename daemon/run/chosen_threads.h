#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace pyrometer {

/// The threads of a process that are to be sampled in real time, by the kernel's ids. Any thread may call.
class ChosenThreads {
 public:
  /// How many there are now.
  std::size_t add(std::int32_t tid) {
    const std::lock_guard lock(mutex_);
    if (std::find(tids_.begin(), tids_.end(), tid) == tids_.end()) tids_.push_back(tid);
    return tids_.size();
  }
  std::size_t remove(std::int32_t tid) {
    const std::lock_guard lock(mutex_);
    std::erase(tids_, tid);
    return tids_.size();
  }
  bool has(std::int32_t tid) const {
    const std::lock_guard lock(mutex_);
    return std::find(tids_.begin(), tids_.end(), tid) != tids_.end();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::int32_t> tids_;
};

}  // namespace pyrometer
