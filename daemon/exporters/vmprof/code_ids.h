#pragma once

#include <cstdint>
#include <vector>

#include "daemon/profile/profile.h"

namespace pyrometer::vmprof {

/// The number of each function in the file. Those of code are even, as in the files of CPython, where they
/// are addresses; those of native functions have the lowest bit set. Code that nobody has named keeps the
/// number that it is called by, and gets no name: so it is unknown code to whoever reads the file, too.
class CodeIds {
 public:
  explicit CodeIds(const Profile& profile);

  std::uint64_t cell(FunctionId id) const { return cells_[index(id)]; }
  bool named(FunctionId id) const { return named_[index(id)]; }

 private:
  std::vector<std::uint64_t> cells_;
  std::vector<bool> named_;
};

}  // namespace pyrometer::vmprof
