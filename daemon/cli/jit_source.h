#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/jit/trace_forest.h"

namespace pyrometer {

/// The source behind a trace's merge points: the text that the log itself holds; else the file as it is on
/// the disk now, where the log's name leads to a regular file whose name ends in .py. Not for several
/// threads.
class JitSource {
 public:
  explicit JitSource(const jit::TraceForest& forest) : forest_(forest) {}

  /// Without the line's indentation; empty where there is no text.
  std::string_view line(std::string_view file, std::uint32_t line);
  /// Whether any line came from the disk, and may have been changed since.
  bool fromDisk() const { return from_disk_; }

 private:
  struct File {
    std::optional<jit::FileId> in_log;
    bool looked_up = false;  ///< on the disk
    std::string text;
    std::vector<std::string_view> lines;
  };
  File& fileOf(std::string_view name);

  const jit::TraceForest& forest_;
  std::map<std::string, File, std::less<>> files_;
  bool from_disk_ = false;
};

}  // namespace pyrometer
