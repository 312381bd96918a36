#pragma once

#include <cstdint>
#include <vector>

#include "daemon/profile/profile.h"

namespace pyrometer::vmprof {

/// The resident size of a sample's process at the sample: the last point before it, the first one for samples
/// before any. Rows must be asked in order.
class MemoryCursor {
 public:
  explicit MemoryCursor(const Profile& profile);

  bool any() const { return any_; }
  /// kB; 0 where nothing is known of the process.
  std::uint64_t kilobytesAt(std::size_t row, const Sample& sample);

 private:
  struct Curve {
    std::vector<MemoryPoint> points;
    std::size_t at = 0;
  };
  const Profile& profile_;
  std::vector<Curve> curves_;  ///< by process
  bool any_;
};

}  // namespace pyrometer::vmprof
