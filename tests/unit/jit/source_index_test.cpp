#include "daemon/jit/source_index.h"

#include <gtest/gtest.h>

#include "daemon/jit/place_builder.h"

namespace pyrometer::jit {
namespace {

using Traces = std::vector<TraceId>;

struct Made {
  PlaceBuilder places;
  FunctionId at(std::string_view file, std::string_view function) {
    return places.internFunction(places.internFile(file), function);
  }
};

TEST(SourceIndex, LeadsFromLinesToTracesAndBack) {
  Made made;
  const FunctionId f = made.at("/a/app.py", "f"), g = made.at("/a/app.py", "g"),
                   other = made.at("/b/lib.py", "f");
  made.places.addPlace(TraceId{0}, f, 12);
  made.places.addPlace(TraceId{0}, g, 3);
  made.places.addPlace(TraceId{0}, f, 12);
  made.places.addPlace(TraceId{1}, f, 12);
  made.places.addPlace(TraceId{1}, other, 12);
  made.places.addPlace(TraceId{0}, f, 12);  // trace 0 goes on after trace 1
  const SourceIndex index = made.places.build(3);

  const auto file = index.findFile("/a/app.py");
  ASSERT_TRUE(file);
  EXPECT_EQ(index.tracesAt(*file, 12), (Traces{TraceId{0}, TraceId{1}}));
  EXPECT_EQ(index.tracesAt(*file, 3), Traces{TraceId{0}});
  EXPECT_EQ(index.tracesAt(*file, 4), Traces{});
  EXPECT_EQ(index.tracesIn(*file, 0, 11), Traces{TraceId{0}});
  EXPECT_EQ(index.tracesOf(g), Traces{TraceId{0}});
  EXPECT_EQ(index.findFunctions("f"), (std::vector<FunctionId>{f, other}));
  ASSERT_EQ(index.placesOf(TraceId{0}).size(), 2u);
  EXPECT_EQ(index.place(index.placesOf(TraceId{0})[0]).line, 12u);
  EXPECT_EQ(index.place(index.placesOf(TraceId{0})[1]).line, 3u);
  EXPECT_TRUE(index.placesOf(TraceId{2}).empty());
}

TEST(SourceIndex, FindsFilesByTheEndOfTheirPath) {
  Made made;
  made.at("/a/app.py", "f");
  made.at("/a/lib/util.py", "f");
  made.at("/b/util.py", "f");
  made.at("rel/mod.py", "f");
  const SourceIndex index = made.places.build(0);
  const auto name = [&](std::string_view path) {
    const auto found = index.findFile(path);
    return found ? index.file(*found) : "nothing";
  };
  EXPECT_EQ(name("app.py"), "/a/app.py");
  EXPECT_EQ(name("lib/util.py"), "/a/lib/util.py");
  EXPECT_EQ(name("util.py"), "nothing");  // of two
  EXPECT_EQ(name("pp.py"), "nothing");
  EXPECT_EQ(name("/home/u/rel/mod.py"), "rel/mod.py");
  EXPECT_EQ(name(""), "nothing");
}

TEST(SourceIndex, TheLastTextOfALineCounts) {
  Made made;
  const FileId file = made.places.internFile("a.py");
  made.places.addText(file, 7, 4, "old");
  made.places.addText(file, 9, 0, "nine");
  made.places.addText(file, 7, 8, "new");
  const SourceIndex index = made.places.build(0);
  ASSERT_NE(index.findText(file, 7), nullptr);
  EXPECT_EQ(index.findText(file, 7)->text, "new");
  EXPECT_EQ(index.findText(file, 7)->indent, 8);
  EXPECT_EQ(index.findText(file, 8), nullptr);
  EXPECT_EQ(index.texts().size(), 2u);
}

}  // namespace
}  // namespace pyrometer::jit
