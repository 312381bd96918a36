#pragma once

#include "daemon/importers/bundle/entries.h"
#include "daemon/importers/reading.h"
#include "daemon/profile/profile_builder.h"
#include "daemon/support/result.h"

namespace pyrometer::bundle {

/// Reads a recording into the builder: manifest, then samples, then source texts. What is damaged or missing
/// is noted in RunInfo::damage; an Error only where there are no samples to read at all. `where` names the
/// bundle in messages. Only the samples are long enough to be watched.
Result<void> readBundle(Entries& entries, const std::string& where, ProfileBuilder& target,
                        ReadingWatch& watch);

}  // namespace pyrometer::bundle
