#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/profile/profile.h"
#include "daemon/support/varint.h"

namespace pyrometer::bundle {

/// A string of the stream (see stream::Record::kCode): UCS-4, which holds whatever UTF-8 holds.
void appendCharacters(std::string& out, std::string_view text);

/// Functions and frames in the terms of the sample stream: code objects, and positions in them.
class StreamCodes {
 public:
  explicit StreamCodes(const Profile& profile);

  /// Reference 0 is kept for code that could not be told.
  static std::uint64_t reference(FunctionId id) { return std::uint64_t{index(id)} + 1; }
  /// A Record::kCode.
  std::string codeRecord(FunctionId id) const;
  std::uint64_t position(FrameId id) const { return positions_[index(id)]; }

 private:
  std::uint32_t lineOf(FrameId id) const { return profile_.line(profile_.frame(id).line).line; }
  std::string lineTable(FunctionId id) const;

  const Profile& profile_;
  /// By function: the places that occur, by line; each is an instruction of two bytes in the table.
  std::vector<std::vector<FrameId>> places_;
  std::vector<std::uint64_t> positions_;  ///< by frame
};

}  // namespace pyrometer::bundle
