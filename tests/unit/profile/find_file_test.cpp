#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "daemon/profile/profile_builder.h"

namespace pyrometer {
namespace {

namespace fs = std::filesystem;

TEST(FindFile, AsTheCodeObjectSaysIt) {
  ProfileBuilder builder;
  const FileId file = builder.internFile("sub/../odd name.py"), text = builder.internFile("<string>");
  const auto profile = builder.snapshot();
  EXPECT_EQ(profile->findFile("sub/../odd name.py"), file);
  EXPECT_EQ(profile->findFile("<string>"), text);
  EXPECT_EQ(profile->findFile("<stdin>"), std::nullopt);
  EXPECT_EQ(profile->findFile(""), std::nullopt);
}

TEST(FindFile, RelativeAndAbsoluteMeetInTheWorkingDirectory) {
  ProfileBuilder builder;
  builder.info().working_directory = "/home/nobody-here/app";
  const FileId relative = builder.internFile("main.py");
  const FileId absolute = builder.internFile("/home/nobody-here/app/pkg/mod.py");
  const auto profile = builder.snapshot();
  EXPECT_EQ(profile->findFile("/home/nobody-here/app/main.py"), relative);
  EXPECT_EQ(profile->findFile("./main.py"), relative);
  EXPECT_EQ(profile->findFile("pkg/mod.py"), absolute);
  EXPECT_EQ(profile->findFile("pkg/../pkg/mod.py"), absolute);
}

TEST(FindFile, UniqueEndingIsTheLastResort) {
  ProfileBuilder builder;
  const FileId only = builder.internFile("/srv/one/prog.py");
  builder.internFile("/srv/one/same.py");
  const FileId second = builder.internFile("/srv/two/same.py");
  builder.internFile("/srv/two/notprog.py");
  const auto profile = builder.snapshot();
  EXPECT_EQ(profile->findFile("prog.py"), only);
  EXPECT_EQ(profile->findFile("one/prog.py"), only);
  EXPECT_EQ(profile->findFile("same.py"), std::nullopt) << "two files end in it";
  EXPECT_EQ(profile->findFile("two/same.py"), second);
  EXPECT_EQ(profile->findFile("rog.py"), std::nullopt);
  EXPECT_EQ(profile->findFile("/elsewhere/prog.py"), std::nullopt) << "an absolute path names one place";
}

TEST(FindFile, ThroughLinks) {
  const fs::path folder = fs::canonical(fs::path(::testing::TempDir())) / "find_file_links";
  fs::remove_all(folder);
  fs::create_directories(folder / "real");
  std::ofstream(folder / "real" / "prog.py") << "pass\n";
  std::ofstream(folder / "real" / "lib.py") << "pass\n";
  fs::create_directory_symlink(folder / "real", folder / "link");
  fs::create_symlink(folder / "real" / "prog.py", folder / "started.py");

  ProfileBuilder builder;
  const FileId script = builder.internFile((folder / "started.py").string());
  const FileId library = builder.internFile((folder / "real" / "lib.py").string());
  const auto profile = builder.snapshot();
  EXPECT_EQ(profile->findFile((folder / "real" / "prog.py").string()), script);
  EXPECT_EQ(profile->findFile((folder / "link" / "prog.py").string()), script);
  EXPECT_EQ(profile->findFile((folder / "link" / "lib.py").string()), library);
  EXPECT_EQ(profile->findFile((folder / "link" / "none.py").string()), std::nullopt);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace pyrometer
