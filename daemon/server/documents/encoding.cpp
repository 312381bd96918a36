#include "daemon/server/documents/encoding.h"

#include <algorithm>

namespace pyrometer {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// Of the character that begins with this byte.
std::uint32_t unitsFrom(char first, PositionEncoding encoding) {
  return encoding == PositionEncoding::kUtf16 && static_cast<unsigned char>(first) >= 0xf0 ? 2 : 1;
}

}  // namespace

std::uint32_t unitsOf(std::string_view line, PositionEncoding encoding) {
  if (encoding == PositionEncoding::kUtf8) return static_cast<std::uint32_t>(line.size());
  std::uint32_t units = 0;
  for (const char c : line) units += continues(c) ? 0 : unitsFrom(c, encoding);
  return units;
}

std::size_t byteAt(std::string_view line, std::uint32_t units, PositionEncoding encoding) {
  if (encoding == PositionEncoding::kUtf8) {
    std::size_t at = std::min<std::size_t>(units, line.size());
    while (at > 0 && at < line.size() && continues(line[at])) --at;
    return at;
  }
  std::size_t at = 0;
  for (std::uint32_t seen = 0; at < line.size();) {
    const std::uint32_t width = continues(line[at]) ? 0 : unitsFrom(line[at], encoding);
    if (seen + width > units) return at;
    if (seen == units && width != 0) return at;
    seen += width;
    ++at;
    while (at < line.size() && continues(line[at])) ++at;
  }
  return at;
}

}  // namespace pyrometer
