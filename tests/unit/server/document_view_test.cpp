#include "daemon/server/document_view.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "daemon/support/file_uri.h"
#include "tests/unit/server/held_program.h"
#include "tests/unit/support/scratch_folder.h"

namespace pyrometer {
namespace {

FrameId at(MadeProfile& made, const std::string& path, const char* name, std::uint32_t line,
           std::uint32_t first) {
  return made.builder.internFrame(made.builder.internFunction(name, made.builder.internFile(path), first),
                                  line);
}

constexpr char kShapesUri[] = "file:///home/me/app/shapes.py";
constexpr char kShapes[] =
    "class C:\n"                     // 1
    "    @property\n"                // 2
    "    def area(self):\n"          // 3
    "        return work()\n"        // 4
    "    sides = 4\n"                // 5
    "sorted(C, key=lambda c: c)\n";  // 6

class DocumentViewTest : public testing::Test {
 protected:
  DocumentViewTest() : server_(strand_.events()) {
    server_.hold(program_.opened());
    server_.didOpen(kAppUri, 1, kAppText);
  }
  DocumentView view() { return *server_.document(kAppUri); }
  std::string functionAt(std::uint32_t line, std::uint32_t character = 0, const std::string& uri = kAppUri) {
    const auto place = server_.placeInText(uri, {line, character});
    const auto function = place ? server_.document(uri)->functionAt(*place) : std::nullopt;
    return function ? function->name : "none";
  }
  void edit(std::uint32_t line, std::uint32_t from, std::uint32_t end, std::uint32_t to, std::string text) {
    ASSERT_TRUE(
        server_.didChange(kAppUri, ++version_, {{TextRange{{line, from}, {end, to}}, std::move(text)}}).ok());
  }

