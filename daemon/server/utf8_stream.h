#pragma once

#include <string>
#include <string_view>

namespace pyrometer {

/// Makes UTF-8 of bytes that come in pieces: a character that is cut waits for its rest, and what is no
/// character becomes U+FFFD.
class Utf8Stream {
 public:
  std::string feed(std::string_view bytes);
  /// No more will come: what still waits is no character.
  std::string finish();

 private:
  std::string waiting_;  ///< the first bytes of a character, at most three
};

}  // namespace pyrometer
