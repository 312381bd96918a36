#include "daemon/profile/my_code.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace pyrometer {
namespace {

namespace fs = std::filesystem;

TEST(MyCode, WithoutRootsEverythingOutsideInstallationsIsTheUsers) {
  const MyCode mine;
  EXPECT_EQ(mine.ownerOf("/home/me/app/main.py"), Owner::kUser);
  EXPECT_EQ(mine.ownerOf("main.py"), Owner::kUser);
  EXPECT_EQ(mine.ownerOf("/usr/lib/python3.11/json/decoder.py"), Owner::kLibrary);
  EXPECT_EQ(mine.ownerOf("/opt/py/lib/python3.13t/typing.py"), Owner::kLibrary);
  EXPECT_EQ(mine.ownerOf("/usr/lib/python311.zip/typing.py"), Owner::kLibrary);
  EXPECT_EQ(mine.ownerOf("/usr/lib/python3/dist-packages/yaml/reader.py"), Owner::kLibrary);
  EXPECT_EQ(mine.ownerOf("/home/me/.venv/lib/python3.12/site-packages/x.py"), Owner::kLibrary);
  EXPECT_EQ(mine.ownerOf("/opt/pypy3.10/lib/pypy3.10/json/decoder.py"), Owner::kLibrary);
  EXPECT_EQ(mine.ownerOf("/opt/pypy/lib-python/3/json/decoder.py"), Owner::kLibrary);
}

TEST(MyCode, NamesThatOnlyLookLikeAnInstallationAreTheUsers) {
  const MyCode mine;
  EXPECT_EQ(mine.ownerOf("/home/me/python3.11/main.py"), Owner::kUser);
  EXPECT_EQ(mine.ownerOf("/home/me/lib/pythonic/main.py"), Owner::kUser);
  EXPECT_EQ(mine.ownerOf("/home/me/my-site-packages/main.py"), Owner::kUser);
  EXPECT_EQ(mine.ownerOf("/home/me/site-packages"), Owner::kUser) << "a file of that name";
}

TEST(MyCode, BelowARootIsTheUsersAndTheRestALibrarys) {
  const MyCode mine({"/home/me/app/", "/home/me/shared"});
  EXPECT_EQ(mine.ownerOf("/home/me/app/main.py"), Owner::kUser);
  EXPECT_EQ(mine.ownerOf("/home/me/app/sub/../main.py"), Owner::kUser);
  EXPECT_EQ(mine.ownerOf("/home/me/shared/tools.py"), Owner::kUser);
  EXPECT_EQ(mine.ownerOf("/home/me/app2/main.py"), Owner::kLibrary) << "a name that begins like the root's";
  EXPECT_EQ(mine.ownerOf("/home/me/app/../other.py"), Owner::kLibrary);
  EXPECT_EQ(mine.ownerOf("/home/me/app/venv/lib/python3.11/site-packages/x.py"), Owner::kLibrary);
  EXPECT_EQ(mine.ownerOf("/home/me/app/venv/lib/python3.11/typing.py"), Owner::kLibrary);
}

TEST(MyCode, RootInsideAnInstallationWins) {
  const MyCode mine({"/usr/lib/python3/dist-packages/docutils"});
  EXPECT_EQ(mine.ownerOf("/usr/lib/python3/dist-packages/docutils/nodes.py"), Owner::kUser);
  EXPECT_EQ(mine.ownerOf("/usr/lib/python3/dist-packages/yaml/reader.py"), Owner::kLibrary);
  EXPECT_EQ(mine.ownerOf("/usr/lib/python3/dist-packages/docutils/site-packages/x.py"), Owner::kLibrary);
}

TEST(MyCode, TheNearestRootDecides) {
  const MyCode mine({"/home/me", "/home/me/venv/lib/python3.11/site-packages/own"});
  EXPECT_EQ(mine.ownerOf("/home/me/venv/lib/python3.11/site-packages/own/x.py"), Owner::kUser);
  EXPECT_EQ(mine.ownerOf("/home/me/venv/lib/python3.11/site-packages/other/x.py"), Owner::kLibrary);
}

TEST(MyCode, RootOfEverything) {
  const MyCode mine({"/"});
  EXPECT_EQ(mine.ownerOf("/tmp/x.py"), Owner::kUser);
  EXPECT_EQ(mine.ownerOf("/usr/lib/python3.11/typing.py"), Owner::kLibrary);
}

TEST(MyCode, TextWithoutAFile) {
  const MyCode mine({"/home/me/app"});
  for (const char* name : {"<string>", "<stdin>", "<console>", "<ipython-input-3-abc>", "<doctest x[0]>"}) {
    EXPECT_EQ(mine.ownerOf(name), Owner::kUser) << name;
  }
  EXPECT_EQ(mine.ownerOf("<attrs generated init app.Thing>"), Owner::kLibrary);
  EXPECT_EQ(mine.ownerOf("<frozen os>"), Owner::kLibrary);
  EXPECT_EQ(mine.ownerOf("<frozen runpy>"), Owner::kLibrary);
  EXPECT_EQ(mine.ownerOf("<builtin>/app_main.py"), Owner::kLibrary);
}

TEST(MyCode, ImportMachinery) {
  const MyCode mine({"/home/me/app"});
  EXPECT_EQ(mine.ownerOf("<frozen importlib._bootstrap>"), Owner::kImport);
  EXPECT_EQ(mine.ownerOf("<frozen importlib._bootstrap_external>"), Owner::kImport);
  EXPECT_EQ(mine.ownerOf("<frozen zipimport>"), Owner::kImport);
  EXPECT_EQ(mine.ownerOf("<builtin>/frozen importlib._bootstrap_external"), Owner::kImport);
  EXPECT_EQ(mine.ownerOf("/usr/lib/python3.11/importlib/__init__.py"), Owner::kImport);
  EXPECT_EQ(mine.ownerOf("/usr/lib/python3.11/importlib/_bootstrap.py"), Owner::kImport);
  EXPECT_EQ(mine.ownerOf("/opt/pypy/lib-python/3/importlib/_bootstrap.py"), Owner::kImport);
  EXPECT_EQ(mine.ownerOf("/usr/lib/python3.11/importlib/metadata/__init__.py"), Owner::kLibrary);
  EXPECT_EQ(mine.ownerOf("/home/me/app/importlib/__init__.py"), Owner::kUser);
}

TEST(MyCode, NoPythonFile) {
  const MyCode mine({"/home/me/app"});
  EXPECT_EQ(mine.ownerOf(""), Owner::kNative);
  EXPECT_EQ(mine.ownerOf("/lib/x86_64-linux-gnu/libc.so.6"), Owner::kNative);
  EXPECT_EQ(mine.ownerOf("/home/me/app/fast.cpython-311-x86_64-linux-gnu.so"), Owner::kNative);
  EXPECT_EQ(mine.ownerOf("[vdso]"), Owner::kNative);
  EXPECT_EQ(mine.ownerOf("/home/me/app/also.py"), Owner::kUser);
}

TEST(MyCode, LinkedRootIsTheUsersByEitherName) {
  const fs::path folder = fs::canonical(fs::path(::testing::TempDir())) / "my_code_links";
  fs::remove_all(folder);
  fs::create_directories(folder / "real" / "pkg");
  std::ofstream(folder / "real" / "pkg" / "x.py") << "pass\n";
  fs::create_directory_symlink(folder / "real", folder / "link");
  fs::create_directory_symlink(folder / "real", folder / "second");

  const MyCode by_link({(folder / "link").string()});
  EXPECT_EQ(by_link.ownerOf((folder / "link" / "pkg" / "x.py").string()), Owner::kUser);
  EXPECT_EQ(by_link.ownerOf((folder / "real" / "pkg" / "x.py").string()), Owner::kUser);
  EXPECT_EQ(by_link.ownerOf((folder / "second" / "pkg" / "x.py").string()), Owner::kUser);
  const MyCode by_name({(folder / "real").string()});
  EXPECT_EQ(by_name.ownerOf((folder / "link" / "pkg" / "x.py").string()), Owner::kUser);
  EXPECT_EQ(by_name.ownerOf((folder / "other.py").string()), Owner::kLibrary);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace pyrometer
