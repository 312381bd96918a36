#include "daemon/support/utf.h"

#include <gtest/gtest.h>

namespace pyrometer {
namespace {

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(Utf, CharactersOfAllWidths) {
  EXPECT_EQ(utf8FromCharacters(1, bytes("caf\xe9")), "caf\xc3\xa9");
  EXPECT_EQ(utf8FromCharacters(2, bytes({"\xac\x20", 2})), "\xe2\x82\xac");
  EXPECT_EQ(utf8FromCharacters(4, bytes({"\x00\xf6\x01\x00", 4})), "\xf0\x9f\x98\x80");
  EXPECT_EQ(utf8FromCharacters(2, bytes({"\x80\xdc", 2})), "\\udc80") << "a lone surrogate is spelled out";
  EXPECT_EQ(utf8FromCharacters(4, bytes({"\xff\xff\xff\xff", 4})), "\xef\xbf\xbd");
  EXPECT_EQ(utf8FromCharacters(2, bytes("abc")), "\xe6\x89\xa1") << "half a character is left out";
  EXPECT_EQ(utf8FromCharacters(3, bytes("abc")), "");
}

TEST(Utf, WhatIsNotUtf8IsReplaced) {
  EXPECT_EQ(repairedUtf8("plain"), "plain");
  EXPECT_EQ(repairedUtf8("a\xffz"), "a\xef\xbf\xbdz");
  EXPECT_EQ(repairedUtf8("\xe2\x82"), "\xef\xbf\xbd") << "a cut character is one mark";
  EXPECT_EQ(repairedUtf8("\xe2\x82z"), "\xef\xbf\xbdz");
  EXPECT_EQ(repairedUtf8("\xc0\x80"), "\xef\xbf\xbd\xef\xbf\xbd") << "overlong";
  EXPECT_EQ(repairedUtf8("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd") << "surrogate";
  EXPECT_EQ(repairedUtf8("\xf4\x90\x80\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd")
      << "above U+10FFFF";
  EXPECT_TRUE(isUtf8("\xf0\x9f\x98\x80 \xc3\xa9"));
  EXPECT_FALSE(isUtf8("\xf0\x9f\x98"));
}

TEST(Utf, CodePoints) {
  EXPECT_EQ(codePoints("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xff"), U"a\u00e9\u20ac\U0001F600\ufffd");
}

}  // namespace
}  // namespace pyrometer
