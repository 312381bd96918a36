#include "daemon/server/hover_text.h"

#include <gtest/gtest.h>

#include <string>

#include "daemon/server/server.h"
#include "tests/unit/server/held_program.h"

namespace pyrometer {
namespace {

class HoverTextTest : public testing::Test {
 protected:
  HoverTextTest() : server_(strand_.events()) {
    server_.hold(program_.opened());
    server_.didOpen(kAppUri, 1, kAppText);
  }
  std::string card(std::uint32_t line, bool markdown = true) {
    const DocumentView view = *server_.document(kAppUri);
    const auto place = server_.placeInText(kAppUri, {line, 0});
    return hoverText(*view.profileView(), view.heatAt(line), view.functionAt(*place), markdown);
  }
  static bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }

  HeldProgram program_;
  TestStrand strand_;
  Server server_;
};

TEST_F(HoverTextTest, AHotLine) {
  const std::string text = card(3);
  EXPECT_TRUE(has(text, "**60.0 %** of all time is spent here\n")) << text;
  EXPECT_TRUE(has(text, "| self | 60 ms | 60.0 % | 60 |")) << text;
  EXPECT_TRUE(has(text, "| total | 60 ms | 60.0 % | 60 |")) << text;
  EXPECT_TRUE(has(text, "Few samples: the true share lies between 50 and 69 % (95 %)")) << text;
  EXPECT_TRUE(has(text, "In function `leaf`: 60.0 % total, 60.0 % self")) << text;
  EXPECT_TRUE(has(text, "100 samples")) << text;
  EXPECT_FALSE(has(text, "Edited")) << text;
}

TEST_F(HoverTextTest, LibraryTimeIsSaidToBeThat) {
  const std::string text = card(6);
  EXPECT_TRUE(has(text, "**40.0 %** of all time is spent here and in the libraries")) << text;
  EXPECT_TRUE(has(text, "| charged | 40 ms | 40.0 % | 40 |")) << text;
  EXPECT_TRUE(has(text, "| self | 0 s | 0.0 % | 0 |")) << text;
}

TEST_F(HoverTextTest, ALineThatOnlyCallsIsNotSaidToBeHot) {
  const std::string text = card(9);
  EXPECT_TRUE(has(text, "**100.0 %** of all time passes through here")) << text;
  EXPECT_TRUE(has(text, "In `<module>`")) << text;
}

TEST_F(HoverTextTest, AnEditedLineIsSaidToBe) {
  ASSERT_TRUE(server_.didChange(kAppUri, 2, {{TextRange{{3, 11}, {3, 15}}, "turn"}}).ok());
  EXPECT_TRUE(has(card(3), "**Edited since the run:**")) << card(3);
}

TEST_F(HoverTextTest, PlainTextHasNoMarks) {
  const std::string text = card(3, false);
  EXPECT_TRUE(has(text, "self: 60.0 %, 60 ms, 60 samples")) << text;
  EXPECT_EQ(text.find_first_of("*|`"), std::string::npos) << text;
}

}  // namespace
}  // namespace pyrometer
