#pragma once

#include <string>
#include <vector>

namespace pyrometer {

/// Ends, or lets the caller return, as a program ended whose wait status this is: killed by a signal it died
/// of (without a core of our own), else with its exit status, which is returned.
int endLike(int wait_status);

/// The exit status for a program that could not be started, as env and timeout have it: 127 if it does not
/// exist, 126 if it exists and cannot be executed or read, 125 for all else.
int startFailureStatus(const std::vector<std::string>& program);

}  // namespace pyrometer
