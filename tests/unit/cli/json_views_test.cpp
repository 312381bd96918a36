#include "daemon/cli/json_views.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/cli/example_profile.h"

namespace pyrometer {
namespace {

using Json = nlohmann::json;

TEST(JsonViews, FlatHasLinesAndFunctionsWithTheirCounts) {
  const auto profile = exampleProfile();
  const Json flat = Json::parse(flatJson(*profile, {}));
  EXPECT_EQ(flat["view"], "flat");
  EXPECT_EQ(flat["by"], "charged");
  EXPECT_EQ(flat["run"]["samples"], 407);
  const Json& first = flat["lines"][0];
  EXPECT_EQ(first["file"], "/home/ada/work/app.py");
  EXPECT_EQ(first["line"], 6);
  EXPECT_EQ(first["self"], 210);
  EXPECT_EQ(first["total"], 210);
  EXPECT_EQ(first["selfTime"], 210'000'000);
  EXPECT_EQ(first["heat"], 3);
  EXPECT_LT(first["low"], first["share"]);
  EXPECT_GT(first["high"], first["share"]);
  const Json& second = flat["lines"][1];
  EXPECT_EQ(second["line"], 13);
  EXPECT_EQ(second["self"], 4);
  EXPECT_EQ(second["charged"], 124) << "with the library below it";
  EXPECT_EQ(second["library"]["samples"], 120);
  EXPECT_EQ(second["library"]["most"]["name"], "JSONEncoder.encode");
  EXPECT_EQ(flat["imports"]["samples"], 18);
  EXPECT_EQ(flat["uncharged"]["samples"], 1);
  std::uint64_t self = 0;
  for (const Json& function : flat["functions"]) self += function["self"].get<std::uint64_t>();
  EXPECT_EQ(self, 407U) << "every sample is one function's self";
}

TEST(JsonViews, AllOrdersBySelf) {
  const Json flat = Json::parse(flatJson(*exampleProfile(), {.all = true}));
  EXPECT_EQ(flat["by"], "self");
  EXPECT_EQ(flat["lines"][1]["file"], "/usr/lib/python3.11/json/encoder.py");
}

TEST(JsonViews, LimitCutsRows) {
  const Json flat = Json::parse(flatJson(*exampleProfile(), {.limit = 2}));
  EXPECT_EQ(flat["lines"].size(), 2U);
  EXPECT_EQ(flat["functions"].size(), 2U);
}

TEST(JsonViews, ExpressionsOfALineByTheirCharacters) {
  ProfileBuilder builder(MyCode({"/home/ada/work"}));
  Sampler sampler(builder);
  const Sampler::Place place{"/home/ada/work/app.py", "größe", 1, 2};
  builder.addSource(builder.internFile(place.file), "def größe():\n  wörter = [ä, (sum(ü)\n  )]\n", false);
  sampler.take(3, {place.at(18, 25)});
  sampler.take(1, {place.at(12, 4, 1)});
  sampler.take(1, {place.at(900, 901)});
  const auto profile = builder.snapshot();
  const Json document = Json::parse(sourceJson(*profile, *profile->findFile("app.py"), {}));
  const Json& list = document["lines"][0]["expressions"];
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0]["text"], "sum(ü)");
  EXPECT_EQ(list[0]["column"], 17);
  EXPECT_EQ(list[0]["endLine"], 2);
  EXPECT_EQ(list[0]["endColumn"], 23);
  EXPECT_EQ(list[0]["self"], 3);
  EXPECT_EQ(list[0]["chargedTime"], 3'000'000);
  EXPECT_DOUBLE_EQ(list[0]["share"].get<double>(), 0.6);
  EXPECT_DOUBLE_EQ(list[0]["shareOfLine"].get<double>(), 0.6);
  EXPECT_EQ(list[0]["within"], 1);
  EXPECT_EQ(list[1]["text"], "[ä, (sum(ü)") << "to the end of its first line";
  EXPECT_EQ(list[1]["column"], 12);
  EXPECT_EQ(list[1]["endLine"], 3);
  EXPECT_EQ(list[1]["endColumn"], 5);
  EXPECT_EQ(list[1]["inside"]["samples"], 5) << "columns that the text does not have are in it, too";
  EXPECT_TRUE(list[1]["within"].is_null());
  EXPECT_EQ(list[2]["text"], "") << "not of this text";
}

TEST(JsonViews, LinesOfAFile) {
  const auto profile = exampleProfile();
  const Json lines = Json::parse(sourceJson(*profile, *profile->findFile("app.py"), {}));
  EXPECT_EQ(lines["view"], "lines");
  EXPECT_EQ(lines["recorded"], true);
  std::vector<int> numbers;
  for (const Json& line : lines["lines"]) {
    numbers.push_back(line["line"]);
    EXPECT_TRUE(line.contains("self") && line.contains("total")) << line;
  }
  EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
  EXPECT_EQ(numbers.back(), 21);
}

TEST(JsonViews, TreeIsFlatWithParents) {
  const Json tree = Json::parse(treeJson(*exampleProfile(), {}));
  EXPECT_TRUE(tree["nodes"][0]["parent"].is_null());
  for (const Json& node : tree["nodes"]) {
    if (!node["parent"].is_null()) {
      EXPECT_LT(node["parent"], node["id"]);
    }
  }
}

TEST(JsonViews, MemoryStatesAndInfo) {
  const auto profile = exampleProfile();
  const Json memory = Json::parse(memoryJson(*profile, {}));
  EXPECT_EQ(memory["processes"][0]["pid"], 42);
  EXPECT_EQ(memory["processes"][0]["peak"], 104'100'000);
  EXPECT_TRUE(memory["lines"][0].contains("bytes"));
  const Json states = Json::parse(statesJson(*profile));
  EXPECT_EQ(states["states"].size(), 3U);
  const Json info = Json::parse(infoJson(*profile));
  EXPECT_EQ(info["argv"], (Json{"app.py", "--fast"}));
  EXPECT_EQ(info["rateAsked"], "auto");
  EXPECT_EQ(info["part"], 1);
}

TEST(JsonViews, BytesThatAreNoTextAreReplaced) {
  ProfileBuilder builder;
  Sampler sampler(builder);
  sampler.take(1, {{"/a\xFF.py", "f\xC0", 1, 1}});
  const auto profile = builder.snapshot();
  const Json flat = Json::parse(flatJson(*profile, {}));
  EXPECT_EQ(flat["functions"][0]["name"], "f\uFFFD");
  EXPECT_EQ(flat["functions"][0]["file"], "/a\uFFFD.py");
}

TEST(JsonViews, NothingSampled) {
  ProfileBuilder builder;
  const auto profile = builder.snapshot();
  for (const std::string& text : {flatJson(*profile, {}), treeJson(*profile, {}), memoryJson(*profile, {}),
                                  statesJson(*profile), infoJson(*profile)}) {
    EXPECT_TRUE(Json::accept(text)) << text;
  }
}

}  // namespace
}  // namespace pyrometer
