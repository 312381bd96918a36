#include "protocol/any.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "protocol/json.h"
#include "protocol/messages.h"

namespace pyrometer::protocol {
namespace {

TEST(Any, IsWhatItWasMadeOf) {
  EXPECT_TRUE(Any().isNull());
  EXPECT_EQ(Any::ofString("a \"b\"\n").asString(), "a \"b\"\n");
  EXPECT_EQ(Any::ofNumber(std::int64_t{12}).json(), "12");
  EXPECT_EQ(Any::ofNumber(0.5).asNumber(), 0.5);
  EXPECT_EQ(Any("true").asBool(), true);
}

TEST(Any, IsNothingElse) {
  EXPECT_EQ(Any("12").asString(), std::nullopt);
  EXPECT_EQ(Any("\"12\"").asNumber(), std::nullopt);
  EXPECT_EQ(Any("\"true\"").asBool(), std::nullopt);
  EXPECT_EQ(Any("[1]").asNumber(), std::nullopt);
}

TEST(Any, TextThatIsNoUtf8IsRepaired) { EXPECT_EQ(Any::ofString("a\xff").asString(), "a\xEF\xBF\xBD"); }

TEST(Any, OpensIntoAStructOnceItIsKnownWhichAndBack) {
  const auto settings =
      fromAny<SettingsSection>(Any(R"({"pyrometer": {"rate": 250, "python": ""}})"), "settings");
  ASSERT_TRUE(settings.ok()) << settings.error().text();
  ASSERT_TRUE(settings.value().pyrometer);
  EXPECT_EQ(settings.value().pyrometer->rate->asNumber(), 250);
  EXPECT_EQ(toAny(settings.value()).json(), R"({"pyrometer":{"python":"","rate":250}})");

  const auto wrong = fromAny<SettingsSection>(Any(R"({"pyrometer": {"python": 3}})"), "settings");
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().text(), "settings.pyrometer.python: expected a text, found 3");
}

TEST(Any, EqualTokensAreEqual) {
  const auto first = fromJson<WorkDoneProgressCancelParams>({{"token", "a"}});
  const auto second = fromJson<WorkDoneProgressCreateParams>({{"token", "a"}});
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first.value().token, second.value().token);
}

}  // namespace
}  // namespace pyrometer::protocol
