#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "daemon/profile/profile.h"

namespace pyrometer {

/// Growth of memory charged to lines, summed as a profile grows: each snapshot costs what is new in it.
///
/// Where resident memory rose between two points, the rise belongs to the lines that the process's samples in
/// between, (earlier, later], were charged to, shared evenly among the samples. The part of samples that are
/// charged to no line (importing, threads without code of the user's) is nobody's. Points with no sample in
/// between are taken as one stretch.
///
/// Snapshots must be of one profile, each at least as long as the last. One thread at a time.
class MemoryGrowthSum {
 public:
  /// `complete`: nothing more will come. Otherwise points wait until there is a sample after them, since
  /// samples of before may come later. Where the stop token is pulled, what was summed so far stays, and the
  /// next call goes on.
  void advance(const Profile& profile, bool complete, std::stop_token stop = {});

  /// Bytes by line; lines beyond its end have none.
  const std::vector<std::uint64_t>& bytes() const { return bytes_; }

 private:
  struct Stretch {
    std::optional<std::uint64_t> rss;    ///< at its beginning
    std::vector<std::uint32_t> charged;  ///< by sample in it: index of the charged line, or kNobody
  };
  static constexpr std::uint32_t kNobody = UINT32_MAX;

  void close(Stretch& stretch, std::uint64_t rss);

  std::vector<Stretch> stretches_;  ///< by process
  std::vector<std::uint64_t> bytes_;
  std::size_t next_row_ = 0, next_point_ = 0;
};

}  // namespace pyrometer
