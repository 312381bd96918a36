#include "daemon/server/function_extents.h"

#include <algorithm>
#include <cstddef>

namespace pyrometer {
namespace {

constexpr std::string_view kBlank = " \t\f";

std::size_t indentOf(std::string_view line) {
  std::size_t columns = 0;
  for (const char c : line) {
    if (c == ' ') {
      ++columns;
    } else if (c == '\t') {
      columns = (columns / 8 + 1) * 8;
    } else {
      break;
    }
  }
  return columns;
}

std::string_view codeOf(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(kBlank);
  return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
}

bool defines(std::string_view code) {
  for (const std::string_view word : {"def ", "class ", "async def "}) {
    if (code.starts_with(word)) return true;
  }
  return false;
}

}  // namespace

std::uint32_t lastLineOf(const std::vector<std::string_view>& lines, std::uint32_t first) {
  if (first == 0 || first > lines.size()) return first;
  std::uint32_t at = first;  // from 1
  if (codeOf(lines[at - 1]).starts_with('@')) {
    constexpr std::uint32_t kMostDecorators = 200;
    const auto end =
        std::min<std::uint32_t>(static_cast<std::uint32_t>(lines.size()), first + kMostDecorators);
    while (at < end && !defines(codeOf(lines[at - 1]))) ++at;
  }
  if (!defines(codeOf(lines[at - 1]))) return first;
  const std::size_t indent = indentOf(lines[at - 1]);
  std::uint32_t last = at;
  for (std::uint32_t line = at + 1; line <= lines.size(); ++line) {
    const std::string_view code = codeOf(lines[line - 1]);
    if (code.empty() || code.front() == '#') continue;
    // A signature over several lines closes at the definition's own column.
    const bool closes = code.front() == ')' || code.front() == ']' || code.front() == '}';
    if (indentOf(lines[line - 1]) <= indent && !closes) break;
    last = line;
  }
  return last;
}

bool isAnonymous(std::string_view qualified_name) {
  const std::size_t dot = qualified_name.rfind('.');
  return qualified_name.substr(dot == std::string_view::npos ? 0 : dot + 1).starts_with('<');
}

}  // namespace pyrometer
