#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/importers/vmprof/cell_stacks.h"
#include "daemon/importers/vmprof/names.h"
#include "daemon/profile/profile_builder.h"
#include "daemon/support/result.h"

namespace pyrometer::vmprof {

/// One profile of a file before its names are known: on CPython these come after all samples. A sample is
/// eight bytes here, eight more with memory and with times; stacks are there once.
class RawProfile {
 public:
  Layout layout;
  bool pypy = false, real_time = false;
  std::optional<std::int64_t> start_ns, end_ns;  ///< since the epoch
  std::optional<double> clock_start;             ///< the fork's clock at the start, seconds
  std::uint64_t period_ns = 0;
  std::uint64_t weight_ns = 0;  ///< what our own exporter says of each sample; 0: nothing
  std::map<std::string, std::string> meta;
  std::string maps;  ///< version 0: the text behind its end

  /// What a sample holds besides its stack.
  struct Tail {
    std::uint64_t thread = 0, memory_kb = 0;
    std::int64_t time = 0;    ///< ns of the clock that the file uses
    bool allocation = false;  ///< taken at an allocation, not by the timer
  };
  void addSample(const std::byte* cells, std::size_t frames, const Tail& tail);
  std::size_t sampleCount() const { return samples_.rows.size(); }
  std::size_t allocationCount() const { return allocations_.rows.size(); }
  std::size_t threadCount() const { return threads_.size(); }
  const RawStacks& stacks() const { return stacks_.nodes(); }

  /// Everything into the profile: names resolved, weights given. An Error if it was told to stop.
  Result<void> build(const Names& names, ProfileBuilder& target, const std::stop_token& stop) const;

 private:
  struct Row {
    std::uint32_t stack;
    std::uint32_t thread;  ///< index in threads_
  };
  struct Series {
    std::vector<Row> rows;
    std::vector<std::uint64_t> memory_kb;
    std::vector<std::int64_t> times;
  };

  std::uint32_t threadIndex(std::uint64_t thread);

  CellStacks stacks_;
  Series samples_, allocations_;
  std::vector<std::uint64_t> threads_;
  std::unordered_map<std::uint64_t, std::uint32_t> thread_index_;
  std::uint32_t last_thread_ = 0;
};

}  // namespace pyrometer::vmprof
