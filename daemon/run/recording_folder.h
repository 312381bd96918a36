#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/support/file_descriptor.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// See recording.h.
class RecordingLock {
 public:
  /// Empty if somebody else holds it, or there is no such folder.
  static std::shared_ptr<RecordingLock> tryTake(const std::string& folder);

 private:
  explicit RecordingLock(FileDescriptor fd) : fd_(std::move(fd)) {}
  FileDescriptor fd_;
};

/// A recording while it is written: the folder laid out in exporters/bundle/bundle.h, one step ahead of the
/// zip file. Whatever is in it at any moment can be read: samples grow by whole batches, the other files are
/// replaced at once, and a source is listed when it is whole.
class RecordingFolder {
 public:
  /// Makes PARENT/NAME-DATE-XXXXXX (0700), locked.
  static Result<RecordingFolder> make(const std::string& parent, const std::string& name);

  const std::string& path() const { return path_; }
  const std::shared_ptr<RecordingLock>& lock() const { return lock_; }

  /// Adds a batch to the samples, whole or not at all. After a failure nothing more is taken.
  Result<void> append(std::string_view batch);
  Result<void> writeManifest(std::string_view text);
  Result<void> addSource(const std::string& path, std::string_view text, bool changed);
  /// The list of sources, where it has grown.
  Result<void> writeSourcesIndex();

 private:
  RecordingFolder() = default;
  Result<void> replaceFile(const std::string& name, std::string_view text) const;
  Result<void> writeFile(const std::string& name, std::string_view text) const;

  struct Source {
    std::string path, file;
    bool changed;
  };
  std::string path_;
  std::shared_ptr<RecordingLock> lock_;
  FileDescriptor samples_;
  std::uint64_t length_ = 0;
  std::vector<Source> sources_;
  std::size_t listed_ = 0;
};

}  // namespace pyrometer
