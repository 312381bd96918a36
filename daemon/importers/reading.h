#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <utility>

#include "daemon/support/result.h"

namespace pyrometer {

/// How far a reading is, in bytes of the file as it lies on the disk (compressed, if it is).
struct ReadProgress {
  std::uint64_t read = 0, size = 0;
};

/// What a reading that was stopped from outside ends with.
inline Error readingCancelled() { return {"reading it was cancelled", ""}; }

/// Whoever waits for a reading, as the reading sees him: it calls at() now and then, on its own thread.
/// Progress is told at most ten times a second, and once when all is read.
class ReadingWatch {
 public:
  ReadingWatch(std::stop_token stop, std::function<void(ReadProgress)> progress, std::uint64_t size)
      : stop_(std::move(stop)), progress_(std::move(progress)), size_(size) {}

  /// So much is read. An Error when the reading shall end.
  Result<void> at(std::uint64_t read) {
    if (stop_.stop_requested()) return readingCancelled();
    if (!progress_) return {};
    const auto now = std::chrono::steady_clock::now();
    if (read < size_ && told_ && now - *told_ < std::chrono::milliseconds(100)) return {};
    told_ = now;
    progress_({read, size_});
    return {};
  }

 private:
  std::stop_token stop_;
  std::function<void(ReadProgress)> progress_;
  std::uint64_t size_;
  std::optional<std::chrono::steady_clock::time_point> told_;
};

}  // namespace pyrometer
