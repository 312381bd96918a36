#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "daemon/support/file_descriptor.h"

namespace pyrometer {

/// Waits for what ends a daemon besides its client's words: SIGTERM, SIGINT and SIGHUP, and the death of the
/// client's process. Tells each once, from a thread of its own. Construct it before other threads start: it
/// blocks the signals, and threads inherit that. They stay blocked.
class EndWatch {
 public:
  explicit EndWatch(std::function<void(std::string why)> on_end);
  ~EndWatch();
  EndWatch(const EndWatch&) = delete;
  EndWatch& operator=(const EndWatch&) = delete;

  /// A process that is not there (any more) is dead at once. Any thread.
  void watchProcess(std::int64_t pid);

 private:
  void watch();

  const std::function<void(std::string)> on_end_;
  FileDescriptor signals_, wake_;
  std::atomic<std::int64_t> pid_ = 0;  ///< 0: none
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

}  // namespace pyrometer
