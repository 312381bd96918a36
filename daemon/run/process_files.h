#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/support/file_descriptor.h"

/// What /proc says of processes and threads. Everything may come back empty: a process can end at any moment.
namespace pyrometer {

std::optional<std::string> readSmallFile(const std::string& path, std::size_t limit = 64 * 1024);

/// The kernel's name of a thread (at most 15 characters).
std::string readThreadName(std::int32_t pid, std::int32_t tid);
/// ns of CLOCK_MONOTONIC; 0 if it cannot be told. Exact to a clock tick (10 ms).
std::int64_t threadStartTime(std::int32_t pid, std::int32_t tid);
std::int32_t parentOf(std::int32_t pid);
std::string linkTarget(const std::string& path);
std::string commandOf(std::int32_t pid);
/// The command line, word by word; "python" where there is none.
std::vector<std::string> wordsOf(std::int32_t pid);
std::vector<std::int32_t> threadsOf(std::int32_t pid);
std::vector<std::int32_t> childrenOf(std::int32_t pid);
bool isDescendant(std::int32_t pid, std::int32_t ancestor);
/// 'R', 'S', 'T', 'Z'...; 0 if there is no such process. One that goes on without its first thread sleeps.
char stateOf(std::int32_t pid);
/// How a process ended that nobody has reaped yet, as waitpid would say it; empty for any other.
std::optional<int> zombieStatus(std::int32_t pid);
/// Clock ticks since the machine's start: with the pid it names one process for all time. 0: not known.
std::uint64_t startTicks(std::int32_t pid);
/// CPU time of the whole process, ns; 0 if it cannot be told.
std::int64_t processCpuTime(std::int32_t pid);
/// Identifies a program image: changes when the process is replaced by exec. Empty if it cannot be told
/// (ended, or no longer ours to look into).
std::string imageOf(std::int32_t pid);

/// Now, ns of CLOCK_MONOTONIC: the clock of all times in a stream.
std::int64_t monotonicNow();

/// Resident memory of one process, through a descriptor that is kept.
class ResidentMemory {
 public:
  explicit ResidentMemory(std::int32_t pid);
  std::optional<std::uint64_t> read() const;  ///< bytes

 private:
  FileDescriptor fd_;
};

}  // namespace pyrometer
