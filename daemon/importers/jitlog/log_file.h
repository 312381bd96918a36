#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "daemon/importers/bundle/entries.h"
#include "daemon/importers/reading.h"
#include "daemon/profile/run_info.h"
#include "daemon/support/input_file.h"
#include "daemon/support/result.h"

namespace pyrometer::jitlog {

struct ReadOptions {
  std::stop_token stop = {};
  std::function<void(ReadProgress)> progress = {};  ///< may be empty; see ReadingWatch for the pace
};

/// A log's bytes, to be read at any offset. What lies in a gzip or zip wrapper is inflated once, into a
/// temporary file without a name: a stage is then one pread away, as in a plain log. (Restarting the
/// inflation at noted places would save the disk space, at 32 kB of memory for each megabyte and milliseconds
/// for each stage; wrapped logs are those that were sent over a network, and small.)
class LogFile {
 public:
  static Result<LogFile> open(const std::string& path, const ReadOptions& options);
  /// A log in a recording: where it lies if it is stored there, unpacked if not. An Error if there is no such
  /// entry.
  static Result<LogFile> openMember(bundle::Entries& recording, const std::string& where,
                                    const std::string& name, const ReadOptions& options);

  /// What messages call it.
  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; }
  Result<std::size_t> readAt(std::uint64_t offset, std::span<std::byte> into) const;
  /// An Error if the file has changed since it was opened. What was unwrapped cannot.
  Result<void> unchanged() const { return plain_.unchanged(); }
  /// Whether it was unwrapped, which is most of the work of reading it.
  bool unwrapped() const { return unwrapped_; }
  /// What the wrapper lost.
  const std::optional<Damage>& loss() const { return loss_; }

 private:
  LogFile(std::string path, InputFile plain)
      : path_(std::move(path)), plain_(std::move(plain)), size_(plain_.size()) {}

  std::string path_;
  InputFile plain_;
  std::uint64_t begin_ = 0, size_;  ///< of the log, in the file
  bool unwrapped_ = false;
  std::optional<Damage> loss_;
};

}  // namespace pyrometer::jitlog
