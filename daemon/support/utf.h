#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace pyrometer {

/// Characters of one fixed width, little endian, to UTF-8: width 1 is Latin-1, 2 UCS-2, 4 UCS-4 (how
/// interpreters keep their strings). What UTF-8 cannot say is spelled out: a lone surrogate as the six
/// characters \udc80, a number that is no character as U+FFFD. A last character that is cut is left out; any
/// other width gives nothing.
std::string utf8FromCharacters(int width, std::span<const std::byte> characters);

bool isUtf8(std::string_view text);

/// The text with every byte that is not UTF-8 (overlong forms and surrogates count as such) replaced by
/// U+FFFD, one for each maximal part of a character, as editors do.
std::string repairedUtf8(std::string_view text);

/// The characters of a text; what is not UTF-8 is U+FFFD, as with repairedUtf8.
std::u32string codePoints(std::string_view text);

/// Appends a code point as UTF-8; surrogates and numbers above U+10FFFF become U+FFFD.
void appendUtf8(std::string& out, char32_t code_point);

}  // namespace pyrometer
