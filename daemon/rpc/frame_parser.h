#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/support/result.h"

namespace pyrometer::rpc {

/// Bytes to messages, after the base protocol of the Language Server Protocol 3.17: header fields, each a
/// line that ends in \r\n (a lone \n is taken too), an empty line, then as many bytes as Content-Length says.
/// Other fields (Content-Type) are read over. It knows nothing of JSON. Bytes may come in any pieces.
///
/// Where a header makes no sense the begin of the next message is unknown: from then on next() gives nothing
/// and broken() says why.
class FrameParser {
 public:
  /// A message longer than this is a mistake or an attack; memory grows only by what has really come.
  static constexpr std::uint64_t kMaxLength = 256ull << 20;
  static constexpr std::size_t kMaxHeader = 16 << 10;

  void feed(std::string_view bytes);

  /// The next whole message, if there is one.
  std::optional<std::string> next();

  const std::optional<Error>& broken() const { return broken_; }

  /// Is the input, should it end here, cut inside a message?
  bool inMessage() const { return !broken_ && (length_ || seen_ < buffer_.size()); }

 private:
  /// Reads header lines until the empty one; sets length_ or broken_ where there are bytes enough.
  void readHeader();
  void readField(std::string_view line);
  void breakOff(std::string message);

  std::string buffer_;
  std::size_t seen_ = 0;                 ///< what of the buffer is used up
  std::size_t header_ = 0;               ///< bytes of this message's header so far
  std::optional<std::uint64_t> field_;   ///< Content-Length, once read
  std::optional<std::uint64_t> length_;  ///< the same, once the header is whole
  std::optional<Error> broken_;
};

}  // namespace pyrometer::rpc
