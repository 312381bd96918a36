#pragma once

#include <memory>
#include <stop_token>

#include "daemon/analysis/filter.h"

namespace pyrometer {

/// A profile of the samples alone that a filter lets through, with the memory and the sources that belong to
/// them: every view of it is a view of that part, and its shares are shares of that part. Processes and
/// threads keep their numbers; files, functions, lines and stacks do not. One pass over all samples.
std::shared_ptr<const Profile> slice(const Profile& profile, const Filter& filter, std::stop_token stop = {});

}  // namespace pyrometer
