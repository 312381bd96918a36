#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "daemon/support/file_descriptor.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// A file that is there whole or not at all: written beside its target under a name of its own, mode 0600,
/// and renamed over it by commit(). Without a commit nothing stays and an older file is untouched. "-" is the
/// standard output, and a target that is a device or a pipe is written to as it is. A link is followed: its
/// target is replaced.
///
/// A program that writes files should ignore SIGXFSZ, so that a limit on file sizes becomes an Error here.
class OutputFile {
 public:
  static Result<OutputFile> create(const std::string& path);
  /// A file without a name, in TMPDIR or /tmp: gone with its descriptor, to be read back and never committed.
  static Result<OutputFile> anonymous();
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  Result<void> write(std::string_view bytes);
  Result<void> commit();
  /// The same, but what is there already stays; false: something was, and nothing was done. Nobody can come
  /// between the look and the taking of the name.
  Result<bool> commitUnlessTaken();

  /// For a writer that goes back to mend what it wrote: a regular file, which neither the standard output nor
  /// a device is. write() goes on from where the descriptor is.
  bool seekable() const { return seekable_; }
  /// Of a seekable file.
  int descriptor() const { return file_.get(); }
  /// All of a seekable file, piece by piece.
  Result<void> readBack(const std::function<Result<void>(std::string_view)>& sink) const;

  std::uint64_t written() const { return written_; }

 private:
  OutputFile() = default;
  Error failed(int error_number) const;

  std::string name_;       ///< as given, for messages
  std::string target_;     ///< renamed to at commit; empty where there is no renaming
  std::string temporary_;  ///< empty once renamed or removed
  FileDescriptor file_;    ///< none: the standard output
  bool seekable_ = false;
  std::uint64_t written_ = 0;
};

}  // namespace pyrometer
