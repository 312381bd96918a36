#include "daemon/server/documents/line_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace pyrometer {
namespace {

std::shared_ptr<const RunText> ran(const std::string& text) {
  auto kept = std::make_shared<const std::string>(text);
  return makeRunText(kept, *kept);
}

constexpr const char* kProgram =
    "import time\n"  // 1
    "\n"             // 2
    "def work():\n"  // 3
    "    spin()\n"   // 4
    "    spin()\n"   // 5
    "\n"             // 6
    "work()\n"       // 7
    "print(1)\n";    // 8

/// A document beside the run of kProgram. Places as text: "4" moved to line 4 (from 0), "4!" stale, "-" gone.
class LineMapTest : public testing::Test {
 protected:
  void open(std::string text) {
    document_.emplace(std::move(text), PositionEncoding::kUtf16);
    matcher_.emplace(document_->base(), run_);
  }
  void edit(std::uint32_t line, std::uint32_t from, std::uint32_t end_line, std::uint32_t to,
            std::string text) {
    ASSERT_TRUE(document_->apply({TextRange{{line, from}, {end_line, to}}, std::move(text)}).ok());
  }
  std::string place(std::uint32_t run_line) {
    const auto map = matcher_->match(*document_);
    const auto place = map->find(run_line);
    if (!place) return "-";
    EXPECT_EQ(map->runLineOf(place->line), run_line) << "there and back";
    return std::to_string(place->line) + (place->stale ? "!" : "");
  }
  std::string places() {
    std::string all;
    for (std::uint32_t line = 1; line <= 8; ++line) all += (line == 1 ? "" : " ") + place(line);
    return all;
  }

