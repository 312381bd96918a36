#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/profile/profile_builder.h"
#include "daemon/support/byte_reader.h"
#include "sampler/sample_stream.h"

namespace pyrometer::samplestream {

/// The code objects of one process image as one source (inside or outside) has described them, and what is
/// known of a place in one: function and line. Names go into the builder when a place is first asked for, and
/// not before.
class CodeTable {
 public:
  explicit CodeTable(stream::LineTableFormat format) : format_(format) {}

  /// The payloads of Record::kCode, Record::kLineTable and Record::kPypyCode. What does not hold together
  /// leaves `in` not good and the table as it was.
  void readCode(ByteReader& in);
  void readLineTable(ByteReader& in);
  void readPypyCode(ByteReader& in);

  /// `settled`: no later description can change the answer. Without a description: nothing.
  struct Place {
    FrameId frame;
    bool settled = false;
    FunctionKind kind = FunctionKind::kPython;
  };
  std::optional<Place> place(std::uint32_t reference, std::uint64_t position, ProfileBuilder& builder);

  /// Some line table is only there in part: more of it comes, if its code is seen again.
  bool awaitsTables() const { return parts_ != 0; }

  /// Grows with every description: an answer that was not settled may be another one after.
  std::uint64_t generation() const { return generation_; }

 private:
  struct Code {
    std::string name, file;
    std::uint32_t first_line = 0;
    FunctionKind kind = FunctionKind::kPython;
    bool readable = true;
    std::vector<std::byte> lines;
    std::uint64_t full_size = 0;
    std::optional<FunctionId> function;

    bool isPart() const { return lines.size() < full_size; }
  };

  stream::LineTableFormat format_;
  std::unordered_map<std::uint32_t, Code> codes_;
  std::uint64_t generation_ = 0;
  std::size_t parts_ = 0;  ///< codes with a part of their table
};

}  // namespace pyrometer::samplestream
