#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "daemon/profile/tables.h"

namespace pyrometer {

/// Where a part of a line is, for people: lines and columns from 1, columns in characters, the end exclusive.
/// Where the text is missing or another one, characters are taken for bytes, and there is no text.
struct ExpressionPlace {
  std::uint32_t column = 0, end_line = 0, end_column = 0;
  std::string_view text;  ///< of its first line
};

/// `lines` are the texts of the file's lines; `line` counts from 1.
ExpressionPlace placeOf(const Columns& columns, std::uint32_t line,
                        const std::vector<std::string_view>& lines);

}  // namespace pyrometer
