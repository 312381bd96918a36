#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pyrometer {

/// Runs a small command to its end and returns what it wrote, standard output and error together (Python 2
/// says its version on the latter); empty if it could not be started, failed, or took longer than ten
/// seconds. Its standard input is /dev/null. `folder`: where it runs, if not here.
std::optional<std::string> commandOutput(const std::vector<std::string>& command,
                                         const std::string& folder = {});

}  // namespace pyrometer
