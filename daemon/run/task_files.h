#pragma once

#include <cstdint>
#include <optional>

#include "daemon/support/file_descriptor.h"

namespace pyrometer {

/// What the kernel tells of one thread of another process, through descriptors that stay open: its state (3
/// to 5 us a look) and how often and how long it ran (under 1 us). Not thread-safe.
class TaskFiles {
 public:
  /// Where half of the descriptors that we may have are in such hands, each look opens the file anew.
  TaskFiles(std::int32_t pid, std::int32_t tid);
  ~TaskFiles();
  TaskFiles(const TaskFiles&) = delete;
  TaskFiles& operator=(const TaskFiles&) = delete;

  /// 'R' runs or would, 'S', 'D', 'T'...; '?': the kernel would not say (no descriptor left); 0: the thread
  /// is gone.
  char state() const;

  struct RunTime {
    std::uint64_t ns = 0;      ///< brought up to date at clock ticks and when it leaves a processor
    std::uint64_t starts = 0;  ///< how often it was put on a processor
    friend bool operator==(const RunTime&, const RunTime&) = default;
  };
  /// Empty where the kernel does not keep it, or the thread is gone.
  std::optional<RunTime> runTime() const;

  /// The address of the futex that a sleeping thread waits at; 0 if it waits for something else, or may not
  /// be asked.
  std::uint64_t futex() const;

 private:
  enum class File { kStat, kSchedstat, kSyscall };
  std::int64_t read(File file, char* text, std::size_t size) const;
  FileDescriptor openFile(File file) const;

  std::int32_t pid_, tid_;
  FileDescriptor stat_, schedstat_;
  mutable FileDescriptor syscall_;  ///< opened when first asked for
  bool counted_ = false;            ///< descriptors are kept
};

}  // namespace pyrometer
