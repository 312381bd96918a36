#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/support/result.h"

namespace pyrometer {

/// What to execute, and with which environment.
struct Spawn {
  std::string executable;
  std::vector<std::string> argv;
  std::vector<std::pair<std::string, std::string>> environment;  ///< set on top of ours
  std::vector<std::string> without{};                            ///< names that are left out of ours
};

/// Fork and exec. What differs from program to program, between the two, is `in_child`: it may call only what
/// is safe after a fork among threads (no allocation), and returns 0, or the errno with which the start has
/// failed. An Error: why it could not be executed.
Result<pid_t> spawnProgram(const Spawn& spawn, const std::function<int()>& in_child);

/// Whether this child of ours has ended; it stays a zombie.
bool hasEnded(pid_t program);

/// Sets a variable in a list as in Spawn::environment.
void setVariable(std::vector<std::pair<std::string, std::string>>& environment, const std::string& name,
                 std::string value);
/// Its value there, or in our own environment; null if it is in neither.
const char* variableIn(const std::vector<std::pair<std::string, std::string>>& environment,
                       const std::string& name);

}  // namespace pyrometer
