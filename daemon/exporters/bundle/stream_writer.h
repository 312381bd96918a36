#pragma once

#include <functional>
#include <string_view>

#include "daemon/profile/profile.h"
#include "daemon/support/result.h"
#include "sampler/sample_stream.h"

namespace pyrometer::bundle {

using StreamSink = std::function<Result<void>(std::string_view)>;

/// A profile as a sample stream, magic first, piece by piece. Functions become code objects whose line table
/// has the lines that occur; each thread's CPU clock is the sum of its weights so far; a profile without
/// times has the number of the row for a time. Read back it is the same profile, but for the middle of stacks
/// deeper than stream::kMaxFrames.
Result<void> writeStream(const Profile& profile, const StreamSink& sink);

}  // namespace pyrometer::bundle
