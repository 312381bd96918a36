#include "daemon/cli/source_text.h"

#include <gtest/gtest.h>

#include "tests/unit/cli/example_profile.h"

namespace pyrometer {
namespace {

using Lines = std::vector<std::string_view>;

TEST(SourceText, LinesEndAsPythonEndsThem) {
  EXPECT_EQ(splitLines("a\nb\n"), (Lines{"a", "b"}));
  EXPECT_EQ(splitLines("a\r\nb\rc"), (Lines{"a", "b", "c"}));
  EXPECT_EQ(splitLines("\r\n\n\r"), (Lines{"", "", ""}));
  EXPECT_EQ(splitLines("a\n\rb"), (Lines{"a", "", "b"}));
  EXPECT_EQ(splitLines("\xEF\xBB\xBFimport x"), (Lines{"import x"}));
  EXPECT_EQ(splitLines(""), Lines{});
  EXPECT_EQ(splitLines("form\ffeed\vis no end"), (Lines{"form\ffeed\vis no end"}));
}

TEST(SourceText, CodeWithoutItsIndentation) {
  const auto profile = exampleProfile();
  SourceText source(*profile);
  for (const LineId line : profile->fileLines(*profile->findFile("app.py"))) {
    if (profile->line(line).line == 5) {
      EXPECT_EQ(source.codeAt(line), "for row in rows:");
    }
  }
}

TEST(SourceText, SourcesInOtherCodecsAreShownInUtf8) {
  ProfileBuilder builder;
  const FileId file = builder.internFile("/a.py");
  builder.addSource(file, "# coding: latin-1\ns = '\xFC'\n", false);
  const auto profile = builder.snapshot();
  SourceText source(*profile);
  ASSERT_NE(source.linesOf(file), nullptr);
  EXPECT_EQ(source.linesOf(file)->at(1), "s = '\xC3\xBC'");
}

TEST(SourceText, EmptyWhereNothingWasRecordedOrTheFileIsShorter) {
  ProfileBuilder builder;
  const FileId file = builder.internFile("/a.py"), other = builder.internFile("/b.py");
  builder.addSource(file, "one line\n", false);
  const auto frame = [&](FileId in, std::uint32_t line) {
    return builder.internFrame(builder.internFunction("f", in, 1), line);
  };
  const FrameId first = frame(file, 1), beyond = frame(file, 2), unknown = frame(file, 0),
                none = frame(other, 1);
  const auto profile = builder.snapshot();
  SourceText source(*profile);
  EXPECT_EQ(source.codeAt(profile->frame(first).line), "one line");
  EXPECT_EQ(source.codeAt(profile->frame(beyond).line), "");
  EXPECT_EQ(source.codeAt(profile->frame(unknown).line), "");
  EXPECT_EQ(source.codeAt(profile->frame(none).line), "");
}

}  // namespace
}  // namespace pyrometer
