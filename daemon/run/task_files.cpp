#include "daemon/run/task_files.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <string_view>

namespace pyrometer {

namespace {

constexpr std::size_t kEach = 3;  ///< descriptors of one thread, at most

/// Of all threads of all processes of all runs.
std::atomic<std::size_t> g_kept{0};

std::size_t mostKept() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 256;
  return static_cast<std::size_t>(limit.rlim_cur / 2);
}

}  // namespace

TaskFiles::TaskFiles(std::int32_t pid, std::int32_t tid) : pid_(pid), tid_(tid) {
  if (g_kept.load(std::memory_order_relaxed) + kEach > mostKept()) return;
  stat_ = openFile(File::kStat);
  schedstat_ = openFile(File::kSchedstat);
  g_kept.fetch_add(kEach, std::memory_order_relaxed);
  counted_ = true;
}

TaskFiles::~TaskFiles() {
  if (counted_) g_kept.fetch_sub(kEach, std::memory_order_relaxed);
}

FileDescriptor TaskFiles::openFile(File file) const {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%d/task/%d/%s", pid_, tid_,
                file == File::kStat        ? "stat"
                : file == File::kSchedstat ? "schedstat"
                                           : "syscall");
  return FileDescriptor(open(path, O_RDONLY | O_CLOEXEC));
}

std::int64_t TaskFiles::read(File file, char* text, std::size_t size) const {
  const FileDescriptor& kept = file == File::kStat ? stat_ : file == File::kSchedstat ? schedstat_ : syscall_;
  if (kept) return pread(kept.get(), text, size, 0);
  const FileDescriptor fd = openFile(file);
  return fd ? pread(fd.get(), text, size, 0) : -1;
}

char TaskFiles::state() const {
  // "TID (name) S ...": the name is at most 15 characters (64 for kernel threads) and may hold brackets.
  char text[128];
  const std::int64_t n = read(File::kStat, text, sizeof text);
  if (n < 0) return errno == ENOENT || errno == ESRCH ? '\0' : '?';
  if (n == 0) return 0;
  const std::string_view stat(text, static_cast<std::size_t>(n));
  const std::size_t bracket = stat.rfind(')');
  if (bracket == std::string_view::npos || bracket + 2 >= stat.size()) return 0;
  const char state = stat[bracket + 2];
  return state == 'X' || state == 'Z' ? '\0' : state;
}

std::optional<TaskFiles::RunTime> TaskFiles::runTime() const {
  char text[96];
  const std::int64_t n = read(File::kSchedstat, text, sizeof text);
  if (n <= 0) return std::nullopt;
  const char* const end = text + n;
  RunTime time;
  std::uint64_t waited = 0;
  const char* next = std::from_chars(text, end, time.ns).ptr;
  if (next == text || next == end) return std::nullopt;
  next = std::from_chars(next + 1, end, waited).ptr;
  if (next == end) return std::nullopt;
  std::from_chars(next + 1, end, time.starts);
  return time;
}

std::uint64_t TaskFiles::futex() const {
  if (counted_ && !syscall_) syscall_ = openFile(File::kSyscall);
  // "202 0x7f0012345678 0x189 ...": number and arguments, or "running".
  char text[96];
  const std::int64_t n = read(File::kSyscall, text, sizeof text);
  if (n <= 0) return 0;
  const char* const end = text + n;
  long number = -1;
  const char* next = std::from_chars(text, end, number).ptr;
  constexpr std::string_view kHex = " 0x";
  if (number != SYS_futex ||
      std::string_view(next, static_cast<std::size_t>(end - next)).substr(0, 3) != kHex)
    return 0;
  std::uint64_t address = 0;
  std::from_chars(next + kHex.size(), end, address, 16);
  return address;
}

}  // namespace pyrometer
