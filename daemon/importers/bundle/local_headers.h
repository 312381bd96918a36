#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "daemon/importers/bundle/entries.h"
#include "daemon/support/input_file.h"
#include "daemon/support/result.h"

namespace pyrometer::bundle {

/// Where an entry's bytes lie in a zip file, as the header in front of them tells.
struct ZipPiece {
  static constexpr std::uint16_t kStored = 0, kDeflated = 8;

  std::uint64_t begin = 0, size = 0;
  std::uint16_t method = kStored;
  std::uint32_t sum = 0, plain_size = 0;  ///< as gzip has them
  bool whole = true;                      ///< not: what follows the header may be longer than the entry
};

/// The entries of a zip file from the front, until one does not hold together. The directory at the file's
/// end is not looked at; libzip, which does, tells nobody where an entry lies.
struct LocalHeaders {
  std::map<std::string, ZipPiece> pieces;
  std::uint64_t end = 0;  ///< of what holds together
};
Result<LocalHeaders> readLocalHeaders(const InputFile& file);

/// The entry, if it is one of those and stored.
Result<std::optional<PlainBytes>> plainBytes(const std::string& path, const LocalHeaders& headers,
                                             const std::string& name);

}  // namespace pyrometer::bundle
