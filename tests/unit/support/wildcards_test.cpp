#include "daemon/support/wildcards.h"

#include <gtest/gtest.h>

#include <string>

namespace pyrometer {
namespace {

TEST(MatchesName, StarsAndQuestionMarks) {
  EXPECT_TRUE(matchesName("parse*", "parse_line"));
  EXPECT_FALSE(matchesName("parse*", "reparse"));
  EXPECT_TRUE(matchesName("*/site-packages/*", "/usr/site-packages/a.py"));
  EXPECT_TRUE(matchesName("a?c", "abc"));
  EXPECT_FALSE(matchesName("a?c", "ac"));
  EXPECT_TRUE(matchesName("*a*b*", "xxaxxbxx"));
  EXPECT_FALSE(matchesName("*a*b", "xxbxxa"));
  EXPECT_TRUE(matchesName("**", ""));
  EXPECT_FALSE(matchesName("?", ""));
}

TEST(MatchesName, WithoutAnyItIsSearchedInside) {
  EXPECT_TRUE(matchesName("pars", "reparse"));
  EXPECT_TRUE(matchesName("", "anything"));
  EXPECT_FALSE(matchesName("Pars", "reparse"));
}

TEST(MatchesName, ManyStarsTakeNoTime) {
  std::string pattern, name(5000, 'a');
  for (int i = 0; i < 2000; ++i) pattern += "*a";
  EXPECT_FALSE(matchesName(pattern + "b", name));
}

}  // namespace
}  // namespace pyrometer
