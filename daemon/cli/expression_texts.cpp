#include "daemon/cli/expression_texts.h"

#include <algorithm>

#include "daemon/analysis/hot_expressions.h"
#include "daemon/support/utf.h"

namespace pyrometer {
namespace {

/// From bytes before a column, from 0, to the column's number in characters, from 1.
std::uint32_t characterColumn(std::uint32_t bytes, std::uint32_t line,
                              const std::vector<std::string_view>& lines) {
  if (line == 0 || line > lines.size() || bytes > lines[line - 1].size()) return bytes + 1;
  return static_cast<std::uint32_t>(codePoints(lines[line - 1].substr(0, bytes)).size()) + 1;
}

}  // namespace

ExpressionPlace placeOf(const Columns& columns, std::uint32_t line,
                        const std::vector<std::string_view>& lines) {
  ExpressionPlace place;
  place.end_line = line + columns.lines;
  place.column = characterColumn(columns.begin, line, lines);
  place.end_column = characterColumn(columns.end, place.end_line, lines);
  if (line >= 1 && line <= lines.size()) place.text = partOf(lines[line - 1], columns);
  return place;
}

}  // namespace pyrometer
