#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pyrometer::pypylog {

/// A line that opens or closes a section: "[3adda3518b8] {gc-minor" or "[3adda36b86a] gc-minor}".
struct SectionLine {
  std::uint64_t stamp = 0;
  bool opens = false;
  std::string_view name;  ///< points into the line
};

/// Nothing for any other line. The line comes without its newline, and without colours.
std::optional<SectionLine> parseSectionLine(std::string_view line);

/// Whether a line may be one: cheap, for the many that are not.
inline bool maybeSectionLine(std::string_view line) {
  return !line.empty() && (line.front() == '[' || line.front() == '\x1b');
}

/// The line without colour codes (ESC [ digits m) and without a carriage return at its end. `storage` holds
/// it where something had to go.
std::string_view plainLine(std::string_view line, std::string& storage);

}  // namespace pyrometer::pypylog
