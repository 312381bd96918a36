#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pyrometer {

/// What /proc/PID/status says of whose a process is and of what may be done to it. Unknown numbers are -1.
struct ProcessStatus {
  bool there = false;
  std::int32_t group = -1;                     ///< pid of the process that this thread belongs to
  std::int32_t tracer = -1;                    ///< who holds it by ptrace; 0: nobody
  std::int64_t user = -1;                      ///< effective
  bool one_user = false;                       ///< real, effective and saved are the same
  std::uint64_t permitted = 0, effective = 0;  ///< capabilities
  int seccomp = -1;                            ///< 2: a filter decides on its system calls
  std::vector<std::int32_t> ids;               ///< in our pid namespace, ..., in its own
};
ProcessStatus processStatus(std::int32_t pid, std::int32_t tid);

/// kernel.yama.ptrace_scope; -1: this kernel has no Yama.
int yamaScope();

/// May we use this capability now?
bool haveTracingCapability();

/// Why another process's memory (`blocking` false) may not be read, or the process not be held by ptrace,
/// after the system has answered `error_number`, and which setting or right is missing. One sentence or two,
/// without the process's name: "it belongs to user root; ...".
std::string whyRefused(std::int32_t pid, int error_number, bool blocking);

/// Whether it lives in a namespace ("mnt", "pid", "user") other than ours; false where that cannot be told.
bool isInAnotherNamespace(std::int32_t pid, const char* which);

/// Names of users, "user 1000" where there is none.
std::string userName(std::int64_t user);

}  // namespace pyrometer
