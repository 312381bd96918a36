#pragma once

#include <cstddef>
#include <string>

#include "daemon/profile/profile.h"

namespace pyrometer {

/// How a thread is called to people: "MainThread", "MainThread · task fetch", "thread 4711".
std::string threadTitle(const Profile& profile, const Thread& thread);

/// Threads without the rows that stand for their tasks.
std::size_t threadCount(const Profile& profile);

}  // namespace pyrometer
