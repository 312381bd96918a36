#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "daemon/profile/profile.h"

/// Everything in this room is plain synchronous code over an immutable Profile and may run on any thread.
/// Where a stop token is taken and pulled, the call returns soon and what it returns is of no use.
namespace pyrometer {

/// Which samples a view looks at. Empty fields let everything through.
struct Filter {
  std::optional<std::int64_t>
      from = {},
      to = {};  ///< ns since the run's start, [from, to); samples without times are at 0
  std::vector<ProcessId> processes = {};  ///< with `threads`: the threads of these among those
  std::vector<ThreadId> threads = {};
  std::vector<VmState> vm_states = {};
  std::vector<ThreadState> thread_states = {};
  bool empty() const {
    return !from && !to && processes.empty() && threads.empty() && vm_states.empty() && thread_states.empty();
  }
};

/// Which threads a filter lets through, by ThreadId.
std::vector<bool> threadsOf(const Profile& profile, const Filter& filter);

/// Samples and weight by leaf (LeafId), for the samples a filter lets through: where every filtered view
/// begins. Unfiltered it is the builder's own count; filtered it adds digests, and reads rows only where
/// there are none.
std::vector<StackWeight> leafWeights(const Profile& profile, const Filter& filter, std::stop_token stop = {});

/// The same by StackId.
std::vector<Profile::StackWeight> stackWeights(const Profile& profile, const Filter& filter,
                                               std::stop_token stop = {});

/// What a view's samples add up to: what shares are shares of.
struct ViewSums {
  StackWeight all;
  StackWeight importing;  ///< charged to importing (see Profile)
};
ViewSums viewSums(const Profile& profile, const Filter& filter = {}, std::stop_token stop = {});

}  // namespace pyrometer
