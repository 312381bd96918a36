// Collapsed stacks, speedscope's JSON and our own: golden texts, and what must hold of them.

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "daemon/exporters/collapsed/collapsed.h"
#include "daemon/exporters/json/json.h"
#include "daemon/exporters/speedscope/speedscope.h"
#include "tests/golden/dump.h"
#include "tests/unit/exporters/small_profile.h"

namespace pyrometer {
namespace {

using test::exported;
using test::smallProfile;

TEST(Collapsed, IsAsTheGoldenTextSays) {
  EXPECT_EQ(
      test::compareWithGolden("exports/small.collapsed", exported(collapsedExporter(), *smallProfile())), "");
  EXPECT_EQ(test::compareWithGolden("exports/small-samples.collapsed",
                                    exported(collapsedExporter(), *smallProfile(), {.unit = Unit::kSamples})),
            "");
}

TEST(Collapsed, TimesAddUpToTheWholeInMicroseconds) {
  const auto profile = smallProfile();
  std::istringstream lines(exported(collapsedExporter(), *profile));
  std::uint64_t sum = 0;
  for (std::string line; std::getline(lines, line);) sum += std::stoull(line.substr(line.rfind(' ')));
  EXPECT_EQ(sum, profile->totalWeight() / 1000);
}

TEST(Collapsed, SeparatorsInNamesAreSpelledOut) {
  const std::string text = exported(collapsedExporter(), *smallProfile());
  EXPECT_NE(text.find(";od\\x3bd\\nname (C:\\src\\a\\x3bb.py:3) "), std::string::npos);
}

TEST(Speedscope, IsAsTheGoldenTextSays) {
  EXPECT_EQ(test::compareWithGolden("exports/small.speedscope.json",
                                    exported(speedscopeExporter(), *smallProfile())),
            "");
}

/// The rules of the published schema that a viewer depends on.
void expectValidSpeedscope(const nlohmann::json& json) {
  EXPECT_EQ(json.at("$schema"), "https://www.speedscope.app/file-format-schema.json");
  const auto& frames = json.at("shared").at("frames");
  for (const auto& frame : frames) {
    EXPECT_TRUE(frame.at("name").is_string());
    if (frame.contains("line")) {
      EXPECT_TRUE(frame["line"].is_number_unsigned());
    }
  }
  EXPECT_FALSE(json.at("profiles").empty());
  for (const auto& profile : json.at("profiles")) {
    EXPECT_EQ(profile.at("type"), "sampled");
    EXPECT_TRUE(profile.at("name").is_string());
    EXPECT_TRUE(profile.at("unit") == "nanoseconds" || profile.at("unit") == "none");
    ASSERT_EQ(profile.at("samples").size(), profile.at("weights").size());
    std::uint64_t sum = 0;
    for (const auto& weight : profile.at("weights")) sum += weight.get<std::uint64_t>();
    EXPECT_EQ(profile.at("startValue"), 0);
    EXPECT_EQ(profile.at("endValue"), sum);
    for (const auto& sample : profile.at("samples")) {
      for (const auto& frame : sample) EXPECT_LT(frame.get<std::size_t>(), frames.size());
    }
  }
}

TEST(Speedscope, KeepsTheSchema) {
  for (const Unit unit : {Unit::kTime, Unit::kSamples}) {
    const auto profile = smallProfile();
    const auto json = nlohmann::json::parse(exported(speedscopeExporter(), *profile, {.unit = unit}));
    expectValidSpeedscope(json);
    std::uint64_t sum = 0;
    for (const auto& one : json.at("profiles")) sum += one.at("endValue").get<std::uint64_t>();
    EXPECT_EQ(sum, unit == Unit::kTime ? profile->totalWeight() : profile->sampleCount());
  }
}

TEST(Speedscope, NamesThatAreNotUtf8AreRepaired) {
  ProfileBuilder builder;
  const ThreadId thread = builder.addThread(builder.addProcess(1, "a\xff", ""), 1, "t\xfe\"\n");
  builder.addSample({.time = 1,
                     .weight = 5,
                     .stack = test::stackOf(builder, {{"f\xc3", "\x80.py", 1, 1}}),
                     .thread = thread});
  const auto json = nlohmann::json::parse(exported(speedscopeExporter(), *builder.snapshot()));
  expectValidSpeedscope(json);
  EXPECT_EQ(json["shared"]["frames"][0]["name"], "f\xef\xbf\xbd");
}

TEST(Json, HasEverySampleWithItsStackAndWeight) {
  const auto profile = smallProfile();
  const auto json = nlohmann::json::parse(exported(jsonExporter(), *profile));
  ASSERT_EQ(json.at("samples").size(), profile->sampleCount());
  for (std::size_t row = 0; row < profile->sampleCount(); ++row) {
    const Sample sample = profile->sample(row);
    const auto& told = json.at("samples").at(row);
    EXPECT_EQ(told.at(2), sample.time);
    EXPECT_EQ(told.at(3), sample.weight);
    std::optional<StackId> at = sample.stack;
    auto stack = told.at(0);
    for (; at; at = profile->stack(*at).parentId()) {
      ASSERT_TRUE(stack.is_number());
      const auto& node = json.at("stacks").at(stack.get<std::size_t>());
      const auto& frame = json.at("frames").at(node.at(1).get<std::size_t>());
      const auto& function = json.at("functions").at(frame.at(0).get<std::size_t>());
      const Frame& truly = profile->frame(profile->stack(*at).frame);
      EXPECT_EQ(frame.at(1), profile->line(truly.line).line);
      EXPECT_EQ(function.at("line"), profile->function(truly.function).first_line);
      stack = node.at(0);
    }
    EXPECT_TRUE(stack.is_null());
  }
}

TEST(Json, HasWhatIsKnownOfTheRun) {
  const auto profile = smallProfile();
  const auto json = nlohmann::json::parse(exported(jsonExporter(), *profile));
  EXPECT_EQ(json.at("format"), "pyrometer-profile");
  EXPECT_EQ(json.at("run").at("argv"), profile->info().argv);
  EXPECT_EQ(json.at("run").at("totalWeightNs"), profile->totalWeight());
  EXPECT_EQ(json.at("threads").size(), profile->threads().size());
  EXPECT_EQ(json.at("sources").size(), profile->sources().size());
  EXPECT_EQ(json.at("memory").size(), profile->memory().size());
}

}  // namespace
}  // namespace pyrometer
