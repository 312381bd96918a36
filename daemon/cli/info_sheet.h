#pragma once

#include <string>
#include <string_view>

#include "daemon/cli/terminal.h"

namespace pyrometer {

/// What `info` says: labels, and beside them values that wrap.
class InfoSheet {
 public:
  explicit InfoSheet(const Terminal& terminal) : terminal_(terminal) {}

  /// Nothing where the value is empty.
  void row(std::string_view label, std::string_view value);
  std::string take() { return std::move(out_); }

 private:
  const Terminal& terminal_;
  std::string out_;
};

}  // namespace pyrometer
