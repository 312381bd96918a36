#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/profile/profile.h"

namespace pyrometer::fuzz {

/// A reader that must survive any bytes. `run` reads them to the end and looks at what came out; it returns
/// nothing, it only must not crash, hang, or trip a sanitizer.
struct Target {
  std::string_view name;
  void (*run)(std::span<const std::byte>);
  std::vector<std::string> (*seeds)();
  int mutations;  ///< of each seed, in the test
};

std::span<const Target> targets();

/// Everything that a view would touch.
void look(const Profile& profile);

}  // namespace pyrometer::fuzz
