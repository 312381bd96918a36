#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/profile/profile.h"

namespace pyrometer {

/// Which samples a view looks at. Empty fields let everything through.
struct Filter {
  std::optional<std::int64_t> from, to;  ///< ns since the run's start, [from, to)
  std::vector<ThreadId> threads;
  std::vector<VmState> vm_states;
  std::vector<ThreadState> thread_states;
  bool empty() const { return !from && !to && threads.empty() && vm_states.empty() && thread_states.empty(); }
};

/// Samples and weight by leaf stack, for the samples a filter lets through: where every filtered view begins.
/// Unfiltered it is the builder's own count; filtered it adds digests, and reads rows only at a window's edges.
std::vector<Profile::StackWeight> stackWeights(const Profile& profile, const Filter& filter);

}  // namespace pyrometer
