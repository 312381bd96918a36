#include "daemon/server/utf8_stream.h"

#include <gtest/gtest.h>

namespace pyrometer {
namespace {

TEST(Utf8Stream, ACharacterThatIsCutWaitsForItsRest) {
  const std::string text = "a\xC3\xBC\xE2\x82\xAC\xF0\x9F\x94\xA5z";
  Utf8Stream stream;
  std::string all;
  for (const char c : text) all += stream.feed(std::string_view(&c, 1));
  EXPECT_EQ(all, text);
}

TEST(Utf8Stream, WhatIsNoCharacterIsReplaced) {
  Utf8Stream stream;
  EXPECT_EQ(stream.feed("a\xFF"
                        "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(stream.feed("\xE2\x82"), "") << "may go on";
  EXPECT_EQ(stream.feed("x"), "\xEF\xBF\xBDx");
}

TEST(Utf8Stream, WhatWaitsAtTheEndIsNoCharacterAnyMore) {
  Utf8Stream stream;
  EXPECT_EQ(stream.feed("50 \xE2\x82"), "50 ");
  EXPECT_EQ(stream.finish(), "\xEF\xBF\xBD");
  EXPECT_EQ(stream.finish(), "");
}

}  // namespace
}  // namespace pyrometer
