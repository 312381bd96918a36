#pragma once

#include <optional>
#include <stop_token>
#include <vector>

#include "daemon/analysis/filter.h"

/// Sums over the tree of stacks that several questions share. Loops over the table: parents precede children.
namespace pyrometer {

/// From the weight of each stack's own samples to the weight of all samples that pass through its node.
std::vector<StackWeight> sumsThrough(const Profile& profile, std::vector<StackWeight> own);

/// Counters of all lines and functions in a view.
struct ViewCounters {
  std::vector<Counters> lines;      ///< by LineId
  std::vector<Counters> spans;      ///< by SpanId; where asked for
  std::vector<Counters> functions;  ///< by FunctionId
  StackWeight all;
};

/// What to count. With `only_file` the lines of that file alone have counters, and functions none: what a
/// document's heat needs, at a part of the cost.
struct CounterScope {
  std::optional<FileId> only_file = {};
  bool spans = false;
};
/// For a filter that is not empty; without one the builder's counters say the same.
ViewCounters viewCounters(const Profile& profile, const Filter& filter, std::stop_token stop,
                          CounterScope scope = {});

}  // namespace pyrometer
