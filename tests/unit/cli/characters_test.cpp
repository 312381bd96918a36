#include "daemon/cli/characters.h"

#include <gtest/gtest.h>

namespace pyrometer {
namespace {

TEST(Characters, ControlsAreShownAndNotSent) {
  EXPECT_EQ(printable("a\x1b[31mb", Charset::kUnicode), "a\\x1b[31mb");
  EXPECT_EQ(printable("bell\x07 nul\x01 del\x7f", Charset::kUnicode), "bell\\x07 nul\\x01 del\\x7f");
  EXPECT_EQ(printable("two\nlines\r", Charset::kUnicode), "two\\x0alines\\x0d");
  // C1: one character that begins an escape sequence as ESC [ does.
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m",
                      Charset::kUnicode),
            "\\x9b31m");
}

TEST(Characters, WhatTurnsOrHidesTextIsShown) {
  EXPECT_EQ(printable("a\u202eb", Charset::kUnicode), "a\\u202eb");
  EXPECT_EQ(printable("a\u2066b\u200bc\ufeffd", Charset::kUnicode), "a\\u2066b\\u200bc\\ufeffd");
  EXPECT_EQ(printable("\U000e0041", Charset::kUnicode), "\\U000e0041");
}

TEST(Characters, BytesThatAreNoCharacter) {
  EXPECT_EQ(printable("a\xFFz", Charset::kUnicode), "a\uFFFDz");
  EXPECT_EQ(printable("a\xFFz", Charset::kAscii), "a\\xffz");
  EXPECT_EQ(printable("\xC0\x80", Charset::kUnicode), "\uFFFD\uFFFD") << "an overlong NUL";
  EXPECT_EQ(printable("\xED\xA0\x80", Charset::kUnicode), "\uFFFD\uFFFD\uFFFD") << "a surrogate";
  EXPECT_EQ(printable("cut \xE4\xB8", Charset::kUnicode), "cut \uFFFD\uFFFD");
}

TEST(Characters, AsciiTerminalsGetEscapesAsPythonWritesThem) {
  EXPECT_EQ(printable("größe 中 \U0001F600", Charset::kAscii), "gr\\xf6\\xdfe \\u4e2d \\U0001f600");
}

TEST(Characters, WidthsOfWideAndCombiningCharacters) {
  EXPECT_EQ(displayWidth("abc"), 3);
  EXPECT_EQ(displayWidth("größe"), 5);
  EXPECT_EQ(displayWidth("温度"), 4);
  EXPECT_EQ(displayWidth("e\u0301"), 1);
  EXPECT_EQ(displayWidth("█▏"), 2);
}

TEST(Characters, CutsAtTheEndWithoutHalvingAWideCharacter) {
  EXPECT_EQ(cutEnd("abcdef", 6, Charset::kUnicode), "abcdef");
  EXPECT_EQ(cutEnd("abcdef", 5, Charset::kUnicode), "abcd…");
  EXPECT_EQ(cutEnd("abcdef", 5, Charset::kAscii), "ab...");
  EXPECT_EQ(cutEnd("温度計", 4, Charset::kUnicode), "温…")
      << "three columns: half of the next one does not fit";
  EXPECT_EQ(cutEnd("abc", 0, Charset::kUnicode), "");
  EXPECT_EQ(cutEnd("abcdef", 2, Charset::kAscii), "..");
}

TEST(Characters, CutsAtTheStartForPaths) {
  EXPECT_EQ(cutStart("/a/long/path.py", 8, Charset::kUnicode), "…path.py");
  EXPECT_EQ(cutStart("/a/long/path.py", 8, Charset::kAscii), "...th.py");
  EXPECT_EQ(cutStart("path.py", 8, Charset::kUnicode), "path.py");
  EXPECT_EQ(cutStart("abe\u0301cd", 4, Charset::kUnicode), "…e\u0301cd");
  EXPECT_EQ(cutStart("abe\u0301cd", 3, Charset::kUnicode), "…cd") << "no accent without its letter";
}

TEST(Characters, TabsGoToTheNextStop) {
  EXPECT_EQ(expandTabs("\tx"), "    x");
  EXPECT_EQ(expandTabs("ab\tx"), "ab  x");
  EXPECT_EQ(expandTabs("温\tx"), "温  x");
}

}  // namespace
}  // namespace pyrometer
