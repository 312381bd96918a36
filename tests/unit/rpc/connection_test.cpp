#include "daemon/rpc/connection.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>

#include <atomic>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace pyrometer::rpc {
namespace {

using nlohmann::json;

/// A connection over a socket, its strand on a thread of its own, and the client's end.
class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() {
    signal(SIGPIPE, SIG_IGN);
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    ours_ = FileDescriptor(ends[0]);
    client_ = FileDescriptor(ends[1]);
    listener_.request = [](const std::string& method, const json& params, ReplyOnce reply) {
      if (reply.start()) reply.answer({{"method", method}, {"params", params}});
    };
    listener_.notification = [](const std::string&, const json&) {};
    listener_.closed = [this](const std::string& why) {
      why_ = why;
      strand_.close();
    };
    listener_.log = [](const std::string&) {};
  }
  ~ConnectionTest() override {
    strand_.close();
    if (thread_.joinable()) thread_.join();
  }

  void start() {
    connection_.emplace(ours_.get(), ours_.get(), strand_, listener_);
    connection_->start();
    thread_ = std::thread([this] { strand_.run(); });
  }

  void sendRaw(const std::string& bytes) {
    EXPECT_EQ(::send(client_.get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }
  void send(const std::string& body) {
    sendRaw("Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  void ask(const json& id, const std::string& method = "m") {
    send(json({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}}).dump());
  }
  void cancel(const json& id) {
    send(json({{"jsonrpc", "2.0"}, {"method", "$/cancelRequest"}, {"params", {{"id", id}}}}).dump());
  }

  /// The next message from the server; none at the end.
  std::optional<json> receive() {
    char buffer[4096];
    while (true) {
      if (auto message = parser_.next()) return json::parse(*message);
      const ssize_t count = ::read(client_.get(), buffer, sizeof buffer);
      if (count <= 0) return std::nullopt;
      parser_.feed({buffer, static_cast<std::size_t>(count)});
    }
  }

  /// Waits for the strand's end, then lets go of the connection as a server does.
  std::string closedWith() {
    thread_.join();
    connection_->finish(10'000);
    return why_;
  }

  FileDescriptor ours_, client_;
  TaskQueue strand_;
  Connection::Listener listener_;
  FrameParser parser_;
  std::string why_;
  std::optional<Connection> connection_;
  std::thread thread_;
};

TEST_F(ConnectionTest, IdsComeBackAsTheyWere) {
  start();
  ask(1);
  ask("1");
  ask(-5);
  EXPECT_EQ((*receive())["id"], 1);
  EXPECT_EQ((*receive())["id"], "1");
  EXPECT_EQ((*receive())["id"], -5);
}

TEST_F(ConnectionTest, WhatIsNoMessageIsAnsweredAndTheTalkGoesOn) {
  start();
  send("no JSON");
  send("[]");
  send(R"({"id":3,"method":"m"})");
  ask(4);
  json answer = *receive();
  EXPECT_EQ(answer["id"], nullptr);
  EXPECT_EQ(answer["error"]["code"], -32700);
  answer = *receive();
  EXPECT_EQ(answer["id"], nullptr);
  EXPECT_EQ(answer["error"]["code"], -32600);
  answer = *receive();
  EXPECT_EQ(answer["id"], 3);
  EXPECT_EQ(answer["error"]["code"], -32600);
  EXPECT_EQ((*receive())["id"], 4);
}

TEST_F(ConnectionTest, ABrokenHeaderIsAnsweredAndEndsIt) {
  start();
  ask(1);
  sendRaw("Content-Length: 1000000000000\r\n\r\n{");
  EXPECT_NE(closedWith().find("1000000000000"), std::string::npos);
  // The one is answered by the strand, the other by the reader.
  const json one = *receive(), other = *receive();
  const json& error = one["id"] == 1 ? other : one;
  EXPECT_EQ(error["id"], nullptr);
  EXPECT_EQ(error["error"]["code"], -32700);
  EXPECT_EQ((one["id"] == 1 ? one : other)["result"]["method"], "m");
}

TEST_F(ConnectionTest, AClientThatClosesHasItsAnswersFirst) {
  start();
  for (int i = 0; i < 100; ++i) ask(i);
  ::shutdown(client_.get(), SHUT_WR);
  for (int i = 0; i < 100; ++i) EXPECT_EQ((*receive())["id"], i);
  EXPECT_EQ(closedWith(), "");
}

TEST_F(ConnectionTest, AClientThatClosesInTheMiddleOfAMessage) {
  start();
  sendRaw("Content-Length: 50\r\n\r\n{\"jso");
  client_.close();
  EXPECT_NE(closedWith().find("middle of a message"), std::string::npos);
}

TEST_F(ConnectionTest, AnIdInUseIsRefused) {
  std::vector<ReplyOnce> kept;
  listener_.request = [&](const std::string& method, const json&, ReplyOnce reply) {
    if (method == "keep") return kept.push_back(std::move(reply));
    kept.clear();
    reply.answer("done");
  };
  start();
  ask(1, "keep");
  ask(1, "keep");
  json answer = *receive();
  EXPECT_EQ(answer["id"], 1);
  EXPECT_EQ(answer["error"]["code"], -32600);
  ask(2, "release");
  EXPECT_EQ((*receive())["error"]["code"], -32603);
  EXPECT_EQ((*receive())["result"], "done");
}

TEST_F(ConnectionTest, FiftyInFlightHalfCancelledEachIsAnsweredOnce) {
  Pool pool(2);
  std::atomic<int> ran = 0;
  std::atomic<bool> go = false;
  listener_.request = [&](const std::string&, const json&, ReplyOnce reply) {
    pool.post([&, shared = std::make_shared<ReplyOnce>(std::move(reply))] {
      if (!shared->start()) return;
      ++ran;
      // The first two stand in the way of the others until all cancellations are in.
      while (!go && !shared->stopToken().stop_requested()) std::this_thread::yield();
      if (shared->stopToken().stop_requested())
        return shared->fail(ErrorCode::kRequestCancelled, "cancelled");
      shared->answer(1);
    });
  };
  start();
  constexpr int kRequests = 50;
  for (int i = 0; i < kRequests; ++i) ask(i);
  for (int i = 1; i < kRequests; i += 2) cancel(i);
  cancel(1000);
  // Those that are cancelled have their answers while the others still wait.
  std::map<int, int> codes;
  for (int i = 1; i < kRequests; i += 2) {
    const json answer = *receive();
    EXPECT_TRUE(codes.emplace(answer["id"], answer["error"]["code"]).second) << answer;
  }
  go = true;
  for (int i = 0; i < kRequests; i += 2) {
    const json answer = *receive();
    EXPECT_EQ(answer["result"], 1);
    EXPECT_TRUE(codes.emplace(answer["id"], 0).second) << answer;
  }
  ::shutdown(client_.get(), SHUT_WR);
  closedWith();
  ours_.close();
  EXPECT_EQ(receive(), std::nullopt);
  ASSERT_EQ(codes.size(), static_cast<std::size_t>(kRequests));
  for (const auto& [id, code] : codes) EXPECT_EQ(code, id % 2 ? -32800 : 0) << id;
  EXPECT_LT(ran, kRequests);
}

TEST_F(ConnectionTest, ACancellationActsWhileTheStrandIsBusy) {
  listener_.request = [](const std::string&, const json&, ReplyOnce reply) {
    if (!reply.start()) return;
    while (!reply.stopToken().stop_requested()) std::this_thread::yield();
    reply.fail(ErrorCode::kRequestCancelled, "cancelled");
  };
  start();
  ask(1);
  ask(2);
  cancel(2);
  EXPECT_EQ((*receive())["id"], 2);
  // The id is free again, and the first use of it must not come to life.
  ask(2);
  cancel(1);
  EXPECT_EQ((*receive())["id"], 1);
  cancel(2);
  EXPECT_EQ((*receive())["id"], 2);
}

TEST_F(ConnectionTest, QuestionsToTheClient) {
  std::vector<std::string> answers;
  listener_.notification = [&](const std::string&, const json&) {
    for (const char* question : {"first", "second"}) {
      connection_->request(question, R"({"a":1})", [&answers](const Result<std::string>& answer) {
        answers.push_back(answer.ok() ? answer.value() : answer.error().text());
      });
    }
  };
  listener_.request = [&](const std::string&, const json&, ReplyOnce reply) { reply.answer(answers); };
  start();
  send(R"({"jsonrpc":"2.0","method":"begin"})");
  const json first = *receive(), second = *receive();
  EXPECT_EQ(first["method"], "first");
  EXPECT_EQ(first["params"], json({{"a", 1}}));
  send(json({{"jsonrpc", "2.0"}, {"id", second["id"]}, {"error", {{"code", 1}, {"message", "no"}}}}).dump());
  send(json({{"jsonrpc", "2.0"}, {"id", first["id"]}, {"result", "yes"}}).dump());
  send(json({{"jsonrpc", "2.0"}, {"id", 77}, {"result", "nobody asked"}}).dump());
  ask(1);
  EXPECT_EQ((*receive())["result"], json({"no", "\"yes\""}));
}

TEST_F(ConnectionTest, AClientThatIsGoneEndsItAtOnce) {
  std::atomic<bool> stopped = false;
  listener_.request = [&](const std::string&, const json&, ReplyOnce reply) {
    if (!reply.start()) return;
    // Its handlers are asked to stop, though the strand is busy with one of them.
    connection_->notify("news", "{}");
    while (!reply.stopToken().stop_requested()) std::this_thread::yield();
    stopped = true;
  };
  start();
  ask(1);
  client_.close();
  EXPECT_NE(closedWith().find("does not read"), std::string::npos);
  EXPECT_TRUE(stopped);
}

}  // namespace
}  // namespace pyrometer::rpc
