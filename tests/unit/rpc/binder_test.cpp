#include "daemon/rpc/binder.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace pyrometer::rpc {
namespace {

using nlohmann::json;

/// Messages whose parameters and result are numbers.
struct Numbers {
  template <class T>
  static Result<T> read(const json& value) {
    if (!value.is_number()) return Error{"expected a number", "params"};
    return value.get<T>();
  }
  template <class T>
  static json write(const T& value) {
    return value;
  }
};

struct DoubleRequest {
  static constexpr const char kMethod[] = "double";
  using Params = int;
  using Result = int;
};
struct ActRequest : DoubleRequest {
  static constexpr const char kMethod[] = "act";
};
struct LongRequest : DoubleRequest {
  static constexpr const char kMethod[] = "long";
};
struct StepsRequest : DoubleRequest {
  static constexpr const char kMethod[] = "steps";
};
struct Noted {
  static constexpr const char kMethod[] = "noted";
  using Params = int;
};

struct Handlers {
  Result<int> twice(const int& number, std::stop_token) {
    if (number < 0) return Error{"is negative", "number"};
    if (number == 99) throw std::runtime_error("99");
    if (on_call) on_call();
    ++calls;
    return 2 * number;
  }
  Result<std::function<Result<int>()>> later(const int& number, std::stop_token) {
    if (number < 0) return Error{"is negative", "number"};
    return std::function<Result<int>()>([number] { return Result<int>(number + 1); });
  }
  void inSteps(const int& number, std::stop_token, std::function<void(const Result<int>&)> answer) {
    const auto say = std::move(answer);
    if (number > 0) return say(number * 10);
    if (number < 0) say(Error{"is negative", "number"});
  }
  void note(const int& number) { noted = number; }

  std::function<void()> on_call;
  int calls = 0, noted = 0;
};

class BinderTest : public testing::Test {
 protected:
  BinderTest() {
    binder_.on<DoubleRequest>(handlers_, &Handlers::twice);
    binder_.onAct<ActRequest>(handlers_, &Handlers::twice);
    binder_.onPool<LongRequest>(handlers_, &Handlers::later);
    binder_.onSteps<StepsRequest>(handlers_, &Handlers::inSteps);
    binder_.onNotification<Noted>(handlers_, &Handlers::note);
  }

  std::string ask(const std::string& method, const json& params) {
    binder_.request(method, params, ReplyOnce(table_, table_->add(RequestId(1))));
    return std::exchange(answers_, {});
  }

  std::string answers_;
  std::shared_ptr<InFlight> table_ = std::make_shared<InFlight>(
      InFlight::Sender{.result = [this](const RequestId&, const json& result) { answers_ += result.dump(); },
                       .error =
                           [this](const RequestId&, ErrorCode code, const std::string& words) {
                             answers_ += std::to_string(static_cast<int>(code)) + " " + words;
                           }});
  Pool pool_{0};
  Binder<Numbers> binder_{pool_};
  Handlers handlers_;
};

TEST_F(BinderTest, AnswersByMethod) {
  EXPECT_EQ(ask("double", 4), "8");
  EXPECT_EQ(ask("long", 4), "5");
  EXPECT_EQ(ask("double", "four"), "-32602 params: expected a number");
  EXPECT_EQ(ask("long", "four"), "-32602 params: expected a number");
  EXPECT_EQ(ask("double", -1), "-32803 number: is negative");
  EXPECT_EQ(ask("long", -1), "-32803 number: is negative");
  EXPECT_EQ(ask("double", 99), "-32603 internal error: 99");
  EXPECT_EQ(ask("steps", 4), "40");
  EXPECT_EQ(ask("steps", -4), "-32803 number: is negative");
  EXPECT_EQ(ask("steps", 0), "-32603 internal error: nobody has answered");
  EXPECT_EQ(ask("triple", 4), "-32601 there is no method 'triple'");
}

TEST_F(BinderTest, Notifications) {
  EXPECT_TRUE(binder_.notification("noted", 3).ok());
  EXPECT_EQ(handlers_.noted, 3);
  EXPECT_FALSE(binder_.notification("noted", "x").ok());
  EXPECT_TRUE(binder_.notification("unheard of", "x").ok());
}

TEST_F(BinderTest, ACancelledRequestThatWaitsIsNotRun) {
  ReplyOnce reply(table_, table_->add(RequestId(1)));
  table_->cancel(RequestId(1));
  EXPECT_EQ(answers_, "-32800 cancelled");
  binder_.request("double", 4, std::move(reply));
  EXPECT_EQ(answers_, "-32800 cancelled");
  EXPECT_EQ(handlers_.calls, 0);
}

TEST_F(BinderTest, OneThatRunsIsAnsweredCancelledUnlessItDidSomething) {
  handlers_.on_call = [this] { table_->cancel(RequestId(1)); };
  EXPECT_EQ(ask("double", 4), "-32800 cancelled");
  EXPECT_EQ(ask("act", 4), "8");
}

TEST_F(BinderTest, ADroppedReplyIsAnAnswerToo) {
  { const ReplyOnce reply(table_, table_->add(RequestId(1))); }
  EXPECT_EQ(answers_, "-32603 internal error: nobody has answered");
  // And the id is free again.
  EXPECT_NE(table_->add(RequestId(1)), nullptr);
}

TEST_F(BinderTest, AReplyAnswersOnce) {
  ReplyOnce reply(table_, table_->add(RequestId(1)));
  EXPECT_EQ(table_->add(RequestId(1)), nullptr);
  reply.answer(1);
  reply.answer(2);
  reply.fail(ErrorCode::kRequestFailed, "no");
  EXPECT_EQ(answers_, "1");
}

}  // namespace
}  // namespace pyrometer::rpc
