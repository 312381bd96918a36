#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/profile/phase_log.h"
#include "daemon/profile/profile.h"

namespace pyrometer {

namespace jit {
class TraceForest;
}

/// What a file turned out to be.
enum class FileKind { kProfile, kJitlog, kPypylog };

/// Everything that was read when the user named one file: the file itself, and what lies beside it and
/// belongs to the same run. Immutable; share freely.
struct OpenedFile {
  FileKind kind = FileKind::kProfile;
  std::shared_ptr<const Profile> profile;  ///< empty for a jitlog or a PYPYLOG opened by itself
  /// The jitlog of the same run, or the file itself.
  std::shared_ptr<const jit::TraceForest> jit;
  /// PyPy's text log of the same run, or the file itself.
  std::shared_ptr<const PhaseLog> phases;
  std::vector<std::string> joined;   ///< paths of the files that were read along with it
  std::vector<std::string> members;  ///< entries of the recording that are such logs, and were read
  std::vector<std::string> notes;    ///< sentences about joining: what was left alone, and why
};

}  // namespace pyrometer
