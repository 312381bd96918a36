#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/terminal.h"

namespace pyrometer {

/// How a piece of text looks. The heat classes have colours that can be read on dark and on light
/// backgrounds.
enum class Style { kPlain, kBold, kDim, kHeat0, kHeat1, kHeat2, kHeat3 };

/// The style of a heat class, 0 to 3.
Style heatStyle(int heat);

/// One line of output, put together from left to right. All text passes through printable(), so nothing that
/// comes from a profile can reach the terminal as anything but text.
class StyledLine {
 public:
  explicit StyledLine(const Terminal& terminal) : terminal_(&terminal) {}

  StyledLine& add(std::string_view text, Style style = Style::kPlain);
  /// Cut and padded to exactly `width` columns.
  StyledLine& left(std::string_view text, int width, Style style = Style::kPlain);
  StyledLine& right(std::string_view text, int width, Style style = Style::kPlain);
  /// Like left(), for paths: what is too long loses its beginning.
  StyledLine& leftPath(std::string_view text, int width, Style style = Style::kPlain);
  /// A horizontal bar of `share` (0 to 1) of `width` columns, padded; in eighths of a column where Unicode is
  /// drawn. What is above 0 shows at least the smallest mark.
  StyledLine& bar(double share, int width, Style style);
  StyledLine& blank(int columns);
  /// As much of the text as there is room for in the line.
  StyledLine& rest(std::string_view text, Style style = Style::kPlain);

  int width() const { return width_; }
  int room() const { return terminal_->width - width_; }
  /// With colour codes where the terminal takes them, without blanks at the end, with a newline.
  std::string text() const;

 private:
  struct Span {
    std::string text;
    Style style;
  };
  void append(std::string text, int columns, Style style);

  const Terminal* terminal_;
  std::vector<Span> spans_;
  int width_ = 0;
};

/// A paragraph cut into lines at blanks, the first behind `first`, the others behind as many blanks.
std::string paragraph(const Terminal& terminal, std::string_view first, std::string_view text,
                      Style style = Style::kPlain);

}  // namespace pyrometer
