#include "daemon/server/profile_view.h"

#include <gtest/gtest.h>

#include "tests/unit/server/held_program.h"
#include "tests/unit/support/scratch_folder.h"

namespace pyrometer {
namespace {

class ProfileViewTest : public testing::Test {
 protected:
  ProfileViewTest() : server_(strand_.events()) { server_.hold(program_.opened()); }

  ProfileView view() { return *server_.view(); }
  FunctionId named(const std::string& name) {
    const auto page = view().functions({.search = name, .limit = 1});
    EXPECT_EQ(page.rows.size(), 1U) << name;
    return page.rows.at(0).place.function;
  }

  HeldProgram program_;
  TestStrand strand_;
  Server server_;
};

std::vector<std::string> namesOf(const FunctionPage& page) {
  std::vector<std::string> names;
  for (const auto& row : page.rows) names.push_back(row.place.name);
  return names;
}

TEST_F(ProfileViewTest, FunctionsBySelfAndByTotalAndByPage) {
  using Names = std::vector<std::string>;
  const auto page = view().functions({});
  EXPECT_EQ(namesOf(page).at(0), "leaf");
  EXPECT_EQ(namesOf(page).at(1), "decode");
  EXPECT_EQ(page.count, 4U);
  EXPECT_EQ(page.all.count, 100U);
  EXPECT_EQ(namesOf(view().functions({.order = TableOrder::kTotal, .limit = 2})),
            (Names{"<module>", "main"}));
  EXPECT_EQ(namesOf(view().functions({.order = TableOrder::kTotal, .offset = 2, .limit = 9})),
            (Names{"leaf", "decode"}));
  EXPECT_EQ(view().functions({.offset = 99}).rows.size(), 0U);
}

TEST_F(ProfileViewTest, SearchLooksAtNamesAndFiles) {
  EXPECT_EQ(view().functions({.search = "LEA"}).count, 1U);
  EXPECT_EQ(view().functions({.search = "json/decoder"}).count, 1U);
  EXPECT_EQ(view().functions({.search = "nothing"}).count, 0U);
}

TEST_F(ProfileViewTest, AFunctionSaysWhereItIsNow) {
  FunctionPlace place = view().placeOf(named("main"));
  EXPECT_EQ(place.uri, kAppUri);
  EXPECT_EQ(place.line, 5U);
  EXPECT_TRUE(place.user);
  server_.didOpen("file:/home/me/app/app.py", 1, std::string("# new\n") + kAppText);
  place = view().placeOf(named("main"));
  EXPECT_EQ(place.line, 6U);
  EXPECT_EQ(place.uri, "file:/home/me/app/app.py") << "as the client spells it";
  EXPECT_FALSE(view().functionOf(99).ok());
}

TEST_F(ProfileViewTest, TheCallTreeByPaths) {
  const auto root = view().callTree({});
  ASSERT_TRUE(root.ok());
  ASSERT_EQ(root->rows.size(), 1U);
  EXPECT_EQ(root->rows[0].place.name, "<module>");
  EXPECT_EQ(root->rows[0].children, 1U);
  const auto below = view().callTree({.path = {named("<module>"), named("main")}});
  ASSERT_TRUE(below.ok());
  ASSERT_EQ(below->rows.size(), 2U);
  EXPECT_EQ(below->rows[0].place.name, "leaf");
  EXPECT_EQ(below->rows[0].total, 60U);
  EXPECT_EQ(below->all.count, 100U);
  EXPECT_FALSE(view().callTree({.path = {named("leaf")}}).ok()) << "no stack begins with it";
  const auto inverted = view().callTree({.inverted = true});
  EXPECT_EQ(inverted->rows.at(0).place.name, "leaf");
}

TEST_F(ProfileViewTest, AFlameGraphOfANode) {
  const auto picture = view().flame({.path = {named("<module>")}});
  ASSERT_TRUE(picture.ok());
  EXPECT_EQ(picture->flame.time, 100'000'000U);
  ASSERT_EQ(picture->flame.rectangles.size(), 3U);
  EXPECT_EQ(picture->places.at(picture->flame.rectangles[0].function).name, "main");
}

TEST_F(ProfileViewTest, CallersAndCalleesWithTheLinesOfTheCalls) {
  const auto callees = view().callees(named("main"));
  ASSERT_EQ(callees.size(), 2U);
  EXPECT_EQ(callees[0].place.name, "leaf");
  EXPECT_DOUBLE_EQ(callees[0].share, 0.6);
  EXPECT_EQ(callees[0].sites, (std::vector<std::uint32_t>{7}));
  server_.didOpen(kAppUri, 1, std::string("# new\n") + kAppText);
  const auto callers = view().callers(named("leaf"));
  ASSERT_EQ(callers.size(), 1U);
  EXPECT_EQ(callers[0].place.name, "main");
  EXPECT_EQ(callers[0].samples, 60U);
  EXPECT_EQ(callers[0].sites, (std::vector<std::uint32_t>{8})) << "as the document stands now";
}

TEST_F(ProfileViewTest, TheHottestLine) {
  const auto hot = view().hottestLine();
  ASSERT_TRUE(hot);
  EXPECT_EQ(hot->uri, kAppUri);
  EXPECT_EQ(hot->line, 3U);
  EXPECT_DOUBLE_EQ(hot->share, 0.6);
  EXPECT_EQ(hot->text, "return spin()");
}

TEST_F(ProfileViewTest, AViewOutlivesItsProfile) {
  const ProfileView kept = view();
  ASSERT_TRUE(server_.close(kept.id()).ok());
  EXPECT_EQ(kept.functions({}).count, 4U);
}

TEST_F(ProfileViewTest, ExportsWhole) {
  const test::ScratchFolder folder;
  const auto written = view().exportTo("collapsed", folder / "out.txt");
  ASSERT_TRUE(written.ok()) << written.error().text();
  EXPECT_NE(test::contentOf(folder / "out.txt").find("leaf"), std::string::npos);
  const auto unknown = view().exportTo("tarot", folder / "out");
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.error().message.find("speedscope"), std::string::npos) << "names the known ones";
  EXPECT_FALSE(view().exportTo("collapsed", "relative").ok());
  EXPECT_FALSE(view().exportTo("collapsed", folder / "no/such/folder").ok());
  EXPECT_EQ(folder.entries(), 1U);
}

}  // namespace
}  // namespace pyrometer
