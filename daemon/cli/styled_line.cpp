#include "daemon/cli/styled_line.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pyrometer {
namespace {

/// 160, 166 and 136 of the 256 have a contrast of 3.2 and more against black and against white.
std::string_view code(Style style, Terminal::Colour colour) {
  const bool many = colour == Terminal::Colour::kTwoHundredFiftySix;
  switch (style) {
    case Style::kPlain:
    case Style::kHeat0:
      return "";
    case Style::kBold:
      return "\x1b[1m";
    case Style::kDim:
      return "\x1b[2m";
    case Style::kHeat1:
      return many ? "\x1b[38;5;136m" : "\x1b[33m";
    case Style::kHeat2:
      return many ? "\x1b[38;5;166m" : "\x1b[31m";
    case Style::kHeat3:
      return many ? "\x1b[1;38;5;160m" : "\x1b[1;31m";
  }
  return "";
}

std::string padded(std::string text, int width, bool left) {
  const int missing = width - displayWidth(text);
  if (missing > 0) text.insert(left ? text.size() : 0, static_cast<std::size_t>(missing), ' ');
  return text;
}

}  // namespace

Style heatStyle(int heat) {
  constexpr Style kStyles[] = {Style::kHeat0, Style::kHeat1, Style::kHeat2, Style::kHeat3};
  return kStyles[std::clamp(heat, 0, 3)];
}

void StyledLine::append(std::string text, int columns, Style style) {
  width_ += columns;
  if (!spans_.empty() && spans_.back().style == style) {
    spans_.back().text += text;
  } else {
    spans_.push_back({std::move(text), style});
  }
}

StyledLine& StyledLine::add(std::string_view text, Style style) {
  std::string clean = printable(text, terminal_->charset);
  const int columns = displayWidth(clean);
  append(std::move(clean), columns, style);
  return *this;
}

StyledLine& StyledLine::left(std::string_view text, int width, Style style) {
  append(padded(cutEnd(printable(text, terminal_->charset), width, terminal_->charset), width, true), width,
         style);
  return *this;
}

StyledLine& StyledLine::right(std::string_view text, int width, Style style) {
  append(padded(cutEnd(printable(text, terminal_->charset), width, terminal_->charset), width, false), width,
         style);
  return *this;
}

StyledLine& StyledLine::leftPath(std::string_view text, int width, Style style) {
  append(padded(cutStart(printable(text, terminal_->charset), width, terminal_->charset), width, true), width,
         style);
  return *this;
}

StyledLine& StyledLine::bar(double share, int width, Style style) {
  const double columns = std::clamp(share, 0.0, 1.0) * width;
  std::string drawn;
  if (terminal_->charset == Charset::kUnicode) {
    constexpr std::string_view kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    auto eighths = static_cast<int>(std::lround(columns * 8));
    if (share > 0) eighths = std::max(eighths, 1);
    for (int i = 0; i < eighths / 8; ++i) drawn += "█";
    drawn += kEighths[eighths % 8];
  } else {
    const auto whole = static_cast<std::size_t>(std::lround(columns));
    drawn.append(whole, '#');
    if (share > 0 && whole == 0) drawn.push_back('.');
  }
  append(padded(std::move(drawn), width, true), width, style);
  return *this;
}

StyledLine& StyledLine::blank(int columns) {
  if (columns > 0) append(std::string(static_cast<std::size_t>(columns), ' '), columns, Style::kPlain);
  return *this;
}

StyledLine& StyledLine::rest(std::string_view text, Style style) {
  std::string fitting = cutEnd(printable(text, terminal_->charset), room(), terminal_->charset);
  const int columns = displayWidth(fitting);
  append(std::move(fitting), columns, style);
  return *this;
}

std::string StyledLine::text() const {
  // Blanks at the end are dropped over all spans, so that what is copied from a terminal is clean.
  std::size_t last = spans_.size();
  std::size_t last_length = 0;
  while (last > 0) {
    const std::size_t end = spans_[last - 1].text.find_last_not_of(' ');
    if (end != std::string::npos) {
      last_length = end + 1;
      break;
    }
    --last;
  }
  std::string out;
  for (std::size_t i = 0; i < last; ++i) {
    const std::string_view text =
        std::string_view(spans_[i].text).substr(0, i + 1 == last ? last_length : std::string::npos);
    const bool coloured =
        terminal_->colour != Terminal::Colour::kNone && text.find_first_not_of(' ') != std::string_view::npos;
    const std::string_view begin = coloured ? code(spans_[i].style, terminal_->colour) : "";
    out.append(begin).append(text);
    if (!begin.empty()) out += "\x1b[0m";
  }
  return out += '\n';
}

std::string paragraph(const Terminal& terminal, std::string_view first, std::string_view text, Style style) {
  const std::string clean = printable(text, terminal.charset);
  const int indent = displayWidth(first);
  std::string out;
  StyledLine line(terminal);
  line.add(first, style);
  bool empty = true;
  for (std::size_t at = 0; at < clean.size();) {
    const std::size_t blank = std::min(clean.find(' ', at), clean.size());
    const std::string_view word = std::string_view(clean).substr(at, blank - at);
    at = blank + 1;
    if (!empty && displayWidth(word) + 1 > line.room()) {
      out += line.text();
      line = StyledLine(terminal);
      line.blank(indent);
      empty = true;
    }
    if (!empty) line.add(" ", style);
    line.add(word, style);
    empty = false;
  }
  return out += line.text();
}

}  // namespace pyrometer
