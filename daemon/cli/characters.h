#pragma once

#include <string>
#include <string_view>

namespace pyrometer {

/// What the terminal can draw. With kAscii every other character is written as Python escapes it (\xe9,
/// \u4e2d).
enum class Charset { kUnicode, kAscii };

/// Text from a profile as it may be sent to a terminal: one line, valid UTF-8 (or ASCII), without control,
/// bidirectional or invisible characters, which are shown escaped. Names and sources come from files that
/// anyone may have made, and an escape code in one of them would otherwise reach the terminal.
std::string printable(std::string_view text, Charset charset);

/// Columns that printable text takes: wide characters two, combining ones none (wcwidth's word, in UTF-8
/// whatever the locale is).
int displayWidth(std::string_view text);

/// Printable text cut to at most `width` columns, with an ellipsis where something was cut: at the end, or,
/// for paths, at the beginning.
std::string cutEnd(std::string_view text, int width, Charset charset);
std::string cutStart(std::string_view text, int width, Charset charset);

/// Tabs as blanks up to the next multiple of four columns, as most editors show Python.
std::string expandTabs(std::string_view text);

}  // namespace pyrometer
