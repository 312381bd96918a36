#include "daemon/profile/profile_builder.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/profile/made_profile.h"

namespace pyrometer {
namespace {

TEST(ProfileBuilder, SameThingSameId) {
  ProfileBuilder builder;
  const FileId file = builder.internFile("a.py");
  EXPECT_EQ(builder.internFile("a.py"), file);
  EXPECT_NE(builder.internFile("b.py"), file);
  const FunctionId function = builder.internFunction("f", file, 10);
  EXPECT_EQ(builder.internFunction("f", file, 10), function);
  EXPECT_NE(builder.internFunction("f", file, 11), function);
  EXPECT_NE(builder.internFunction("f", builder.internFile("b.py"), 10), function);
  EXPECT_NE(builder.internFunction("f", file, 10, FunctionKind::kNative), function);
  EXPECT_EQ(builder.internFrame(function, 12), builder.internFrame(function, 12));
  EXPECT_NE(builder.internFrame(function, 12), builder.internFrame(function, 13));
  const Columns call{.begin = 4, .end = 9}, longer{.begin = 4, .lines = 1, .end = 9};
  EXPECT_EQ(builder.internFrame(function, 12, call), builder.internFrame(function, 12, call));
  EXPECT_NE(builder.internFrame(function, 12, call), builder.internFrame(function, 12));
  EXPECT_NE(builder.internFrame(function, 12, call), builder.internFrame(function, 12, longer));
  EXPECT_NE(builder.internFrame(function, 12, call), builder.internFrame(function, 13, call));
  EXPECT_EQ(builder.internFrame(function, 12, Columns{}), builder.internFrame(function, 12));
  EXPECT_EQ(builder.internFrame(function, 0, call), builder.internFrame(function, 0));
}

TEST(ProfileBuilder, FramesOfTwoFunctionsOnOneLineShareTheLine) {
  ProfileBuilder builder;
  const FileId file = builder.internFile("a.py");
  const FrameId outer = builder.internFrame(builder.internFunction("f", file, 1), 5);
  const FrameId inner = builder.internFrame(builder.internFunction("f.<locals>.<lambda>", file, 5), 5);
  const auto profile = builder.snapshot();
  EXPECT_NE(outer, inner);
  EXPECT_EQ(profile->frame(outer).line, profile->frame(inner).line);
}

TEST(ProfileBuilder, NamesAreKeptByteForByte) {
  ProfileBuilder builder;
  const std::string lone("caf\xe9\xff\x00name", 10);
  const std::string greek = "υπολογισμός";
  const std::string huge(300'000, 'x');
  const StringId a = builder.internString(lone), b = builder.internString(greek),
                 c = builder.internString(huge);
  for (int i = 0; i < 50'000; ++i) builder.internString("filler" + std::to_string(i));
  EXPECT_EQ(builder.internString(lone), a);
  const auto profile = builder.snapshot();
  EXPECT_EQ(profile->string(a), lone);
  EXPECT_EQ(profile->string(b), greek);
  EXPECT_EQ(profile->string(c), huge);
  EXPECT_EQ(profile->string(StringId{}), "");
}

TEST(ProfileBuilder, LinesOfAFileAreFound) {
  MadeProfile made;
  made.mine("f", 3);
  made.library("g", 4);
  made.mine("f", 9);
  made.mine("h", 3);
  const auto profile = made.builder.snapshot();
  std::vector<std::uint32_t> lines;
  for (const LineId id : profile->fileLines(*profile->findFile("/home/me/app/app.py"))) {
    lines.push_back(profile->line(id).line);
  }
  EXPECT_EQ(lines, (std::vector<std::uint32_t>{9, 3}));
}

TEST(ProfileBuilder, RelativePathsAreOwnedByTheWorkingDirectory) {
  ProfileBuilder builder(MyCode({"/home/me/app"}));
  builder.info().working_directory = "/home/me/app";
  const FileId mine = builder.internFile("tool.py");
  builder.info().working_directory = "/srv/elsewhere";
  const FileId theirs = builder.internFile("other.py");
  const auto profile = builder.snapshot();
  EXPECT_EQ(profile->file(mine).owner, Owner::kUser);
  EXPECT_EQ(profile->file(theirs).owner, Owner::kLibrary);
}

TEST(ProfileBuilder, LaterTextOfASourceWins) {
  ProfileBuilder builder;
  const FileId file = builder.internFile("a.py");
  builder.addSource(file, "one", false);
  builder.addSource(file, "two", true);
  const auto profile = builder.snapshot();
  ASSERT_NE(profile->findSource(file), nullptr);
  EXPECT_EQ(profile->string(profile->findSource(file)->text), "two");
  EXPECT_TRUE(profile->findSource(file)->changed_during_run);
}

}  // namespace
}  // namespace pyrometer
