#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/importers/vmprof/cell_stacks.h"
#include "daemon/importers/vmprof/names.h"
#include "daemon/profile/profile_builder.h"

namespace pyrometer::vmprof {

/// One profile of a file before its names are known: on CPython these come after all samples. A sample is
/// eight bytes here (sixteen with memory); stacks are there once.
class RawProfile {
 public:
  Layout layout;
  bool pypy = false;
  std::optional<std::int64_t> start_ns, end_ns;  ///< since the epoch
  std::uint64_t period_ns = 0;
  std::map<std::string, std::string> meta;

  void addSample(const std::byte* cells, std::size_t frames, std::uint64_t thread, std::uint64_t memory_kb);
  std::size_t sampleCount() const { return samples_.size(); }

  /// Everything into the profile: names resolved, weights given.
  void build(const Names& names, ProfileBuilder& target) const;

 private:
  struct Row {
    std::uint32_t stack;
    std::uint32_t thread;  ///< index in threads_
  };

  CellStacks stacks_;
  std::vector<Row> samples_;
  std::vector<std::uint64_t> memory_kb_;
  std::vector<std::uint64_t> threads_;
  std::unordered_map<std::uint64_t, std::uint32_t> thread_index_;
};

}  // namespace pyrometer::vmprof
