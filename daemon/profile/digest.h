#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/profile/ids.h"
#include "daemon/profile/tables.h"

namespace pyrometer {

/// Thread and state of a sample in one word, as the column and the digests have it:
///
///   | thread, 24 bits | VmState and ThreadState, 8 bits |
using Origin = std::uint32_t;
inline constexpr std::uint32_t kMaxThreads = 1u << 24;

constexpr Origin packOrigin(ThreadId thread, SampleState state) {
  return index(thread) << 8 | state.packed();
}
constexpr ThreadId originThread(Origin origin) { return ThreadId{origin >> 8}; }
constexpr SampleState originState(Origin origin) {
  return SampleState::unpack(static_cast<std::uint8_t>(origin & 0xff));
}

/// The samples of one stretch of rows, summed by (thread, state, leaf). A view filtered by time, thread or
/// state adds up these instead of the samples, and reads row by row only what no digest covers. Entries lie
/// together by origin, so a filter skips what it does not let through.
struct Digest {
  struct Entry {
    LeafId leaf;
    std::uint32_t count;
    std::uint64_t weight;
  };
  struct Group {
    Origin origin;
    std::uint32_t begin;  ///< in `entries`, up to the next group's begin
  };
  std::vector<Group> groups;
  std::vector<Entry> entries;

  std::size_t groupEnd(std::size_t group) const {
    return group + 1 < groups.size() ? groups[group + 1].begin : entries.size();
  }
  std::size_t bytes() const {
    return sizeof(Digest) + groups.capacity() * sizeof(Group) + entries.capacity() * sizeof(Entry);
  }
};

}  // namespace pyrometer
