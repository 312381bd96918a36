#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "daemon/profile/profile_builder.h"
#include "daemon/run/source_reader.h"
#include "daemon/support/result.h"

namespace pyrometer {

class RecordingFolder;

/// Keeps the texts of the source files that a run's stacks name, as they were when the program ran: each is
/// read when it first appears, the script itself before the program starts. Those above a size are left out.
class SourceKeeper {
 public:
  static constexpr std::size_t kLargestSum = 256 * 1024 * 1024;

  /// Relative paths count from `working_directory`. A file written after `start_unix_ns` may differ from what
  /// runs. `root`: where a program's files are that has another root than ours, and so another /.
  SourceKeeper(std::string working_directory, std::int64_t start_unix_ns, std::string root = {});

  /// Reads a file now, for when stacks name it.
  void readAhead(const std::string& path);
  /// Adds the texts of files that are new in `builder` to it, and to the folder if there is one, which lists
  /// them within a second, or at once if these are the `last`.
  Result<void> follow(ProfileBuilder& builder, RecordingFolder* folder, bool last);

 private:
  std::string absolute(std::string_view path) const;

  std::string working_directory_, root_;
  std::int64_t start_;
  SourceReader reader_;
  std::map<std::string, std::string> ahead_;
  std::size_t seen_ = 0;  ///< files of the profile looked at
  std::size_t sum_ = 0;
  bool unlisted_ = false;
  std::int64_t listed_ = 0;  ///< when
};

}  // namespace pyrometer
