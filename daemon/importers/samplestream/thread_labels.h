#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "daemon/profile/profile_builder.h"

namespace pyrometer::samplestream {

/// What a stream has said of a thread's name and of its asyncio tasks, and the rows of the profile for them:
/// one for the thread, one more for each task.
class ThreadLabels {
 public:
  static constexpr std::uint32_t kNoTask = 0;
  /// More names than this are one task: a program may name every request.
  static constexpr std::size_t kMostTasks = 4096;

  /// The number of a task in this thread, for RawSample.
  std::uint32_t task(std::string name) {
    if (name.empty()) return kNoTask;
    if (tasks_.size() >= kMostTasks && !numbers_.contains(name)) name = "other tasks";
    const auto [known, fresh] =
        numbers_.try_emplace(std::move(name), static_cast<std::uint32_t>(tasks_.size() + 1));
    if (fresh) tasks_.push_back({known->first, std::nullopt});
    return known->second;
  }

  void begin(ThreadId row) { row_ = row; }
  /// The row of the thread, or of one of its tasks.
  ThreadId row(std::uint32_t task, ProfileBuilder& builder) {
    if (task == kNoTask) return row_;
    Task& known = tasks_[task - 1];
    if (!known.row) known.row = builder.addTask(row_, known.name);
    return *known.row;
  }
  void rename(const std::string& name, ProfileBuilder& builder) {
    builder.setThreadName(row_, name);
    for (const Task& task : tasks_) {
      if (task.row) builder.setThreadName(*task.row, name);
    }
  }

  /// A name that was read and not used yet.
  std::optional<std::string> new_name;

 private:
  struct Task {
    std::string name;
    std::optional<ThreadId> row;
  };
  ThreadId row_{};
  std::vector<Task> tasks_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

}  // namespace pyrometer::samplestream
