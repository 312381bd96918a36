#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/profile/tables.h"

namespace pyrometer {

/// Tells the user's own files from those of libraries, by path alone. What lies below a root is the user's unless
/// it is in site-packages, dist-packages or a Python installation's library folder below that root.
class MyCode {
 public:
  MyCode() = default;
  /// `roots`: absolute folders (script's folder, workspace). Empty: everything outside installations is the user's.
  explicit MyCode(std::vector<std::string> roots) : roots_(std::move(roots)) {}

  Owner ownerOf(std::string_view path) const;
  const std::vector<std::string>& roots() const { return roots_; }

 private:
  std::vector<std::string> roots_;
};

}  // namespace pyrometer
