#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "daemon/cli/characters.h"
#include "daemon/cli/terminal.h"

namespace pyrometer {

inline bool hasLongWord(const std::string& line, int width) {
  constexpr int kIndent = 15;
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    if (displayWidth(word) > width - kIndent) return true;
  }
  return false;
}

/// Colour codes are told apart from what a profile sends: with them taken out no control character may be
/// left, and no line may be wider than the terminal.
/// A word that is longer than a line is not cut where somebody may want to copy it: `long_words` lets pass
/// the lines that have one.
inline void expectFits(const std::string& text, const Terminal& terminal, bool long_words = false) {
  std::string line;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      ASSERT_NE(terminal.colour, Terminal::Colour::kNone);
      const std::size_t end = text.find('m', i);
      ASSERT_NE(end, std::string::npos);
      ASSERT_EQ(text.substr(i + 1, end - i - 1).find_first_not_of("[0123456789;"), std::string::npos);
      i = end;
    } else if (text[i] == '\n') {
      if (!long_words || !hasLongWord(line, terminal.width)) {
        EXPECT_LE(displayWidth(line), terminal.width) << line;
      }
      line.clear();
    } else {
      ASSERT_TRUE(static_cast<unsigned char>(text[i]) >= 0x20 && text[i] != 0x7F)
          << static_cast<int>(text[i]);
      if (terminal.charset == Charset::kAscii) {
        ASSERT_LT(static_cast<unsigned char>(text[i]), 0x80);
      }
      line += text[i];
    }
  }
}

}  // namespace pyrometer
