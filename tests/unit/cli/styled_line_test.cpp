#include "daemon/cli/styled_line.h"

#include <gtest/gtest.h>

namespace pyrometer {
namespace {

constexpr Terminal kPlain{.width = 20};
constexpr Terminal kColour{.width = 20, .colour = Terminal::Colour::kTwoHundredFiftySix};

TEST(StyledLine, PadsByColumnsAndNotByBytes) {
  EXPECT_EQ(StyledLine(kPlain).left("温度", 6).add("|").text(), "温度  |\n");
  EXPECT_EQ(StyledLine(kPlain).right("größe", 7).add("|").text(), "  größe|\n");
  EXPECT_EQ(StyledLine(kPlain).left("too long for it", 6).add("|").text(), "too l…|\n");
  EXPECT_EQ(StyledLine(kPlain).leftPath("/some/where.py", 6).add("|").text(), "…re.py|\n");
}

TEST(StyledLine, NothingFromAProfileReachesTheTerminalAsACode) {
  EXPECT_EQ(StyledLine(kColour).add("\x1b]0;title\x07").text(), "\\x1b]0;title\\x07\n");
}

TEST(StyledLine, ColoursOnlyWhereTheTerminalTakesThem) {
  const auto line = [](const Terminal& terminal) {
    return StyledLine(terminal).add("hot", Style::kHeat3).add(" cold").blank(3).text();
  };
  EXPECT_EQ(line(kPlain), "hot cold\n");
  EXPECT_EQ(line(kColour), "\x1b[1;38;5;160mhot\x1b[0m cold\n");
  EXPECT_EQ(line({.width = 20, .colour = Terminal::Colour::kSixteen}), "\x1b[1;31mhot\x1b[0m cold\n");
}

TEST(StyledLine, NoBlanksAtTheEnd) {
  EXPECT_EQ(StyledLine(kColour).add("x").left("", 5, Style::kDim).blank(4).text(), "x\n");
  EXPECT_EQ(StyledLine(kPlain).blank(4).text(), "\n");
}

TEST(StyledLine, BarsInEighthsOrInSigns) {
  EXPECT_EQ(StyledLine(kPlain).bar(0.5, 4, Style::kPlain).add("|").text(), "██  |\n");
  EXPECT_EQ(StyledLine(kPlain).bar(0.4, 4, Style::kPlain).add("|").text(), "█▋  |\n");
  EXPECT_EQ(StyledLine(kPlain).bar(0.0001, 4, Style::kPlain).add("|").text(), "▏   |\n")
      << "little is not nothing";
  EXPECT_EQ(StyledLine(kPlain).bar(0, 4, Style::kPlain).add("|").text(), "    |\n");
  EXPECT_EQ(StyledLine(kPlain).bar(7, 4, Style::kPlain).add("|").text(), "████|\n");
  const Terminal ascii{.width = 20, .charset = Charset::kAscii};
  EXPECT_EQ(StyledLine(ascii).bar(0.5, 4, Style::kPlain).add("|").text(), "##  |\n");
  EXPECT_EQ(StyledLine(ascii).bar(0.01, 4, Style::kPlain).add("|").text(), ".   |\n");
}

TEST(StyledLine, RestTakesTheRoomThereIs) {
  EXPECT_EQ(StyledLine(kPlain).blank(15).rest("much too long").text(), "               much…\n");
}

TEST(Paragraph, WrapsAtBlanksBesideItsLabel) {
  EXPECT_EQ(paragraph(kPlain, "note: ", "one two three four five"),
            "note: one two three\n"
            "      four five\n");
  EXPECT_EQ(paragraph(kPlain, "", "x"), "x\n");
}

}  // namespace
}  // namespace pyrometer
