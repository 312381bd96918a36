#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/analysis/filter.h"
#include "daemon/profile/profile.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// Whose samples: the processes of a profile by name (threads: profile/thread_title.h), and a choice among
/// them.

/// "4711 app.py": pid, and what tells it from others.
std::string processName(const Profile& profile, ProcessId id);
/// "exit status 0", "replaced by exec", "still running", or what else is known of its end;
/// empty of a process that the file does not tell.
std::string processEndText(const Profile& profile, ProcessId id);

/// What processes and threads have of all samples. One pass over the samples.
struct OriginWeights {
  std::vector<StackWeight> by_process, by_thread;
};
OriginWeights originWeights(const Profile& profile);

/// Processes in the order of a tree: children below their parents, in order of their start; with their depth.
struct ProcessPlace {
  ProcessId id{};
  std::uint32_t depth = 0;
};
std::vector<ProcessPlace> processTree(const Profile& profile);

/// --process and --thread.
struct OriginChoice {
  std::optional<std::int64_t> process;  ///< pid: all its images
  std::string thread;                   ///< a tid or a name; empty: all
  bool any() const { return process || !thread.empty(); }
};
/// The profile of what was chosen; the same one if nothing was. An Error names what there is.
Result<std::shared_ptr<const Profile>> chosen(std::shared_ptr<const Profile> profile,
                                              const OriginChoice& choice);

}  // namespace pyrometer
