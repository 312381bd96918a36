#pragma once

#include <cstdint>
#include <optional>
#include <string>

/// Places in a text as the Language Server Protocol (3.17, *Text Documents*) names them.
namespace pyrometer {

/// What `character` counts within a line: bytes, UTF-16 code units, or code points.
enum class PositionEncoding : std::uint8_t { kUtf8, kUtf16, kUtf32 };

/// Both from 0. A character behind the line's end means the line's end; one inside a character means its
/// begin.
struct TextPosition {
  std::uint32_t line = 0;
  std::uint32_t character = 0;
  bool operator==(const TextPosition&) const = default;
};

/// [start, end).
struct TextRange {
  TextPosition start, end;
};

/// One step of a change: text in the place of a range, or, without a range, of the whole document.
struct TextChange {
  std::optional<TextRange> range;
  std::string text;
};

}  // namespace pyrometer
