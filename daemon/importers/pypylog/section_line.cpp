#include "daemon/importers/pypylog/section_line.h"

#include <charconv>

namespace pyrometer::pypylog {

std::optional<SectionLine> parseSectionLine(std::string_view line) {
  if (line.size() < 6 || line.front() != '[') return std::nullopt;
  SectionLine section;
  const char* const end = line.data() + line.size();
  const auto [stop, error] = std::from_chars(line.data() + 1, end, section.stamp, 16);
  if (error != std::errc() || end - stop < 4 || stop[0] != ']' || stop[1] != ' ') return std::nullopt;
  std::string_view rest(stop + 2, static_cast<std::size_t>(end - stop) - 2);
  if (rest.front() == '{') {
    section.opens = true;
    section.name = rest.substr(1);
  } else if (rest.back() == '}') {
    section.name = rest.substr(0, rest.size() - 1);
  }
  if (section.name.empty()) return std::nullopt;
  return section;
}

std::string_view plainLine(std::string_view line, std::string& storage) {
  if (line.find('\x1b') != std::string_view::npos) {
    storage.clear();
    for (std::size_t at = 0; at < line.size(); ++at) {
      if (line[at] == '\x1b' && at + 1 < line.size() && line[at + 1] == '[') {
        const std::size_t last = line.find_first_not_of("0123456789;", at + 2);
        if (last != std::string_view::npos && line[last] == 'm') {
          at = last;
          continue;
        }
      }
      storage += line[at];
    }
    line = storage;
  }
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace pyrometer::pypylog