  HeldProgram program_;
  TestStrand strand_;
  Server server_;
  std::int64_t version_ = 1;
};

TEST_F(DocumentViewTest, HeatOfEachLine) {
  const DocumentHeat heat = view().heat();
  ASSERT_EQ(heat.lines.size(), 4U);
  const DocumentLine& hot = heat.lines[0];
  EXPECT_EQ(hot.line, 3U);
  EXPECT_EQ(hot.heat.counters.self, 60U);
  EXPECT_DOUBLE_EQ(hot.heat.share, 0.6);
  EXPECT_EQ(hot.heat.heat, 3);
  EXPECT_EQ(hot.end, 17U);
  EXPECT_FALSE(hot.stale);
  EXPECT_EQ(hot.text, "60.0 % (50–69 %)") << "few samples: a range";
  EXPECT_EQ(heat.lines[1].line, 6U);
  EXPECT_EQ(heat.lines[1].heat.counters.charged, 40U) << "the library's time";
  EXPECT_EQ(heat.lines[3].line, 9U);
  EXPECT_EQ(heat.lines[3].text, "") << "nothing is charged to it";
  EXPECT_DOUBLE_EQ(heat.file_share, 1);
  EXPECT_EQ(heat.lost, 0);
  EXPECT_FALSE(heat.memory);
  EXPECT_FALSE(hot.memory);
  EXPECT_EQ(view().version(), 1);
}

TEST_F(DocumentViewTest, HeatFollowsEdits) {
  edit(0, 0, 0, 0, "# above\n");
  EXPECT_EQ(view().heat().lines.at(0).line, 4U);
  edit(4, 11, 4, 15, "turn");
  const DocumentLine touched = view().heat().lines.at(0);
  EXPECT_TRUE(touched.stale);
  EXPECT_EQ(touched.text, "60.0 % (50–69 %), edited");
  edit(4, 11, 4, 15, "spin");
  EXPECT_FALSE(view().heat().lines.at(0).stale);
  edit(4, 0, 5, 0, "");
  const DocumentHeat heat = view().heat();
  EXPECT_EQ(heat.lines.size(), 3U);
  EXPECT_DOUBLE_EQ(heat.lost, 0.6);
  EXPECT_DOUBLE_EQ(heat.file_share, 1);
  EXPECT_EQ(view().version(), 5);
}

TEST_F(DocumentViewTest, SelfTimeColoursWhereTheUserWantsIt) {
  ServerSettings settings;
  settings.my_code = false;
  server_.setSettings(settings);
  const auto line = view().heatAt(6);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->heat.share, 0) << "the library's time is not its own";
  EXPECT_EQ(line->heat.heat, 0);
}

TEST_F(DocumentViewTest, OneLine) {
  ASSERT_TRUE(view().heatAt(3));
  EXPECT_EQ(view().heatAt(3)->heat.counters.self, 60U);
  EXPECT_FALSE(view().heatAt(1));
  EXPECT_FALSE(view().heatAt(4'000'000'000));
}

TEST_F(DocumentViewTest, AFilterCounts) {
  const DocumentHeat heat = view().heat({.to = 30'000'000});
  ASSERT_EQ(heat.lines.size(), 3U);
  EXPECT_EQ(heat.lines[0].heat.counters.self, 30U);
  EXPECT_DOUBLE_EQ(heat.lines[0].heat.share, 1);
}

TEST_F(DocumentViewTest, FunctionsStandWhereTheyAreNow) {
  edit(0, 0, 0, 0, "# above\n");
  const auto functions = view().functions();
  ASSERT_EQ(functions.size(), 3U);
  EXPECT_EQ(functions[0].name, "<module>");
  EXPECT_TRUE(functions[0].anonymous);
  EXPECT_EQ(functions[1].name, "leaf");
  EXPECT_EQ(functions[1].first, 3U);
  EXPECT_EQ(functions[1].last, 4U);
  EXPECT_DOUBLE_EQ(functions[1].self_share, 0.6);
  EXPECT_EQ(functions[1].first_end, 11U);
  EXPECT_EQ(functions[2].name, "main");
  EXPECT_EQ(functions[2].last, 8U);
  EXPECT_DOUBLE_EQ(functions[2].total_share, 1);
  EXPECT_EQ(functionAt(4), "leaf");
  EXPECT_EQ(functionAt(7), "main");
  EXPECT_EQ(functionAt(10), "<module>");
}

TEST_F(DocumentViewTest, AFunctionThatHasNoSamplesIsNotTheOneAroundIt) {
  edit(9, 0, 9, 0, "@cache\ndef unused():\n    return 1\n\n");  // lines 9 to 12
  edit(8, 0, 8, 0, "    def within(): pass\n");                 // line 8, in main
  EXPECT_EQ(functionAt(7), "main");
  EXPECT_EQ(functionAt(8), "none") << "one line, in a function that has samples";
  EXPECT_EQ(functionAt(10), "none") << "its decorator";
  EXPECT_EQ(functionAt(12), "none");
  EXPECT_EQ(functionAt(14), "<module>");
  edit(2, 4, 2, 8, "tip");
  EXPECT_EQ(functionAt(3), "leaf") << "another name for what ran";
}

TEST_F(DocumentViewTest, ClassBodiesAndLambdas) {
  MadeProfile made{MyCode({"/home/me"})};
  const std::string path = "/home/me/app/shapes.py";
  made.add({at(made, path, "<module>", 6, 1), at(made, path, "C.area", 4, 2)}, 5);
  made.add({at(made, path, "<module>", 6, 1), at(made, path, "<lambda>", 6, 6)}, 5);
  made.builder.addSource(made.builder.internFile(path), kShapes, false);
  server_.hold({"x.pyrometer", made.builder.snapshot(), std::make_shared<ProfileCache>()});
  server_.didOpen(kShapesUri, 1, kShapes);
  EXPECT_EQ(functionAt(0, 0, kShapesUri), "none") << "the body of a class is a code object too";
  EXPECT_EQ(functionAt(1, 0, kShapesUri), "C.area") << "a decorator";
  EXPECT_EQ(functionAt(3, 9, kShapesUri), "C.area");
  EXPECT_EQ(functionAt(4, 5, kShapesUri), "none");
  EXPECT_EQ(functionAt(5, 2, kShapesUri), "<module>");
  EXPECT_EQ(functionAt(5, 15, kShapesUri), "<lambda>") << "on the word";
}

TEST_F(DocumentViewTest, WhereNothingIsShownAnswersAreEmpty) {
  ASSERT_TRUE(server_.select(std::nullopt).ok());
  EXPECT_FALSE(view().profileId());
  EXPECT_TRUE(view().heat().lines.empty());
  EXPECT_TRUE(view().functions().empty());
  EXPECT_EQ(functionAt(3), "none");
  EXPECT_EQ(view().profileView(), nullptr);
  EXPECT_FALSE(server_.document(kAppUri, HeldId{77}).ok());
}

TEST_F(DocumentViewTest, DocumentsWithoutSamplesAndThoseThatAreNoFiles) {
  server_.didOpen("untitled:Untitled-1", 1, kAppText);
  EXPECT_TRUE(server_.document("untitled:Untitled-1")->heat().lines.empty());
  EXPECT_TRUE(server_.document("file:///home/me/app/other.py")->heat().lines.empty());
  EXPECT_TRUE(server_.document("http://x/y.py")->heat().lines.empty());
}

TEST_F(DocumentViewTest, OutOfStepThereIsNoHeat) {
  EXPECT_FALSE(server_.didChange(kAppUri, 9, {{TextRange{{99, 0}, {99, 0}}, "x"}}).ok());
  EXPECT_TRUE(view().heat().lines.empty());
  ASSERT_TRUE(server_.didChange(kAppUri, 10, {{std::nullopt, kAppText}}).ok());
  EXPECT_EQ(view().heat().lines.size(), 4U);
}

TEST_F(DocumentViewTest, PartsOfALineInTheEditorsUnits) {
  MadeProfile made{MyCode({"/home/me"})};
  const std::string path = "/home/me/app/parts.py", uri = "file:///home/me/app/parts.py";
  const std::string line = "'\xC3\xA4'; t = len(N) + sum(N)";
  const auto part = [&](const std::string& code) {
    const auto begin = static_cast<std::uint32_t>(line.find(code));
    return made.builder.internFrame(
        made.builder.internFunction("<module>", made.builder.internFile(path), 1), 1,
        Columns{.begin = begin, .lines = 0, .end = begin + static_cast<std::uint32_t>(code.size())});
  };
  made.add({part("sum(N)")}, 10);
  made.add({part("len(N)")}, 2);
  made.builder.addSource(made.builder.internFile(path), line + "\n", false);
  server_.hold({"x.pyrometer", made.builder.snapshot(), std::make_shared<ProfileCache>()});
  server_.didOpen(uri, 1, line + "\n");
  const auto parts = [&] { return server_.document(uri)->heat().lines.at(0).expressions; };
  ASSERT_EQ(parts().size(), 2U);
  const DocumentExpression hottest = parts()[0];
  EXPECT_EQ(hottest.text, "sum(N)");
  EXPECT_EQ(hottest.start, line.find("sum") - 1) << "two bytes, one unit";
  EXPECT_EQ(hottest.end, hottest.start + 6);
  EXPECT_EQ(hottest.counters.self, 10U);
  EXPECT_TRUE(hottest.hot);
  EXPECT_FALSE(parts()[1].hot);
  EXPECT_EQ(server_.document(uri)->heatAt(0)->expressions.size(), 2U);
  ASSERT_TRUE(server_.didChange(uri, 2, {{TextRange{{0, 0}, {0, 0}}, " "}}).ok());
  EXPECT_TRUE(parts().empty()) << "another text";
}

/// Profiles without recorded texts, of a file that is there.
class FileOnDiskTest : public testing::Test {
 protected:
  FileOnDiskTest() : server_(strand_.events()), path_(folder_.write("a \xC3\xBC%.py", kAppText)) {}

  void hold(std::int64_t start_unix_ns) {
    MadeProfile made{MyCode({folder_.path()})};
    made.builder.info().start_unix_ns = start_unix_ns;
    made.add({made.frame(path_, "leaf", 4)}, 10);
    server_.hold({"x.prof", made.builder.snapshot(), std::make_shared<ProfileCache>()});
  }
  DocumentHeat heat() { return server_.document(fileUri(path_))->heat(); }
  static constexpr std::int64_t kLater = 4'000'000'000LL * 1'000'000'000LL,
                                kLongAgo = 1'000'000'000LL * 1'000'000'000LL;

  test::ScratchFolder folder_;
  TestStrand strand_;
  Server server_;
  std::string path_;
};

TEST_F(FileOnDiskTest, AFileThatWasNotWrittenSinceIsWhatRan) {
  hold(kLater);
  ASSERT_EQ(heat().lines.size(), 1U) << "not open: read from disk";
  EXPECT_EQ(heat().lines[0].line, 3U);
  EXPECT_FALSE(heat().lines[0].stale);
  server_.didOpen(fileUri(path_), 1, std::string("# unsaved\n") + kAppText);
  EXPECT_EQ(heat().lines.at(0).line, 4U) << "an edit that was never saved";
}

TEST_F(FileOnDiskTest, AFileThatWasWrittenSinceIsStale) {
  hold(kLongAgo);
  EXPECT_TRUE(heat().lines.at(0).stale);
}

TEST_F(FileOnDiskTest, WithoutAStartTheDiskIsBelieved) {
  hold(0);
  EXPECT_FALSE(heat().lines.at(0).stale);
}

TEST_F(FileOnDiskTest, AFileThatChangesOnDiskIsReadAgain) {
  hold(0);
  EXPECT_EQ(heat().lines.at(0).line, 3U);
  folder_.write("a \xC3\xBC%.py", std::string("# one more line\n") + kAppText);
  EXPECT_EQ(heat().lines.at(0).line, 4U);
}

TEST_F(FileOnDiskTest, PlacesAreWhereTheFileOnDiskHasThem) {
  MadeProfile made{MyCode({folder_.path()})};
  made.add({at(made, path_, "main", 8, 6), at(made, path_, "leaf", 4, 3)}, 10);
  made.builder.addSource(made.builder.internFile(path_), kAppText, false);
  server_.hold({"x.pyrometer", made.builder.snapshot(), std::make_shared<ProfileCache>()});
  const auto places = [this] {
    const ProfileView view = *server_.view();
    const FunctionPage page = view.functions({});
    const auto callers = view.callers(page.rows.at(0).place.function);
    return fmt::format("{} {} {} {}", page.rows.at(0).place.line.value_or(99),
                       page.rows.at(1).place.line.value_or(99), callers.at(0).sites.at(0),
                       view.hottestLine()->line);
  };
  EXPECT_EQ(places(), "2 5 7 3") << "the file that ran";
  const std::string comment = "# one\n# two\n";
  folder_.write("a \xC3\xBC%.py", comment + kAppText);
  EXPECT_EQ(places(), "4 7 9 5");
  folder_.write("a \xC3\xBC%.py", comment + "import json\n\ndef main():\n    json.loads('[]')\n    leaf()\n");
  EXPECT_EQ(server_.view()->functions({}).rows.at(0).place.line, std::nullopt) << "it is no more";
  server_.didOpen(fileUri(path_), 1, "# edited\n" + comment + kAppText);
  EXPECT_EQ(places(), "5 8 10 6") << "what is open counts";
  server_.didClose(fileUri(path_));
  std::filesystem::remove(path_);
  EXPECT_EQ(places(), "2 5 7 3") << "nothing to say otherwise";
}

TEST_F(FileOnDiskTest, ASourceInAnotherCodecIsNotEdited) {
  MadeProfile made{MyCode({folder_.path()})};
  const std::string bytes = "# coding: latin-1\nspin('\xFC')\n", path = folder_.write("l.py", bytes);
  made.add({at(made, path, "<module>", 2, 1)}, 10);
  made.builder.addSource(made.builder.internFile(path), bytes, false);
  server_.hold({"x.pyrometer", made.builder.snapshot(), std::make_shared<ProfileCache>()});
  const auto stale = [&] { return server_.document(fileUri(path))->heat().lines.at(0).stale; };
  EXPECT_FALSE(stale()) << "not open";
  server_.didOpen(fileUri(path), 1, "# coding: latin-1\nspin('\xC3\xBC')\n");
  EXPECT_FALSE(stale());
  server_.didOpen(fileUri(path), 2, "# coding: latin-1\nspin('\xEF\xBF\xBD')\n");
  EXPECT_FALSE(stale()) << "an editor that takes everything for UTF-8";
  EXPECT_EQ(server_.view()->hottestLine()->text, "spin('\xC3\xBC')");
}

TEST_F(FileOnDiskTest, ALinkLeadsToTheFile) {
  hold(0);
  std::filesystem::create_symlink(path_, folder_ / "link.py");
  EXPECT_EQ(server_.document(fileUri(folder_ / "link.py"))->heat().lines.size(), 1U);
}

TEST_F(FileOnDiskTest, AFileThatIsGoneHasNoHeat) {
  hold(0);
  std::filesystem::remove(path_);
  EXPECT_TRUE(heat().lines.empty());
}

}  // namespace
}  // namespace pyrometer
