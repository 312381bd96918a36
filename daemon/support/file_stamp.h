#pragma once

#include <cstdint>
#include <string>

namespace pyrometer {

/// By which a file is known to be the one that was read before: when it was written, how long it is, and
/// which it is. What is no regular file has the stamp of none.
struct FileStamp {
  std::int64_t written_ns = 0, size = -1;  ///< since 1970
  std::uint64_t device = 0, inode = 0;

  static FileStamp of(const std::string& path);

  bool exists() const { return size >= 0; }
  /// False for a moment after the file was written: the next write may leave the same stamp.
  bool settled() const;
  bool operator==(const FileStamp&) const = default;
};

}  // namespace pyrometer
