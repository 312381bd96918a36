#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "daemon/support/file_descriptor.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// A regular file that is read through windows, never mapped: memory stays small, and a file that shrinks
/// under the reader is an Error and not a SIGBUS. Its size is what it was when it was opened; what is
/// appended later is not seen.
class InputFile {
 public:
  enum class Links { kFollow, kRefuse };
  static Result<InputFile> open(const std::string& path, Links links = Links::kFollow);

  /// What another descriptor is open on, as it is now: a temporary file that has been written, say.
  static Result<InputFile> of(int descriptor, std::string name);

  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; }

  /// Fills `into` from `offset` on, or as much of it as lies before the file's end; how much is returned.
  Result<std::size_t> readAt(std::uint64_t offset, std::span<std::byte> into) const;

  /// An Error if the file has been written to, or cut, since it was opened.
  Result<void> unchanged() const;

  /// The whole file; an Error if it is larger than `limit`.
  Result<std::string> readAll(std::uint64_t limit) const;

 private:
  static Result<InputFile> take(FileDescriptor file, std::string path);
  InputFile(std::string path, FileDescriptor file, std::uint64_t size, std::int64_t written_ns)
      : path_(std::move(path)), file_(std::move(file)), size_(size), written_ns_(written_ns) {}

  std::string path_;
  FileDescriptor file_;
  std::uint64_t size_;
  std::int64_t written_ns_;  ///< when it was written to last, as it was opened
};

}  // namespace pyrometer
