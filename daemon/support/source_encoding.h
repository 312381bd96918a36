#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pyrometer {

/// A Python source whose bytes are not simply UTF-8.
struct DecodedSource {
  std::string text;  ///< UTF-8
  /// False: its codec is not known here, or it has bytes that are nothing in that codec. What is beyond ASCII
  /// is then a guess (U+FFFD).
  bool certain = true;
};

/// Decodes as Python does: by a byte order mark, else by a coding line (PEP 263), else as UTF-8. nullopt
/// where the bytes can stay as they are: UTF-8, a mark included.
std::optional<DecodedSource> decodedSource(std::string_view bytes);

/// The name in the coding line among the first two lines; empty if there is none.
std::string_view codingOf(std::string_view bytes);

}  // namespace pyrometer
