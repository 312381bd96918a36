#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "daemon/server/documents/line_map.h"
#include "daemon/support/file_stamp.h"

namespace pyrometer {

/// Where the lines of a run's files are in the files on disk now, for those that no editor has open. A file
/// is read once, and again when it is another. Any thread.
class LinesOnDisk {
 public:
  /// Null: lines are where they were, since the file is the one that ran, or there is none to say otherwise.
  /// `recorded`: the bytes that ran; `run_text` makes a text of them, if those on disk turn out to be others.
  std::shared_ptr<const LineMap> find(const std::string& path, std::string_view recorded,
                                      const std::function<std::shared_ptr<const RunText>()>& run_text);

 private:
  struct Known {
    FileStamp stamp;
    std::shared_ptr<const LineMap> map;
  };
  static constexpr std::size_t kMostFiles = 10'000, kMostMaps = 256;
  void keep(const std::string& path, Known known);

  std::mutex mutex_;
  std::map<std::string, Known> known_;  ///< by path
  std::size_t maps_ = 0;                ///< in known_
};

}  // namespace pyrometer
