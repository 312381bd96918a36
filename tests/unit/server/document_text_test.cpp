#include "daemon/server/documents/document_text.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>

#include "daemon/support/utf.h"

namespace pyrometer {
namespace {

TextChange edit(std::uint32_t line, std::uint32_t from, std::uint32_t end_line, std::uint32_t to,
                std::string text) {
  return {TextRange{{line, from}, {end_line, to}}, std::move(text)};
}

TEST(DocumentText, LinesEndAsTheProtocolAndPythonHaveIt) {
  DocumentText text("a\nb\r\nc\rd", PositionEncoding::kUtf16);
  EXPECT_EQ(text.lines().size(), 4U);
  EXPECT_EQ(text.lines().at(2).text, "c");
  EXPECT_EQ(text.text(), "a\nb\r\nc\rd");
  EXPECT_EQ(DocumentText("a\n", PositionEncoding::kUtf8).lines().size(), 2U) << "there is a last, empty line";
}

TEST(DocumentText, AColumnBehindTheEndMeansTheEnd) {
  DocumentText text("ab\ncd\n", PositionEncoding::kUtf16);
  ASSERT_TRUE(text.apply(edit(0, 99, 0, 4000000000, "!")).ok());
  EXPECT_EQ(text.text(), "ab!\ncd\n");
}

TEST(DocumentText, RangesThatCannotBeChangeNothing) {
  DocumentText text("ab\ncd", PositionEncoding::kUtf16);
  const auto beyond = text.apply(edit(2, 0, 2, 0, "x"));
  ASSERT_FALSE(beyond.ok());
  EXPECT_NE(beyond.error().message.find("line 2"), std::string::npos) << beyond.error().message;
  EXPECT_FALSE(text.apply(edit(0, 0, 7, 0, "x")).ok());
  EXPECT_FALSE(text.apply(edit(1, 0, 0, 1, "x")).ok());
  EXPECT_FALSE(text.apply(edit(0, 2, 0, 1, "x")).ok());
  EXPECT_EQ(text.text(), "ab\ncd");
}

TEST(DocumentText, EachEncodingCountsItsOwn) {
  const std::string fire = "\xF0\x9F\x94\xA5";  // one code point, two UTF-16 units, four bytes
  for (const auto& [encoding, units] :
       {std::pair(PositionEncoding::kUtf8, 4U), std::pair(PositionEncoding::kUtf16, 2U),
        std::pair(PositionEncoding::kUtf32, 1U)}) {
    DocumentText text("a" + fire + "b", encoding);
    EXPECT_EQ(text.lines().at(0).units, units + 2);
    ASSERT_TRUE(text.apply(edit(0, 1, 0, 1 + units, "-")).ok());
    EXPECT_EQ(text.text(), "a-b");
  }
  DocumentText text("a" + fire + "b", PositionEncoding::kUtf16);
  ASSERT_TRUE(text.apply(edit(0, 2, 0, 2, "-")).ok());
  EXPECT_EQ(text.text(), "a-" + fire + "b") << "inside a character means before it";
}

TEST(DocumentText, HalvesOfALineEndingGrowTogether) {
  DocumentText text("a\rb", PositionEncoding::kUtf16);
  ASSERT_TRUE(text.apply(edit(1, 0, 1, 0, "\n")).ok());
  EXPECT_EQ(text.text(), "a\r\nb");
  EXPECT_EQ(text.lines().size(), 2U);
}

TEST(DocumentText, EachLineKnowsWhereItWas) {
  DocumentText text("zero\none\ntwo\nthree", PositionEncoding::kUtf16);
  const auto origins = [&text] {
    std::vector<int> list;
    text.lines().forEach([&](const TextLine& line) {
      list.push_back(line.origin == TextLine::kNew ? -1 : static_cast<int>(line.origin));
    });
    return list;
  };
  ASSERT_TRUE(text.apply(edit(1, 0, 1, 0, "one\n")).ok());
  EXPECT_EQ(origins(), (std::vector{0, -1, 1, 2, 3}))
      << "what is put above a line leaves it the line, even its twin";
  ASSERT_TRUE(text.apply(edit(2, 3, 2, 3, "\n    more")).ok());
  EXPECT_EQ(origins(), (std::vector{0, -1, 1, -1, 2, 3})) << "Return at a line's end";
  ASSERT_TRUE(text.apply(edit(4, 0, 5, 0, "")).ok());
  EXPECT_EQ(origins(), (std::vector{0, -1, 1, -1, 3})) << "a deleted line";
  ASSERT_TRUE(text.apply(edit(0, 0, 0, 4, "null")).ok());
  EXPECT_EQ(origins(), (std::vector{0, -1, 1, -1, 3})) << "a line that was written over is still that line";
  ASSERT_TRUE(text.apply({std::nullopt, "new"}).ok());
  EXPECT_EQ(origins(), (std::vector{0})) << "a new text begins anew";
}

/// The text as one string of code points, edited as plainly as can be.
class Model {
 public:
  explicit Model(std::u32string text) : text_(std::move(text)) {}

