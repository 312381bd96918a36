#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "protocol/json.h"
#include "protocol/messages.h"

namespace pyrometer::protocol {
namespace {

using Json = nlohmann::json;

struct Wrong {
  const char* name;
  std::string (*read)(const Json&);  ///< the error's text, empty if there is none
  const char* json;
  const char* error;
};

template <class T>
std::string errorOf(const Json& json) {
  const auto value = fromJson<T>(json);
  return value.ok() ? "" : value.error().text();
}

constexpr auto kHeat = errorOf<LineHeatParams>;
constexpr auto kRun = errorOf<RunParams>;
constexpr auto kHover = errorOf<TextDocumentPositionParams>;
constexpr auto kChange = errorOf<DidChangeTextDocumentParams>;
constexpr auto kMessage = errorOf<MessageParams>;

class Reading : public testing::TestWithParam<Wrong> {};

TEST_P(Reading, SaysWhereWhatWasExpectedAndWhatWasFound) {
  const Json json = Json::parse(GetParam().json, nullptr, false);
  ASSERT_FALSE(json.is_discarded());
  EXPECT_EQ(GetParam().read(json), GetParam().error);
}

const Wrong kWrong[] = {
    {"NoObject", kHeat, R"([1])", "params: expected an object, found a list"},
    {"Missing", kHeat, R"({})", "params.uri: is missing"},
    {"NullWhereNeeded", kHeat, R"({"uri": null})", "params.uri: expected a text, found null"},
    {"TextForNumber", kHeat, R"({"uri": "a", "profile": "x"})",
     "params.profile: expected a whole number, 0 or more, found \"x\""},
    {"Negative", kHeat, R"({"uri": "a", "profile": -1})",
     "params.profile: expected a whole number, 0 or more, found -1"},
    {"Fraction", kHeat, R"({"uri": "a", "profile": 1.5})",
     "params.profile: expected a whole number, 0 or more, found 1.5"},
    {"TooLarge", kHeat, R"({"uri": "a", "profile": 9007199254740993})",
     "params.profile: expected a whole number, 0 or more, found 9007199254740993"},
    {"FarTooLarge", kHeat, R"({"uri": "a", "profile": 1e300})",
     "params.profile: expected a whole number, 0 or more, found 1e+300"},
    {"LargestUnsigned", kHeat, R"({"uri": "a", "profile": 18446744073709551615})",
     "params.profile: expected a whole number, 0 or more, found 18446744073709551615"},
    {"TooSmall", kHeat, R"({"uri": "a", "filter": {"from": -9007199254740993}})",
     "params.filter.from: expected a whole number, found -9007199254740993"},
    {"InAList", kHeat, R"({"uri": "a", "filter": {"threads": [0, 1, "x"]}})",
     "params.filter.threads[2]: expected a whole number, 0 or more, found \"x\""},
    {"NoList", kHeat, R"({"uri": "a", "filter": {"threads": {}}})",
     "params.filter.threads: expected a list, found an object"},
    {"Word", kRun, R"({"mode": "fast"})", "params.mode: expected one of \"cpu\", \"wall\", found \"fast\""},
    {"NumberForWord", kRun, R"({"mode": 1})", "params.mode: expected one of \"cpu\", \"wall\", found 1"},
    {"NoBool", kRun, R"({"memory": 1})", "params.memory: expected true or false, found 1"},
    {"NoNumber", kRun, R"({"rate": "auto"})", "params.rate: expected a number, found \"auto\""},
    {"InAMap", kRun, R"({"env": {"HOME": 3}})", "params.env.HOME: expected a text, found 3"},
    {"LongText", kRun, R"({"rate": "0123456789012345678901234567890123456789012345"})",
     "params.rate: expected a number, found \"012345678901234567890123456789012345678..."},
    {"NotAscii", kRun, "{\"rate\": \"\\u00e9\"}", "params.rate: expected a number, found \"\\u00e9\""},
    {"DeepInside", kHover, R"({"textDocument": {"uri": "a"}, "position": {"line": 0}})",
     "params.position.character: is missing"},
    {"InAListOfObjects", kChange,
     R"({"textDocument": {"uri": "a", "version": 1}, "contentChanges": [{"text": ""}, {"text": 1}]})",
     "params.contentChanges[1].text: expected a text, found 1"},
    {"NumberOfAWord", kMessage, R"({"type": 9, "message": ""})",
     "params.type: expected one of 1, 2, 3, 4, found 9"},
};

INSTANTIATE_TEST_SUITE_P(Messages, Reading, testing::ValuesIn(kWrong),
                         [](const auto& wrong) { return std::string(wrong.param.name); });

TEST(ReadingWhatIsRight, NullIsAsGoodAsNothingInAnOptionalField) {
  const auto params = fromJson<InitializeParams>(
      Json::parse(R"({"processId": null, "rootUri": null, "workspaceFolders": null, "capabilities": {}})"));
  ASSERT_TRUE(params.ok()) << params.error().text();
  EXPECT_EQ(params.value().processId, std::nullopt);
  EXPECT_EQ(params.value().workspaceFolders, std::nullopt);
  EXPECT_EQ(toJson(params.value()), Json::parse(R"({"capabilities": {}})"));
}

TEST(ReadingWhatIsRight, FieldsThatNobodyKnowsAreIgnored) {
  const auto params = fromJson<ProfileParams>(Json::parse(R"({"profile": 3, "colour": {"r": [1]}})"));
  ASSERT_TRUE(params.ok());
  EXPECT_EQ(params.value().profile, 3U);
}

TEST(ReadingWhatIsRight, AWholeNumberMayBeWrittenWithAPoint) {
  EXPECT_EQ(fromJson<ProfileParams>(Json::parse(R"({"profile": 3.0})")).value().profile, 3U);
  EXPECT_EQ(fromJson<ProfileParams>(Json::parse(R"({"profile": 9007199254740992})")).value().profile,
            std::uint64_t{1} << 53);
}

TEST(ReadingWhatIsRight, MethodsWithoutParamsTakeAnything) {
  EXPECT_TRUE(fromJson<ShutdownRequest::Params>(nullptr).ok());
  EXPECT_TRUE(fromJson<ShutdownRequest::Params>(Json::object()).ok());
  EXPECT_TRUE(fromJson<ProfilesRequest::Params>(Json::object()).ok());
}

TEST(Writing, AnAnswerOfNothingIsNull) {
  EXPECT_EQ(toJson(HoverRequest::Result()), nullptr);
  EXPECT_EQ(toJson(ShutdownRequest::Result()), nullptr);
  EXPECT_EQ(toJson(InlayHintRequest::Result(std::vector<InlayHint>())), Json::array());
  EXPECT_EQ(toJson(Empty()), Json::object());
}

TEST(Writing, WhatIsLeftOutIsNotThere) {
  const Json json = toJson(ProfileChangedParams{.profile = 1, .state = ProfileState::kFinished});
  EXPECT_EQ(json.dump(), R"({"profile":1,"samples":0,"selected":false,"state":"finished"})");
}

}  // namespace
}  // namespace pyrometer::protocol
