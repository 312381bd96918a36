#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "daemon/support/output_file.h"
#include "daemon/support/result.h"

namespace pyrometer::bundle {

/// A zip file as libzip writes it, zip64 where needed, into a file of ours: so it is 0600 and beside its
/// target from the first byte, and a full disk is told in our words. Entries are noted when they are added
/// and read by finish(); what they are made of must be there until then. The same entries give the same
/// bytes.
class ZipArchive {
 public:
  enum class Method : std::uint8_t { kStored, kDeflated };

  /// `out` must be seekable and outlive this. Stopped, finish() ends soon with an Error.
  explicit ZipArchive(OutputFile& out, std::stop_token stop = {});
  ZipArchive(ZipArchive&&) noexcept;
  ~ZipArchive();

  Result<void> addText(const std::string& name, std::string_view text);  ///< deflated
  Result<void> addFile(const std::string& name, const std::string& path, Method method);
  Result<void> addFile(const std::string& name, const OutputFile& file, Method method);

  /// Writes it all; nothing may follow.
  Result<void> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pyrometer::bundle
