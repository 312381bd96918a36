#include "daemon/server/function_extents.h"

#include <gtest/gtest.h>

#include "daemon/support/text_lines.h"

namespace pyrometer {
namespace {

TEST(FunctionExtents, AreToldByIndentation) {
  const auto lines = splitLines(
      "@cache\n"         // 1
      "def f(a,\n"       // 2
      "      b\n"        // 3
      "):\n"             // 4
      "    x = 1\n"      // 5
      "\n"               // 6
      "# far left\n"     // 7
      "    def g():\n"   // 8
      "\treturn 2\n"     // 9, a tab is eight columns
      "    return x\n"   // 10
      "\n"               // 11
      "y = lambda: 3\n"  // 12
      "class C:\n"       // 13
      "    z = 4");      // 14
  EXPECT_EQ(lastLineOf(lines, 1), 10U) << "from the decorator on";
  EXPECT_EQ(lastLineOf(lines, 8), 9U);
  EXPECT_EQ(lastLineOf(lines, 12), 12U) << "a lambda is its line";
  EXPECT_EQ(lastLineOf(lines, 13), 14U);
  EXPECT_EQ(lastLineOf(lines, 99), 99U) << "beyond the text";
}

TEST(FunctionExtents, WhatHasNoNameOfItsOwn) {
  EXPECT_TRUE(isAnonymous("<module>"));
  EXPECT_TRUE(isAnonymous("f.<locals>.<listcomp>"));
  EXPECT_FALSE(isAnonymous("f.<locals>.g"));
}

}  // namespace
}  // namespace pyrometer
