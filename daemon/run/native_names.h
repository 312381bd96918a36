#pragma once

#include <string>

#include "daemon/importers/samplestream/native_namer.h"
#include "daemon/native/symbols.h"
#include "daemon/run/block_buffer.h"

namespace pyrometer {

/// Names native code for the profile of a run, and keeps what it said, to be written to the recording: so a
/// recording tells the same where the libraries are others or none.
class NativeNames : public NativeNamer {
 public:
  NativeName name(const std::string& path, const std::string& build_id, std::uint64_t offset) override;
  /// Blocks of the sample stream with the names given since the last call.
  std::string takeBlocks();

 private:
  Symbols symbols_;
  BlockBuffer blocks_;
};

}  // namespace pyrometer
