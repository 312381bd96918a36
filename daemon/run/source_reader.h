#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "daemon/importers/bundle/entries.h"

namespace pyrometer {

/// Reads source files by the names that code objects have: plain files, and modules that were imported from a
/// zip file ("app.zip/package/module.py"). Text only, never followed into; the last zip file stays open.
class SourceReader {
 public:
  static constexpr std::size_t kLargestFile = 8 * 1024 * 1024;

  struct Source {
    std::string text;
    std::int64_t written_unix_ns = 0;  ///< of the zip file, for what is in one
  };

  /// Nothing for what is missing, no text, or too large.
  std::optional<Source> read(const std::string& path);

 private:
  std::optional<Source> readFromZip(const std::string& path);

  std::string archive_path_;
  std::unique_ptr<bundle::Entries> archive_;
};

}  // namespace pyrometer
