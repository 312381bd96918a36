#include "daemon/cli/places.h"

#include <gtest/gtest.h>

#include "daemon/cli/shell_word.h"
#include "daemon/profile/profile_builder.h"

namespace pyrometer {
namespace {

struct Names {
  std::string path, package;
};

Names namesOf(const std::string& path) {
  ProfileBuilder builder(MyCode({"/home/ada/work"}));
  builder.info().working_directory = "/home/ada/work";
  const FileId file = builder.internFile(path);
  const FunctionId function = builder.internFunction("work", file, 1);
  const auto profile = builder.snapshot();
  return {PlaceNames(*profile).path(file), packageOf(*profile, function)};
}

TEST(Places, OwnFilesRelativeToTheRunsFolder) {
  EXPECT_EQ(namesOf("/home/ada/work/app.py").path, "app.py");
  EXPECT_EQ(namesOf("/home/ada/work/sub/app.py").path, "sub/app.py");
  EXPECT_EQ(namesOf("./app.py").path, "app.py");
  EXPECT_EQ(namesOf("<string>").path, "<string>");
}

TEST(Places, LibrariesFromTheirOwnFolderOn) {
  EXPECT_EQ(namesOf("/usr/lib/python3.11/json/encoder.py").path, "json/encoder.py");
  EXPECT_EQ(namesOf("/usr/lib/python3.11/json/encoder.py").package, "json");
  EXPECT_EQ(namesOf("/usr/lib/python3.11/heapq.py").package, "heapq");
  EXPECT_EQ(namesOf("/home/ada/venv/lib/python3.11/site-packages/numpy/core/x.py").path, "numpy/core/x.py");
  EXPECT_EQ(namesOf("/usr/lib/python3/dist-packages/docutils/nodes.py").package, "docutils");
  EXPECT_EQ(namesOf("<frozen importlib._bootstrap>").package, "importlib");
  EXPECT_EQ(namesOf("<builtin>/frozen importlib._bootstrap_external").package, "importlib");
  EXPECT_EQ(namesOf("<builtin>/_abc/app_abc.py").package, "_abc");
  EXPECT_EQ(namesOf("<builtin>/app_main.py").package, "app_main");
}

TEST(Places, OwnFilesElsewhereRelativeToWhatTheyHaveInCommon) {
  ProfileBuilder builder;
  builder.info().working_directory = "/tmp";
  const FileId a = builder.internFile("/srv/app/a.py"), b = builder.internFile("/srv/app/sub/b.py");
  const FileId c = builder.internFile("/srv/apple/c.py"), here = builder.internFile("/tmp/d.py");
  const FileId lib = builder.internFile("/usr/lib/python3.11/heapq.py");
  const auto profile = builder.snapshot();
  const PlaceNames names(*profile);
  EXPECT_EQ(names.path(a), "app/a.py");
  EXPECT_EQ(names.path(b), "app/sub/b.py");
  EXPECT_EQ(names.path(c), "apple/c.py");
  EXPECT_EQ(names.path(here), "d.py");
  EXPECT_EQ(names.path(lib), "heapq.py");
}

TEST(Places, FilesThatWouldBeCalledTheSameAreToldWhole) {
  ProfileBuilder builder(MyCode({"/home/ada/work", "/srv/shop"}));
  builder.info().working_directory = "/home/ada/work";
  const FileId here = builder.internFile("/home/ada/work/app.py");
  const FileId other = builder.internFile("/srv/shop/app.py");
  const FileId alone = builder.internFile("/srv/shop/cart.py");
  const auto profile = builder.snapshot();
  const PlaceNames names(*profile);
  EXPECT_EQ(names.path(here), "/home/ada/work/app.py");
  EXPECT_EQ(names.path(other), "/srv/shop/app.py");
  EXPECT_EQ(names.path(alone), "cart.py");
}

TEST(Places, ShellWords) {
  EXPECT_EQ(shellWord("/a/b-1.pyrometer"), "/a/b-1.pyrometer");
  EXPECT_EQ(shellWord("a b"), "'a b'");
  EXPECT_EQ(shellWord("it's"), "'it'\\''s'");
  EXPECT_EQ(shellWord(""), "''");
  EXPECT_EQ(shellWord("$x;rm"), "'$x;rm'");
}

}  // namespace
}  // namespace pyrometer
