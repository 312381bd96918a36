#include "daemon/support/utf.h"

#include <cstdint>

namespace pyrometer {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

bool isSurrogate(char32_t c) { return c >= 0xd800 && c <= 0xdfff; }

void appendSurrogate(std::string& out, char32_t c) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[c >> shift & 15];
}

/// How many bytes at the start of `text` make a character; 0 if they do not. `bad` then says how many to
/// replace.
std::size_t characterLength(std::string_view text, std::size_t& bad) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = at(0);
  bad = 1;
  if (first < 0x80) return 1;
  std::size_t length = 0;
  std::uint8_t low = 0x80,
               high = 0xbf;  // of the second byte: keeps out overlong forms, surrogates, above U+10FFFF
  if (first >= 0xc2 && first <= 0xdf) {
    length = 2;
  } else if (first >= 0xe0 && first <= 0xef) {
    length = 3;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;
  } else if (first >= 0xf0 && first <= 0xf4) {
    length = 4;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
  } else {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (i >= text.size() || at(i) < low || at(i) > high) return bad = i, 0;
    low = 0x80;
    high = 0xbf;
  }
  return length;
}

std::size_t asciiPrefix(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size() && static_cast<std::uint8_t>(text[i]) < 0x80) ++i;
  return i;
}

}  // namespace

void appendUtf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6);
    put(0x80 | (c & 0x3f));
  } else if (isSurrogate(c) || c > 0x10ffff) {
    out += kReplacement;
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3f));
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  }
}

std::string utf8FromCharacters(int width, std::span<const std::byte> characters) {
  std::string out;
  if (width != 1 && width != 2 && width != 4) return out;
  const auto step = static_cast<std::size_t>(width);
  out.reserve(characters.size());
  for (std::size_t i = 0; i + step <= characters.size(); i += step) {
    char32_t c = 0;
    for (std::size_t b = 0; b < step; ++b) c |= std::to_integer<char32_t>(characters[i + b]) << (8 * b);
    if (isSurrogate(c)) {
      appendSurrogate(out, c);
    } else {
      appendUtf8(out, c);
    }
  }
  return out;
}

std::u32string codePoints(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  while (!text.empty()) {
    std::size_t bad = 0;
    const std::size_t length = characterLength(text, bad);
    if (length == 0) {
      out += U'\ufffd';
      text.remove_prefix(bad);
      continue;
    }
    const auto first = static_cast<std::uint8_t>(text[0]);
    char32_t c = length == 1 ? first : first & (0x7f >> length);
    for (std::size_t i = 1; i < length; ++i) c = c << 6 | (static_cast<std::uint8_t>(text[i]) & 0x3f);
    out += c;
    text.remove_prefix(length);
  }
  return out;
}

bool isUtf8(std::string_view text) {
  std::size_t bad = 0;
  while (true) {
    text.remove_prefix(asciiPrefix(text));
    if (text.empty()) return true;
    const std::size_t length = characterLength(text, bad);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
}

std::string repairedUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (true) {
    const std::size_t plain = asciiPrefix(text);
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) return out;
    std::size_t bad = 0;
    const std::size_t length = characterLength(text, bad);
    if (length == 0) {
      out += kReplacement;
      text.remove_prefix(bad);
    } else {
      out += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
}

}  // namespace pyrometer
