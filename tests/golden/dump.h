#pragma once

#include <string>

#include "daemon/profile/profile.h"

namespace pyrometer::test {

/// A profile as text: what is known of the run, threads, memory, and each stack with its samples. Stable from
/// run to run and from machine to machine. `most_stacks`: the hottest so many; the rest is summed up.
std::string dump(const Profile& profile, std::size_t most_stacks = 40);

/// Compares `actual` with the file tests/golden/`name`; with PYROMETER_RENEW_GOLDEN=1 in the environment it
/// writes the file instead. Returns a message for the test, empty if all is well.
std::string compareWithGolden(const std::string& name, const std::string& actual);

/// The path of a file below tests/golden.
std::string goldenPath(const std::string& name);

}  // namespace pyrometer::test
