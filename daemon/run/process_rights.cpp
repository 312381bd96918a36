#include "daemon/run/process_rights.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <optional>
#include <string_view>

#include "daemon/run/process_files.h"
#include "daemon/support/system_error.h"

namespace pyrometer {

namespace {

constexpr unsigned kSysPtrace = 19;  // CAP_SYS_PTRACE
constexpr int kSeccompFilter = 2;
constexpr char kAsRoot[] = "as root (or with the capability CAP_SYS_PTRACE)";

template <class Number>
Number numberOf(std::string_view text, int base, Number otherwise) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return otherwise;
  Number number{};
  const char* const end = text.data() + text.size();
  return std::from_chars(text.data() + begin, end, number, base).ec == std::errc() ? number : otherwise;
}

std::vector<std::int64_t> numbersOf(std::string_view text) {
  std::vector<std::int64_t> numbers;
  while (true) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return numbers;
    text.remove_prefix(begin);
    numbers.push_back(numberOf<std::int64_t>(text, 10, -1));
    const std::size_t end = text.find_first_of(" \t");
    if (end == std::string_view::npos) return numbers;
    text.remove_prefix(end);
  }
}

std::string processFile(std::int32_t pid, const char* name) {
  return "/proc/" + std::to_string(pid) + "/" + name;
}

/// The kernel gives the files of a process that may not be looked into to root.
bool isUndumpable(std::int32_t pid, std::int64_t user) {
  struct stat status {};
  return user > 0 && stat(processFile(pid, "mem").c_str(), &status) == 0 && status.st_uid == 0;
}

std::string asUser(std::int64_t user, std::int32_t pid) {
  return "sudo -u " + userName(user) + " pyrometer attach " + std::to_string(pid);
}

}  // namespace

ProcessStatus processStatus(std::int32_t pid, std::int32_t tid) {
  ProcessStatus status;
  const auto text =
      readSmallFile("/proc/" + std::to_string(pid) + "/task/" + std::to_string(tid) + "/status");
  if (!text) return status;
  status.there = true;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view key = line.substr(0, colon), value = line.substr(colon + 1);
    if (key == "Tgid") status.group = numberOf<std::int32_t>(value, 10, -1);
    if (key == "TracerPid") status.tracer = numberOf<std::int32_t>(value, 10, -1);
    if (key == "CapPrm") status.permitted = numberOf<std::uint64_t>(value, 16, 0);
    if (key == "CapEff") status.effective = numberOf<std::uint64_t>(value, 16, 0);
    if (key == "Seccomp") status.seccomp = numberOf<int>(value, 10, -1);
    if (key == "Uid") {
      const auto users = numbersOf(value);
      if (users.size() < 3) continue;
      status.user = users[1];
      status.one_user = users[0] == users[1] && users[1] == users[2];
    }
    if (key == "NSpid") {
      for (const std::int64_t id : numbersOf(value)) status.ids.push_back(static_cast<std::int32_t>(id));
    }
  }
  return status;
}

int yamaScope() {
  const auto text = readSmallFile("/proc/sys/kernel/yama/ptrace_scope");
  return text ? numberOf<int>(*text, 10, -1) : -1;
}

bool haveTracingCapability() { return (processStatus(getpid(), getpid()).effective >> kSysPtrace & 1) != 0; }

std::string userName(std::int64_t user) {
  const passwd* const entry = getpwuid(static_cast<uid_t>(user));
  return entry != nullptr ? entry->pw_name : "#" + std::to_string(user);
}

bool isInAnotherNamespace(std::int32_t pid, const char* which) {
  const std::string name = std::string("ns/") + which;
  const std::string its = linkTarget(processFile(pid, name.c_str()));
  const std::string ours = linkTarget("/proc/self/" + name);
  return !its.empty() && !ours.empty() && its != ours;
}

std::string whyRefused(std::int32_t pid, int error_number, bool blocking) {
  const ProcessStatus its = processStatus(pid, pid), ours = processStatus(getpid(), getpid());
  const char* const call = blocking ? "ptrace" : "process_vm_readv";
  if (error_number == ENOSYS) {
    return std::string("the system call ") + call +
           " is not there: a sandbox or a seccomp filter keeps it from us; run pyrometer outside of it";
  }
  if (blocking && its.tracer > 0) {
    return "process " + std::to_string(its.tracer) +
           " (a debugger?) holds it, and there can be but one; end that, or leave out --blocking";
  }
  if (haveTracingCapability() && !isInAnotherNamespace(pid, "user")) {
    if (yamaScope() == 3)
      return "kernel.yama.ptrace_scope is 3, which forbids it to everybody until the machine is started anew";
    if (ours.seccomp == kSeccompFilter)
      return std::string("a seccomp filter (of this container?) forbids ") + call +
             "; run pyrometer outside, or start the container with a profile that permits it";
    return std::string("the system forbids ") + call + " (" + systemErrorText(error_number) +
           ") although we have CAP_SYS_PTRACE: a security module (AppArmor, SELinux) may have a rule against "
           "it";
  }
  if (its.user >= 0 && its.user != geteuid()) {
    return "it belongs to user " + userName(its.user) + "; attach as that user (" + asUser(its.user, pid) +
           ") or " + kAsRoot;
  }
  if (its.there && !its.one_user)
    return std::string("it runs with the rights of more than one user (set-user-ID); attach ") + kAsRoot;
  switch (yamaScope()) {
    case 1:
      return std::string(
                 "kernel.yama.ptrace_scope is 1, which lets only a program's ancestors look into it; "
                 "permit it (sudo sysctl kernel.yama.ptrace_scope=0), attach ") +
             kAsRoot + ", or start the program by pyrometer run --outside";
    case 2:
      return std::string("kernel.yama.ptrace_scope is 2, which asks for CAP_SYS_PTRACE; attach ") + kAsRoot +
             ", or permit it (sudo sysctl kernel.yama.ptrace_scope=0)";
    case 3:
      return "kernel.yama.ptrace_scope is 3, which forbids it to everybody until the machine is started anew";
    default:
      break;
  }
  if (isUndumpable(pid, its.user)) {
    return std::string(
               "it has closed itself to other processes (prctl PR_SET_DUMPABLE, or by starting with "
               "more rights than its user's); attach ") +
           kAsRoot;
  }
  if ((its.permitted & ~ours.permitted) != 0)
    return std::string("it has capabilities that we have not; attach ") + kAsRoot;
  if (ours.seccomp == kSeccompFilter) {
    return std::string("a seccomp filter (of this container?) forbids ") + call +
           "; run pyrometer outside, or start the container with --cap-add=SYS_PTRACE";
  }
  return std::string("the system forbids ") + call + " (" + systemErrorText(error_number) +
         "): a security module or a namespace stands between; attach " + kAsRoot + " of the machine";
}

}  // namespace pyrometer
