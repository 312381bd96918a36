#pragma once

#include <optional>
#include <string>

/// Things that are found out by doing them.
namespace pyrometer::trials {

/// What the system answers to who wants to look into a child of ours: 0 or an errno.
struct ChildTrial {
  int read = 0;  ///< process_vm_readv
  int hold = 0;  ///< ptrace
};
ChildTrial lookIntoChild();

/// Whether the interpreter has the sampler in it when it is started with it. Empty: it did not start.
std::optional<bool> preload(const std::string& python, const std::string& library);

/// 0 or an errno: a software counter of perf for ourselves.
int openPerfCounter();

/// 0 or an errno: shared memory that is handed over by descriptor, as samples are.
int makeSharedMemory();

/// The first program of that name on PATH; empty: none.
std::string onPath(const std::string& name);

}  // namespace pyrometer::trials
