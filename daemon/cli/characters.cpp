#include "daemon/cli/characters.h"

#include <fmt/format.h>
#include <locale.h>
#include <wchar.h>

#include <algorithm>
#include <cstddef>

namespace pyrometer {
namespace {

constexpr char32_t kBad = 0xFFFD;

/// One character of UTF-8 text. Overlong forms, surrogates and what is above U+10FFFF are one bad byte each.
struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = true;
};

Character characterAt(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1, true};
  std::size_t length = 0;
  char32_t code = 0, least = 0;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2, code = first & 0x1F, least = 0x80;
  } else if ((first & 0xF0) == 0xE0) {
    length = 3, code = first & 0x0F, least = 0x800;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4, code = first & 0x07, least = 0x10000;
  }
  if (length == 0 || at + length > text.size()) return {kBad, 1, false};
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {kBad, 1, false};
    code = code << 6 | (byte(i) & 0x3F);
  }
  if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {kBad, 1, false};
  return {code, length, true};
}

/// wcwidth follows the thread's locale; ours may be "C", where everything beyond ASCII is unknown to it.
class Utf8Locale {
 public:
  Utf8Locale() : before_(utf8() != nullptr ? uselocale(utf8()) : nullptr) {}
  ~Utf8Locale() {
    if (before_ != nullptr) uselocale(before_);
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

  /// -1 for what has no width: controls, unassigned.
  int width(char32_t code) const {
    if (code >= 0x20 && code < 0x7F) return 1;
    if (utf8() == nullptr) return code < 0xA0 ? -1 : 1;
    return wcwidth(static_cast<wchar_t>(code));
  }

 private:
  static locale_t utf8() {
    static const locale_t kLocale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return kLocale;
  }
  locale_t before_;
};

/// Characters that draw nothing, or that change the order in which others are drawn.
bool isInvisible(char32_t c) {
  return c == 0xAD || c == 0x61C || c == 0x180E || c == 0x200B || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

void appendEscaped(std::string& out, char32_t code) {
  const auto number = static_cast<unsigned>(code);
  if (number <= 0xFF) {
    out += fmt::format("\\x{:02x}", number);
  } else if (number <= 0xFFFF) {
    out += fmt::format("\\u{:04x}", number);
  } else {
    out += fmt::format("\\U{:08x}", number);
  }
}

std::string_view ellipsis(Charset charset) { return charset == Charset::kUnicode ? "…" : "..."; }

}  // namespace

std::string printable(std::string_view text, Charset charset) {
  const Utf8Locale locale;
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const Character c = characterAt(text, i);
    if (!c.valid) {
      // A byte that is no character: shown as the byte that it is.
      if (charset == Charset::kUnicode) {
        out += "\xEF\xBF\xBD";
      } else {
        appendEscaped(out, static_cast<unsigned char>(text[i]));
      }
    } else if (c.code >= 0x20 && c.code < 0x7F) {
      out += static_cast<char>(c.code);
    } else if (charset == Charset::kAscii || c.code < 0xA0 || isInvisible(c.code) ||
               locale.width(c.code) < 0) {
      appendEscaped(out, c.code);
    } else {
      out.append(text.substr(i, c.bytes));
    }
    i += c.bytes;
  }
  return out;
}

int displayWidth(std::string_view text) {
  const Utf8Locale locale;
  int width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const Character c = characterAt(text, i);
    width += std::max(locale.width(c.code), 0);
    i += c.bytes;
  }
  return width;
}

std::string cutEnd(std::string_view text, int width, Charset charset) {
  if (width <= 0) return {};
  if (displayWidth(text) <= width) return std::string(text);
  const std::string_view dots = ellipsis(charset);
  const int dots_width = displayWidth(dots);
  if (width < dots_width) return std::string(static_cast<std::size_t>(width), '.');
  const Utf8Locale locale;
  int used = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    const Character c = characterAt(text, end);
    const int columns = std::max(locale.width(c.code), 0);
    if (used + columns > width - dots_width) break;
    used += columns;
    end += c.bytes;
  }
  return std::string(text.substr(0, end)).append(dots);
}

std::string cutStart(std::string_view text, int width, Charset charset) {
  if (width <= 0) return {};
  const int whole = displayWidth(text);
  if (whole <= width) return std::string(text);
  const std::string_view dots = ellipsis(charset);
  const int dots_width = displayWidth(dots);
  if (width < dots_width) return std::string(static_cast<std::size_t>(width), '.');
  const Utf8Locale locale;
  int left = whole;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const Character c = characterAt(text, begin);
    const int columns = std::max(locale.width(c.code), 0);
    // A combining mark must not be left without its letter.
    if (left <= width - dots_width && columns > 0) break;
    left -= columns;
    begin += c.bytes;
  }
  return std::string(dots).append(text.substr(begin));
}

std::string expandTabs(std::string_view text) {
  if (text.find('\t') == std::string_view::npos) return std::string(text);
  const Utf8Locale locale;
  std::string out;
  int column = 0;
  for (std::size_t i = 0; i < text.size();) {
    const Character c = characterAt(text, i);
    if (c.code == '\t') {
      const int blanks = 4 - column % 4;
      out.append(static_cast<std::size_t>(blanks), ' ');
      column += blanks;
    } else {
      out.append(text.substr(i, c.bytes));
      column += std::max(locale.width(c.code), 0);
    }
    i += c.bytes;
  }
  return out;
}

}  // namespace pyrometer
