#include "daemon/cli/info_sheet.h"

#include "daemon/cli/styled_line.h"

namespace pyrometer {

void InfoSheet::row(std::string_view label, std::string_view value) {
  constexpr int kLabelWidth = 14;
  if (value.empty()) return;
  // The label is styled on its own, the value wraps beside it.
  const std::string shown = cutEnd(printable(label, terminal_.charset), kLabelWidth - 1, terminal_.charset);
  std::string first = StyledLine(terminal_).add(shown, Style::kDim).text();
  first.pop_back();
  const std::string wrapped = paragraph(terminal_, std::string(kLabelWidth, ' '), value);
  const auto blanks = static_cast<std::size_t>(displayWidth(shown));
  out_ += first + wrapped.substr(blanks);
}

}  // namespace pyrometer
