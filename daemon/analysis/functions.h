#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "daemon/analysis/filter.h"

namespace pyrometer {

struct FunctionHeat {
  FunctionId function;
  Counters counters;
};

/// Flat table of functions with samples, by self time, most first.
std::vector<FunctionHeat> functionHeat(const Profile& profile, const Filter& filter = {},
                                       std::stop_token stop = {});

/// One side of the call hierarchy of a function: who called it, or whom it called, with the samples and time
/// that passed through the pair: each sample once for each pair, however often the stack has it. Most time
/// first. A function at the root of a stack has no caller.
struct CallEdge {
  FunctionId function;
  std::uint64_t samples = 0, time = 0;
};
std::vector<CallEdge> callers(const Profile& profile, FunctionId function, const Filter& filter = {},
                              std::stop_token stop = {});
std::vector<CallEdge> callees(const Profile& profile, FunctionId function, const Filter& filter = {},
                              std::stop_token stop = {});

}  // namespace pyrometer
