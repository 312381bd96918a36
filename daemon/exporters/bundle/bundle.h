#pragma once

#include <stop_token>
#include <string>

#include "daemon/profile/profile.h"
#include "daemon/support/result.h"

namespace pyrometer::bundle {

/// A recording is a folder while it is written and a zip file (`.pyrometer`) after; both hold the same
/// entries:
///   manifest.json  what was run, when, how (RunInfo without what the samples say), format version; written
///   at the
///                  start and again at the end; RunInfo::finished tells which
///   samples        the sample stream (sampler/sample_stream.h)
///   logs/N.jit     what PyPy's JIT wrote of process N of the stream (_jitlog, JITLOG), as it wrote it
///   logs/N.pypylog PyPy's text log (PYPYLOG) of process N
///   sources/N      texts of source files, and sources.json: [{"path", "file": "sources/N", "changed": bool}]
inline constexpr char kManifest[] = "manifest.json";
inline constexpr char kSamples[] = "samples";
inline constexpr char kLogsFolder[] = "logs";
inline constexpr char kSourcesIndex[] = "sources.json";
inline constexpr char kSourcesFolder[] = "sources";
inline constexpr int kFormatVersion = 1;

/// JSON of a RunInfo. parseManifest in importers/bundle/manifest.h reads it back.
std::string manifestText(const RunInfo& info);

/// Makes the zip of a recording's folder: written beside `target`, then renamed over it, mode 0600. The
/// folder stays.
Result<void> pack(const std::string& recording_folder, const std::string& target);
/// The same, but what is there already stays; false: something was. Stopped, it leaves nothing.
Result<bool> packUnlessTaken(const std::string& recording_folder, const std::string& target,
                             std::stop_token stop = {});

/// The same from a profile in memory, for a recording that is not whole on disk. Needs room on `target`'s
/// disk only; a target that cannot seek is made in TMPDIR first.
Result<void> save(const Profile& profile, const std::string& target);

}  // namespace pyrometer::bundle
