#include "daemon/support/file_uri.h"

#include <gtest/gtest.h>

namespace pyrometer {
namespace {

TEST(FileUri, EscapesWhatAUriMayNotHold) {
  EXPECT_EQ(fileUri("/home/a b/\xC3\xBC.py"), "file:///home/a%20b/%C3%BC.py");
  EXPECT_EQ(fileUri("/100%/#1?.py"), "file:///100%25/%231%3F.py");
  EXPECT_EQ(fileUri("/a:b"), "file:///a%3Ab");
}

TEST(FileUri, EveryPathSurvivesTheWayThereAndBack) {
  std::string all = "/";
  for (int c = 1; c < 256; ++c) all.push_back(static_cast<char>(c));
  EXPECT_EQ(pathOfUri(fileUri(all)), all);
}

TEST(FileUri, ReadsTheSpellingsThatClientsUse) {
  EXPECT_EQ(pathOfUri("file:///a/b.py"), "/a/b.py");
  EXPECT_EQ(pathOfUri("file:/a/b.py"), "/a/b.py");
  EXPECT_EQ(pathOfUri("FILE://localhost/a"), "/a");
  EXPECT_EQ(pathOfUri("file:///a%2fb%2Fc"), "/a/b/c");
  EXPECT_EQ(pathOfUri("file:///a%2525"), "/a%25") << "decoded once";
  EXPECT_EQ(pathOfUri("file:///a.py?x#L3"), "/a.py");
  EXPECT_EQ(pathOfUri("file:///\xC3\xBC b"), "/\xC3\xBC b") << "not escaped, but clear";
}

TEST(FileUri, DeclinesWhatIsNoFile) {
  for (const char* uri :
       {"", "file", "file:", "file:a", "file://", "file://host", "file://host/a", "untitled:Untitled-1",
        "http://localhost/a", "/a/b", "file:///a%", "file:///a%4", "file:///a%zz", "file:///a%00b"}) {
    EXPECT_EQ(pathOfUri(uri), std::nullopt) << uri;
  }
}

}  // namespace
}  // namespace pyrometer
