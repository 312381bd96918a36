#include "daemon/run/process_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <climits>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string_view>

namespace pyrometer {

namespace {

std::string procPath(std::int32_t pid, std::string_view rest) {
  return "/proc/" + std::to_string(pid) + "/" + std::string(rest);
}

std::string taskPath(std::int32_t pid, std::int32_t tid, std::string_view rest) {
  return procPath(pid, "task/" + std::to_string(tid) + "/" + std::string(rest));
}

/// Field `number` of a stat file, from 1 as in proc(5). The second one, the name, may hold anything, so count
/// from the last bracket.
std::string_view statField(std::string_view stat, int number) {
  const std::size_t bracket = stat.rfind(')');
  if (bracket == std::string_view::npos || bracket + 2 > stat.size()) return {};
  stat.remove_prefix(bracket + 2);
  for (int field = 3; field < number; ++field) {
    const std::size_t space = stat.find(' ');
    if (space == std::string_view::npos) return {};
    stat.remove_prefix(space + 1);
  }
  return stat.substr(0, stat.find(' '));
}

template <class Number>
Number toNumber(std::string_view text) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// The state of a process is its first thread's; this one may have ended before the others.
bool hasOtherThreads(std::string_view stat) { return toNumber<int>(statField(stat, 20)) > 1; }

std::vector<std::int32_t> numbersIn(const std::string& folder) {
  std::vector<std::int32_t> numbers;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(folder.c_str()), closedir);
  if (!directory) return numbers;
  while (const dirent* entry = readdir(directory.get())) {
    if (const auto number = toNumber<std::int32_t>(entry->d_name); number > 0) numbers.push_back(number);
  }
  return numbers;
}

}  // namespace

std::optional<std::string> readSmallFile(const std::string& path, std::size_t limit) {
  const FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  std::string text;
  char piece[4096];
  while (text.size() < limit) {
    const ssize_t n = read(fd.get(), piece, sizeof piece);
    if (n < 0) return std::nullopt;
    if (n == 0) break;
    text.append(piece, static_cast<std::size_t>(n));
  }
  if (text.size() > limit) text.resize(limit);
  return text;
}

std::string readThreadName(std::int32_t pid, std::int32_t tid) {
  std::string name = readSmallFile(taskPath(pid, tid, "comm")).value_or("");
  if (!name.empty() && name.back() == '\n') name.pop_back();
  return name;
}

std::int64_t threadStartTime(std::int32_t pid, std::int32_t tid) {
  const auto stat = readSmallFile(taskPath(pid, tid, "stat"));
  if (!stat) return 0;
  // Field 22 counts from boot, sleep of the machine included; our times do not count that sleep.
  timespec boot{}, monotonic{};
  clock_gettime(CLOCK_BOOTTIME, &boot);
  clock_gettime(CLOCK_MONOTONIC, &monotonic);
  const std::int64_t asleep =
      (boot.tv_sec - monotonic.tv_sec) * 1'000'000'000LL + boot.tv_nsec - monotonic.tv_nsec;
  const std::int64_t tick = 1'000'000'000LL / sysconf(_SC_CLK_TCK);
  return toNumber<std::int64_t>(statField(*stat, 22)) * tick - asleep;
}

std::int32_t parentOf(std::int32_t pid) {
  const auto stat = readSmallFile(procPath(pid, "stat"));
  return stat ? toNumber<std::int32_t>(statField(*stat, 4)) : 0;
}

std::string linkTarget(const std::string& path) {
  std::string target(PATH_MAX, '\0');
  const ssize_t n = readlink(path.c_str(), target.data(), target.size());
  target.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return target;
}

std::string commandOf(std::int32_t pid) {
  std::string command = readSmallFile(procPath(pid, "cmdline")).value_or("");
  while (!command.empty() && command.back() == '\0') command.pop_back();
  for (char& c : command) {
    if (c == '\0') c = ' ';
  }
  return command;
}

std::vector<std::string> wordsOf(std::int32_t pid) {
  const std::string text = readSmallFile("/proc/" + std::to_string(pid) + "/cmdline").value_or("");
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\0', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  if (words.empty()) words.emplace_back("python");
  return words;
}

std::vector<std::int32_t> threadsOf(std::int32_t pid) { return numbersIn(procPath(pid, "task")); }

std::vector<std::int32_t> childrenOf(std::int32_t pid) {
  std::vector<std::int32_t> children;
  for (const std::int32_t tid : threadsOf(pid)) {
    const std::string text = readSmallFile(taskPath(pid, tid, "children")).value_or("");
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t space = rest.find(' ');
      if (const auto child = toNumber<std::int32_t>(rest.substr(0, space)); child > 0) {
        children.push_back(child);
      }
      rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
    }
  }
  return children;
}

bool isDescendant(std::int32_t pid, std::int32_t ancestor) {
  // A chain of processes is never this long; it bounds the loop while processes come and go.
  for (int step = 0; step < 1000 && pid > 1; ++step) {
    if (pid == ancestor) return true;
    pid = parentOf(pid);
  }
  return false;
}

char stateOf(std::int32_t pid) {
  const auto stat = readSmallFile(procPath(pid, "stat"));
  const std::string_view state = stat ? statField(*stat, 3) : std::string_view{};
  if (state == "Z" && hasOtherThreads(*stat)) return 'S';
  return state.empty() ? '\0' : state.front();
}

std::optional<int> zombieStatus(std::int32_t pid) {
  const auto stat = readSmallFile(procPath(pid, "stat"));
  if (!stat || statField(*stat, 3) != "Z" || hasOtherThreads(*stat)) return std::nullopt;
  std::string_view code = statField(*stat, 52);
  while (!code.empty() && code.back() == '\n') code.remove_suffix(1);
  if (code.empty()) return std::nullopt;
  return toNumber<int>(code);
}

std::uint64_t startTicks(std::int32_t pid) {
  const auto stat = readSmallFile(procPath(pid, "stat"));
  return stat ? toNumber<std::uint64_t>(statField(*stat, 22)) : 0;
}

std::string imageOf(std::int32_t pid) {
  const auto stat = readSmallFile(procPath(pid, "stat"));
  if (!stat) return {};
  // Field 28 is the address where its stack begins: another one for each image, also of the same file.
  const std::string program = linkTarget(procPath(pid, "exe"));
  return program.empty() ? program : program + " " + std::string(statField(*stat, 28));
}

std::int64_t processCpuTime(std::int32_t pid) {
  clockid_t clock{};
  timespec now{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &now) != 0) return 0;
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

std::int64_t monotonicNow() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

ResidentMemory::ResidentMemory(std::int32_t pid)
    : fd_(open(procPath(pid, "statm").c_str(), O_RDONLY | O_CLOEXEC)) {}

std::optional<std::uint64_t> ResidentMemory::read() const {
  char text[128];
  const ssize_t n = pread(fd_.get(), text, sizeof text, 0);
  if (n <= 0) return std::nullopt;
  std::string_view rest(text, static_cast<std::size_t>(n));
  const std::size_t space = rest.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  rest.remove_prefix(space + 1);
  const auto pages = toNumber<std::uint64_t>(rest.substr(0, rest.find(' ')));
  if (pages == 0) return std::nullopt;  // its memory is gone already
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace pyrometer
