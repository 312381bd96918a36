#include "daemon/server/documents/definitions.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "daemon/support/text_lines.h"

namespace pyrometer {
namespace {

/// "name first-head-last" of each, lines from 1.
std::vector<std::string> outline(std::string_view text) {
  std::vector<std::string> all;
  for (const Definition& each : definitionsIn(splitLines(text))) {
    all.push_back(fmt::format("{} {}-{}-{}", each.name, each.first + 1, each.head + 1, each.last + 1));
  }
  return all;
}
using Outline = std::vector<std::string>;

constexpr char kText[] =
    "@cache\n"                           // 1
    "# why\n"                            // 2
    "@wraps(\n"                          // 3
    "    f)\n"                           // 4
    "def f(a,\n"                         // 5
    "      b\n"                          // 6
    "):\n"                               // 7
    "    x = 1\n"                        // 8
    "\n"                                 // 9
    "# far left\n"                       // 10
    "    def g():\n"                     // 11
    "\treturn 2\n"                       // 12, a tab is eight columns
    "    return x\n"                     // 13
    "\n"                                 // 14
    "y = lambda: 3\n"                    // 15
    "class C(Base):\n"                   // 16
    "    async def m(self): return 4\n"  // 17
    "    z = 4";                         // 18

TEST(Definitions, AreToldByIndentation) {
  EXPECT_EQ(outline(kText), (Outline{"f 1-5-13", "g 11-11-12", "C 16-16-18", "m 17-17-17"}));
}

TEST(Definitions, WhatStandsInStringsIsNoCode) {
  EXPECT_EQ(outline("def f():\n"
                    "    s = '''\n"
                    "def not_this():\n"
                    "far left ' \" \\'''\n"
                    "''' + \"it's #\" + '\\\\'\n"
                    "    return s  # don't\n"
                    "def g(): pass\n"),
            (Outline{"f 1-1-6", "g 7-7-7"}));
}

TEST(Definitions, CommentsAtAFunctionsEndAreInItIfTheyAreIndented) {
  EXPECT_EQ(outline("def f():\n    pass\n    # more\n# less\n"), (Outline{"f 1-1-3"}));
}

TEST(Definitions, ATextThatIsBeingWrittenGivesAGuess) {
  EXPECT_EQ(outline("x = foo(\n\ndef f():\n    y = 'open\n    z\ndef g"), (Outline{"f 3-3-5", "g 6-6-6"}));
  EXPECT_EQ(outline("def"), Outline{});
  EXPECT_EQ(outline("default = 1\nclassy = 2\n"), Outline{});
}

TEST(Definitions, TheInnermostAroundALine) {
  const auto definitions = definitionsIn(splitLines(kText));
  const auto at = [&](std::uint32_t line) {
    const Definition* found = innermostAt(definitions, line - 1);
    return found == nullptr ? "" : found->name;
  };
  EXPECT_EQ(at(1), "f") << "a decorator is the function's";
  EXPECT_EQ(at(9), "f");
  EXPECT_EQ(at(12), "g");
  EXPECT_EQ(at(13), "f");
  EXPECT_EQ(at(15), "");
  EXPECT_EQ(at(17), "m");
  EXPECT_EQ(at(18), "C");
}

TEST(Definitions, WhereCodeObjectsBegin) {
  const auto definitions = definitionsIn(splitLines(kText));
  EXPECT_EQ(beginningAt(definitions, 0)->name, "f") << "at the first decorator";
  EXPECT_EQ(beginningAt(definitions, 4)->name, "f") << "or at the head";
  EXPECT_EQ(beginningAt(definitions, 10)->name, "g");
  EXPECT_EQ(beginningAt(definitions, 14), nullptr);
  EXPECT_EQ(beginningAt(definitions, 99), nullptr);
}

TEST(Definitions, WhatHasNoNameOfItsOwn) {
  EXPECT_TRUE(isAnonymous("<module>"));
  EXPECT_TRUE(isAnonymous("f.<locals>.<listcomp>"));
  EXPECT_FALSE(isAnonymous("f.<locals>.g"));
}

}  // namespace
}  // namespace pyrometer