  std::vector<std::u32string> lines() const {
    std::vector<std::u32string> lines(1);
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (text_[i] == U'\n' || text_[i] == U'\r') {
        if (text_[i] == U'\r' && i + 1 < text_.size() && text_[i + 1] == U'\n') ++i;
        lines.emplace_back();
      } else {
        lines.back().push_back(text_[i]);
      }
    }
    return lines;
  }
  std::size_t offset(TextPosition at, PositionEncoding encoding) const {
    std::size_t i = 0;
    for (std::uint32_t line = 0; line < at.line; ++i) {
      if (text_[i] == U'\r' && i + 1 < text_.size() && text_[i + 1] == U'\n') ++i;
      if (text_[i] == U'\n' || text_[i] == U'\r') ++line;
    }
    for (std::uint32_t units = 0; i < text_.size() && text_[i] != U'\n' && text_[i] != U'\r'; ++i) {
      units += width(text_[i], encoding);
      if (units > at.character) break;
    }
    return i;
  }
  void apply(const TextChange& change, PositionEncoding encoding) {
    const std::size_t from = offset(change.range->start, encoding), to = offset(change.range->end, encoding);
    text_.replace(from, to - from, codePoints(change.text));
  }
  static std::uint32_t width(char32_t c, PositionEncoding encoding) {
    if (encoding == PositionEncoding::kUtf32) return 1;
    if (encoding == PositionEncoding::kUtf16) return c >= 0x10000 ? 2 : 1;
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }
  std::string text() const {
    std::string out;
    for (const char32_t c : text_) appendUtf8(out, c);
    return out;
  }

 private:
  std::u32string text_;
};

class RandomEdits : public testing::TestWithParam<PositionEncoding> {};

TEST_P(RandomEdits, AgreeWithAPlainModel) {
  std::mt19937 random(3);
  const std::u32string alphabet = U"ab\u00fc\u20ac\U0001F525 \n\r\n";
  const auto word = [&](std::size_t most) {
    std::string text;
    for (std::size_t length = random() % (most + 1); length > 0; --length) {
      appendUtf8(text, alphabet[random() % alphabet.size()]);
    }
    return text;
  };
  for (int round = 0; round < 30; ++round) {
    const std::string start = word(round % 3 == 0 ? 6000 : 60);  // some of several blocks
    DocumentText document(start, GetParam());
    Model model(codePoints(start));
    for (int step = 0; step < 60; ++step) {
      const std::size_t lines = document.lines().size();
      TextPosition a{static_cast<std::uint32_t>(random() % lines), static_cast<std::uint32_t>(random() % 12)};
      TextPosition b{static_cast<std::uint32_t>(random() % lines), static_cast<std::uint32_t>(random() % 12)};
      if (random() % 4 != 0) b.line = static_cast<std::uint32_t>(std::min(a.line + random() % 3, lines - 1));
      if (std::pair(b.line, b.character) < std::pair(a.line, a.character)) std::swap(a, b);
      const TextChange change{TextRange{a, b}, word(random() % 8 == 0 ? 3000 : 6)};
      ASSERT_TRUE(document.apply(change).ok());
      model.apply(change, GetParam());
      ASSERT_EQ(document.text(), model.text());
      const auto expected = model.lines();
      ASSERT_EQ(document.lines().size(), expected.size());
      const std::size_t some = random() % expected.size();
      EXPECT_EQ(codePoints(document.lines().at(some).text), expected[some]);
      std::uint32_t units = 0;
      for (const char32_t c : expected[some]) units += Model::width(c, GetParam());
      EXPECT_EQ(document.lines().at(some).units, units);
    }
  }
}

TEST_P(RandomEdits, OriginsNeverGoBack) {
  std::mt19937 random(9);
  std::string start;
  for (int i = 0; i < 400; ++i) start += "line " + std::to_string(i % 7) + "\n";
  DocumentText document(start, GetParam());
  for (int step = 0; step < 2000; ++step) {
    const auto line = static_cast<std::uint32_t>(random() % document.lines().size());
    const auto end =
        static_cast<std::uint32_t>(std::min<std::size_t>(line + random() % 3, document.lines().size() - 1));
    const char* texts[] = {"", "x", "\n", "line 3\n", "a\nb\nc"};
    const auto column = static_cast<std::uint32_t>(random() % 8);
    ASSERT_TRUE(document.apply(edit(line, column, end, end == line ? column : 0, texts[random() % 5])).ok());
    std::uint32_t next = 0;
    document.lines().forEach([&](const TextLine& each) {
      if (each.origin == TextLine::kNew) return;
      EXPECT_GE(each.origin, next);
      next = each.origin + 1;
    });
  }
}

INSTANTIATE_TEST_SUITE_P(Encodings, RandomEdits,
                         testing::Values(PositionEncoding::kUtf8, PositionEncoding::kUtf16,
                                         PositionEncoding::kUtf32));

}  // namespace
}  // namespace pyrometer