  std::shared_ptr<const RunText> run_ = ran(kProgram);
  std::optional<DocumentText> document_;
  std::optional<LineMatcher> matcher_;
};

TEST_F(LineMapTest, WithoutAnEditEveryLineIsWhereItWas) {
  open(kProgram);
  EXPECT_EQ(places(), "0 1 2 3 4 5 6 7");
  EXPECT_EQ(place(0), "-");
  EXPECT_EQ(place(9), "-");
}

TEST_F(LineMapTest, LinesMoveWithWhatIsPutAbove) {
  open(kProgram);
  edit(0, 0, 0, 0, "# a\n# b\n");
  EXPECT_EQ(places(), "2 3 4 5 6 7 8 9");
}

TEST_F(LineMapTest, ATwinAboveTakesNothingAway) {
  open(kProgram);
  edit(3, 0, 3, 0, "    spin()\n");
  EXPECT_EQ(places(), "0 1 2 4 5 6 7 8");
}

TEST_F(LineMapTest, ATouchedLineIsStaleUntilItIsUndone) {
  open(kProgram);
  edit(3, 8, 3, 8, "_fast");
  EXPECT_EQ(places(), "0 1 2 3! 4 5 6 7");
  edit(3, 8, 3, 13, "");
  EXPECT_EQ(places(), "0 1 2 3 4 5 6 7");
}

TEST_F(LineMapTest, ALineThatWasEmptiedIsGoneUntilItIsUndone) {
  open(kProgram);
  edit(4, 0, 4, 10, "");
  EXPECT_EQ(places(), "0 1 2 3 - 5 6 7");
  edit(4, 0, 4, 0, "    spin()");
  EXPECT_EQ(places(), "0 1 2 3 4 5 6 7");
}

TEST_F(LineMapTest, ADeletedLineIsGoneUntilItComesBack) {
  open(kProgram);
  edit(6, 0, 7, 0, "");
  EXPECT_EQ(places(), "0 1 2 3 4 5 - 6");
  edit(6, 0, 6, 0, "work()\n");
  EXPECT_EQ(places(), "0 1 2 3 4 5 6 7");
}

TEST_F(LineMapTest, AllDeletedAndBack) {
  open(kProgram);
  edit(0, 0, 8, 0, "");
  EXPECT_EQ(place(4), "-");
  edit(0, 0, 0, 0, kProgram);
  EXPECT_EQ(places(), "0 1 2 3 4 5 6 7");
  ASSERT_TRUE(document_->apply({std::nullopt, kProgram}).ok());
  matcher_.emplace(document_->base(), run_);
  EXPECT_EQ(places(), "0 1 2 3 4 5 6 7");
}

TEST_F(LineMapTest, AFileThatChangedSinceIsMatchedWhenItIsOpened) {
  open("import time\nimport sys\n\ndef work():\n    spin()\n    spin(2)\n\nwork()\n");
  EXPECT_EQ(places(), "0 2 3 4 5! 6 7 -");
}

TEST_F(LineMapTest, EditsGoOnFromThere) {
  open("import sys\nimport time\n\ndef work():\n    spin()\n    spin()\n\nwork()\nprint(1)\n");
  EXPECT_EQ(places(), "1 2 3 4 5 6 7 8");
  edit(4, 0, 4, 0, "    prepare()\n");
  edit(6, 4, 6, 8, "turn");
  EXPECT_EQ(places(), "1 2 3 5 6! 7 8 9");
}

TEST_F(LineMapTest, OtherLineEndingsAndAMarkAreNoChange) {
  std::string text = "\xEF\xBB\xBF";
  for (const char* c = kProgram; *c != '\0'; ++c) text += *c == '\n' ? "\r\n" : std::string(1, *c);
  open(text);
  EXPECT_EQ(places(), "0 1 2 3 4 5 6 7");
}

TEST_F(LineMapTest, ADoubtfulTextIsStaleEverywhere) {
  auto doubtful = std::make_shared<RunText>(*run_);
  doubtful->doubtful = true;
  run_ = doubtful;
  open(kProgram);
  EXPECT_EQ(place(3), "2!");
}

/// A program with one line beyond ASCII, as the run has it.
class CharactersTest : public LineMapTest {
 protected:
  void ranWith(const std::string& line, Characters characters) {
    auto kept = std::make_shared<const std::string>("a = 1\n" + line + "\nb = 2\n");
    auto run = makeRunText(kept, *kept);
    run->characters = characters;
    run_ = run;
  }
  std::string shown(const std::string& line) {
    open("a = 1\n" + line + "\nb = 2\n");
    return place(2);
  }
};

TEST_F(CharactersTest, AnEditorThatReadsAnotherCodecHasEditedNothing) {
  ranWith("s = '\xC3\xBC\xC3\xA4 x'", Characters::kDecoded);
  EXPECT_EQ(shown("s = '\xC3\xBC\xC3\xA4 x'"), "1");
  EXPECT_EQ(shown("s = '\xEF\xBF\xBD\xEF\xBF\xBD x'"), "1") << "UTF-8 of Latin-1";
  EXPECT_EQ(shown("s = '\xEF\xBF\xBD y'"), "1!") << "what is ASCII is known";
  edit(1, 0, 1, 1, "t");
  EXPECT_EQ(place(2), "1!");
}

TEST_F(CharactersTest, AnEditorThatReadsTheSameCodecIsTakenAtItsWord) {
  ranWith("s = '\xC3\xBC'", Characters::kDecoded);
  EXPECT_EQ(shown("s = '\xC3\xBC'"), "1");
  edit(1, 5, 1, 6, "\xC3\xA4");
  EXPECT_EQ(place(2), "1!") << "another letter is an edit";
  ranWith("s = '\xC3\xBC'", Characters::kUtf8);
  EXPECT_EQ(shown("s = '\xC3\xA4'"), "1!");
}

TEST_F(CharactersTest, OfAnUnknownCodecNothingIsSaid) {
  ranWith("s = '\xEF\xBF\xBD'", Characters::kUnknown);
  EXPECT_EQ(shown("s = '\xD0\xB0\xD0\xB1'"), "1");
  EXPECT_EQ(shown("s = ''"), "1!") << "that they are gone is known";
}

TEST_F(LineMapTest, WhateverIsTypedPlacesGrowAndUndoBringsAllBack) {
  std::mt19937 random(2);
  std::string program;
  for (int i = 0; i < 300; ++i) program += "    step(" + std::to_string(i % 11) + ")\n";
  run_ = ran(program);
  for (int round = 0; round < 20; ++round) {
    open(program);
    for (int step = 0; step < 30; ++step) {
      const auto line = static_cast<std::uint32_t>(random() % document_->lines().size());
      const auto end = static_cast<std::uint32_t>(
          std::min<std::size_t>(line + random() % 4, document_->lines().size() - 1));
      const char* texts[] = {"", "x", "\n", "    step(3)\n", "a\nb\nc\n"};
      edit(line, 0, end, end == line ? 3 : 0, texts[random() % 5]);
      const auto map = matcher_->match(*document_);
      std::int64_t last = -1;
      for (std::uint32_t i = 1; i <= run_->lines.size(); ++i) {
        const auto place = map->find(i);
        if (!place) continue;
        ASSERT_GT(static_cast<std::int64_t>(place->line), last);
        last = place->line;
        EXPECT_EQ(place->stale, document_->lines().at(place->line).text != run_->lines[i - 1]);
      }
    }
    edit(0, 0, static_cast<std::uint32_t>(document_->lines().size() - 1), 4000, program);
    const auto map = matcher_->match(*document_);
    for (std::uint32_t i = 1; i <= run_->lines.size(); ++i) {
      ASSERT_TRUE(map->find(i)) << i;
      EXPECT_EQ(map->find(i)->line, i - 1);
    }
  }
}

}  // namespace
}  // namespace pyrometer
