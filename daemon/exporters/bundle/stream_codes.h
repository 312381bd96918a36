#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/profile/profile.h"

namespace pyrometer::bundle {

void appendVarint(std::string& out, std::uint64_t value);

/// Functions and frames in the terms of the sample stream: code objects, and positions in them.
class StreamCodes {
 public:
  explicit StreamCodes(const Profile& profile);

  /// A Record::kCode. The reference is the function's id.
  std::string codeRecord(FunctionId id) const;
  std::uint64_t position(FrameId id) const { return positions_[index(id)]; }

 private:
  std::string lineTable(FunctionId id) const;

  const Profile& profile_;
  std::vector<std::vector<std::uint32_t>> lines_;  ///< by function: the lines that occur, in order
  std::vector<std::uint64_t> positions_;           ///< by frame
};

}  // namespace pyrometer::bundle
