#include "daemon/rpc/message.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace pyrometer::rpc {
namespace {

using nlohmann::json;

TEST(Message, KindsAreToldApart) {
  const Message request = parseMessage(R"({"jsonrpc":"2.0","id":7,"method":"m","params":{"a":1}})");
  EXPECT_EQ(request.kind, MessageKind::kRequest);
  EXPECT_EQ(request.id, RequestId(7));
  EXPECT_EQ(request.method, "m");
  EXPECT_EQ(*request.body, json({{"a", 1}}));

  const Message notification = parseMessage(R"({"jsonrpc":"2.0","method":"m"})");
  EXPECT_EQ(notification.kind, MessageKind::kNotification);
  EXPECT_EQ(*notification.body, json::object());

  EXPECT_EQ(parseMessage(R"({"jsonrpc":"2.0","id":"x","result":null})").kind, MessageKind::kResult);
  const Message failure = parseMessage(R"({"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}})");
  EXPECT_EQ(failure.kind, MessageKind::kFailure);
  EXPECT_EQ(failure.complaint, "no");
}

TEST(Message, ComplaintsAboutNoRequestAreNotAnswered) {
  const Message complaint =
      parseMessage(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"what?"}})");
  EXPECT_EQ(complaint.kind, MessageKind::kNotification) << "an answer could be answered for ever";
}

struct Case {
  const char* text;
  ErrorCode code;
  const char* answer;  ///< part of what the client is told
};
class Malformed : public testing::TestWithParam<Case> {};

TEST_P(Malformed, SaysWhatIsWrong) {
  const Message message = parseMessage(GetParam().text);
  ASSERT_EQ(message.kind, MessageKind::kMalformed);
  EXPECT_EQ(message.code, GetParam().code);
  const std::string answer = errorText(message.id, message.code, message.complaint);
  EXPECT_NE(answer.find(GetParam().answer), std::string::npos) << answer;
}

INSTANTIATE_TEST_SUITE_P(
    All, Malformed,
    testing::Values(
        Case{"{\"a\":", ErrorCode::kParseError, "\"id\":null"}, Case{"", ErrorCode::kParseError, "not JSON"},
        Case{"\xff\xfe", ErrorCode::kParseError, "not JSON"},
        Case{"{\"jsonrpc\":\"2.0\",\"method\":\"\xc3\x28\"}", ErrorCode::kParseError, "\"id\":null"},
        Case{"[]", ErrorCode::kInvalidRequest, "batches"},
        Case{"3", ErrorCode::kInvalidRequest, "a message is a JSON object"},
        Case{R"({"id":4,"method":"m"})", ErrorCode::kInvalidRequest, "\"id\":4"},
        Case{R"({"jsonrpc":"1.0","id":"s","method":"m"})", ErrorCode::kInvalidRequest, "\"id\":\"s\""},
        Case{R"({"jsonrpc":"2.0","id":4,"method":5})", ErrorCode::kInvalidRequest, "method: must"},
        Case{R"({"jsonrpc":"2.0","id":4})", ErrorCode::kInvalidRequest, "method: missing"},
        Case{R"({"jsonrpc":"2.0","id":1.5,"method":"m"})", ErrorCode::kInvalidRequest, "id: must"},
        Case{R"({"jsonrpc":"2.0","id":null,"method":"m"})", ErrorCode::kInvalidRequest, "id: must"},
        Case{R"({"jsonrpc":"2.0","id":[1],"method":"m"})", ErrorCode::kInvalidRequest, "id: must"},
        Case{R"({"jsonrpc":"2.0","id":18446744073709551615,"method":"m"})", ErrorCode::kInvalidRequest,
             "id: must"}));

TEST(Message, DeepNestingIsNotRead) {
  const std::string deep(1'000'000, '[');
  const Message message = parseMessage(deep);
  EXPECT_EQ(message.kind, MessageKind::kMalformed);
  EXPECT_NE(message.complaint.find("nested deeper"), std::string::npos);
  // Brackets in strings are no nesting.
  const std::string text =
      R"({"jsonrpc":"2.0","method":"m","params":{"t":"\")" + std::string(1000, '[') + "\"}}";
  EXPECT_EQ(parseMessage(text).kind, MessageKind::kNotification);
}

TEST(Message, TextThatIsNoUtf8DoesNotStopAMessage) {
  EXPECT_EQ(json::parse(resultText(RequestId(1), "a\xff"))["result"], "a\uFFFD");
  EXPECT_EQ(json::parse(errorText({}, ErrorCode::kRequestFailed, "a\xff"))["error"]["message"], "a\uFFFD");
  EXPECT_EQ(json::parse(resultText(RequestId("i"), json(nullptr))),
            json::parse(R"({"jsonrpc":"2.0","id":"i","result":null})"));
}

TEST(Message, OursAreWhatTheyShouldBe) {
  EXPECT_EQ(json::parse(requestText(3, "m", R"({"a":1})")),
            json::parse(R"({"jsonrpc":"2.0","id":3,"method":"m","params":{"a":1}})"));
  EXPECT_EQ(json::parse(notificationText("m", "null")), json::parse(R"({"jsonrpc":"2.0","method":"m"})"));
}

}  // namespace
}  // namespace pyrometer::rpc
