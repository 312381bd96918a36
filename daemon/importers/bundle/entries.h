#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/profile/run_info.h"
#include "daemon/support/input_file.h"
#include "daemon/support/result.h"

namespace pyrometer::bundle {

/// An entry that lies in a file as it is.
struct PlainBytes {
  InputFile file;
  std::uint64_t begin = 0, size = 0;
  bool whole = true;  ///< not: the file is cut within it
};

/// The named pieces of a recording, in its folder or in its zip file. Names are looked up among the entries,
/// and never become paths unless they are one of ours: "samples", "sources/17".
class Entries {
 public:
  using Sink = std::function<Result<void>(std::span<const std::byte>)>;

  virtual ~Entries() = default;
  /// Of a zip file, in its order; of a folder, its files and those one level below. Folders are left out.
  virtual std::vector<std::string> names() const = 0;
  /// An entry as a whole; nothing if there is none; an Error if it is larger than `limit` or cannot be read.
  virtual Result<std::optional<std::string>> read(const std::string& name, std::uint64_t limit) = 0;
  /// An entry piece by piece. False if there is none. What comes before a damage is given out before the
  /// Error.
  virtual Result<bool> stream(const std::string& name, const Sink& sink) = 0;
  /// Where an entry can be read at any offset; nothing if there is none, or if it must be unpacked first.
  virtual Result<std::optional<PlainBytes>> plain(const std::string& name) = 0;
  /// What is missing of the whole, so that entries may be missing too.
  virtual std::optional<Damage> loss() const { return std::nullopt; }
};

/// Whether bytes begin like a zip file.
bool looksLikeZip(std::span<const std::byte> head);

/// A folder or a zip file, whole or cut.
Result<std::unique_ptr<Entries>> openBundle(const std::string& path);
Result<std::unique_ptr<Entries>> openFolder(const std::string& path);
Result<std::unique_ptr<Entries>> openZip(const std::string& path);
/// A zip file whose end, where its directory is, is missing: the entries before the cut, and of the last one
/// what is there.
Result<std::unique_ptr<Entries>> openCutZip(const std::string& path);

}  // namespace pyrometer::bundle
