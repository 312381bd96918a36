#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string_view>

#include "daemon/importers/reading.h"
#include "daemon/profile/profile_builder.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// Takes a file's bytes in whatever pieces they come and writes rows into the builder it was opened with.
/// Damage is noted in RunInfo::damage and reading goes on where it can; an Error is for what makes the whole
/// file useless, and for a reading that was cancelled.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual Result<void> feed(std::span<const std::byte> bytes) = 0;
  /// No more bytes will come. What a cut file had is in the builder; the cut is in RunInfo::damage.
  virtual Result<void> finish() = 0;
};

struct ImportOptions {
  int part = 0;  ///< which profile of a file that holds several
  /// Whose logs of a recording that holds those of several processes: a pid; empty: the first that has any.
  std::optional<std::int64_t> log_process = {};
  /// A profile that does not name its program gets its file's name for a command: for titles.
  bool name_by_file = false;
  /// Looked at after each window of the file, and by what a reader does at the end in long loops.
  std::stop_token stop = {};
  std::function<void(ReadProgress)> progress = {};  ///< may be empty; see ReadingWatch for the pace
};

/// A file format that can be read. Stateless; one of each exists for the life of the program (see
/// registry.h).
class Importer {
 public:
  virtual ~Importer() = default;
  virtual std::string_view name() const = 0;
  /// Decides by the first bytes of the (decompressed) file; at least 64 are given where the file has them.
  virtual bool sniff(std::span<const std::byte> head) const = 0;
  virtual std::unique_ptr<Reader> open(ProfileBuilder& target, const ImportOptions& options) const = 0;
};

}  // namespace pyrometer
