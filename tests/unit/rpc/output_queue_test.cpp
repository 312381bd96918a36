#include "daemon/rpc/output_queue.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <string>
#include <vector>

#include "daemon/rpc/frame_parser.h"

namespace pyrometer::rpc {
namespace {

struct Ends {
  FileDescriptor ours, theirs;
};

Ends pipeEnds() {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  return {FileDescriptor(ends[1]), FileDescriptor(ends[0])};
}

Ends socketEnds() {
  int ends[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

std::vector<std::string> readAll(int descriptor) {
  FrameParser parser;
  std::vector<std::string> messages;
  char buffer[4096];
  for (ssize_t count = 0; (count = ::read(descriptor, buffer, sizeof buffer)) > 0;) {
    parser.feed({buffer, static_cast<std::size_t>(count)});
    while (auto message = parser.next()) messages.push_back(std::move(*message));
  }
  return messages;
}

class OutputQueueOver : public testing::TestWithParam<Ends (*)()> {
 protected:
  OutputQueueOver() { signal(SIGPIPE, SIG_IGN); }
};

TEST_P(OutputQueueOver, WritesAllInOrder) {
  Ends ends = GetParam()();
  std::future<std::vector<std::string>> reader =
      std::async(std::launch::async, [&] { return readAll(ends.theirs.get()); });
  std::vector<std::string> sent;
  {
    OutputQueue queue(ends.ours.get(), [](const std::string& why) { ADD_FAILURE() << why; });
    for (std::size_t i = 0; i < 200; ++i) {
      sent.emplace_back(i * 500, static_cast<char>('a' + i % 26));
      queue.send(sent.back());
    }
    queue.finish(60'000);
  }
  ends.ours.close();
  EXPECT_EQ(reader.get(), sent);
}

TEST_P(OutputQueueOver, AReaderThatIsGoneEndsIt) {
  Ends ends = GetParam()();
  ends.theirs.close();
  std::promise<void> broken;
  OutputQueue queue(ends.ours.get(), [&](const std::string&) { broken.set_value(); });
  queue.send("into the void");
  broken.get_future().wait();
  queue.send("still no harm");
}

TEST_P(OutputQueueOver, AReaderThatNeverReadsEndsIt) {
  Ends ends = GetParam()();
  std::promise<std::string> broken;
  OutputQueue queue(
      ends.ours.get(), [&](std::string why) { broken.set_value(std::move(why)); }, 1 << 20);
  const std::string message(100'000, 'x');
  for (int i = 0; i < 40; ++i) queue.send(message);
  EXPECT_NE(broken.get_future().get().find("1048576 bytes unread"), std::string::npos);
  EXPECT_LT(queue.waiting(), 2u << 20);
  queue.finish(60'000);  // Ends at once: nothing more can be written.
}

TEST_P(OutputQueueOver, FinishDoesNotWaitForAReaderForEver) {
  Ends ends = GetParam()();
  OutputQueue queue(ends.ours.get(), [](const std::string& why) { ADD_FAILURE() << why; });
  queue.send(std::string(5'000'000, 'x'));
  queue.finish(1);
}

INSTANTIATE_TEST_SUITE_P(All, OutputQueueOver, testing::Values(&pipeEnds, &socketEnds));

TEST(OutputQueue, OfNewsOnlyTheLatestWaits) {
  Ends ends = pipeEnds();
  OutputQueue queue(ends.ours.get(), [](const std::string& why) { ADD_FAILURE() << why; });
  // More than a pipe takes: what follows waits behind it.
  queue.send(std::string(1'000'000, 'x'));
  queue.send("first");
  for (int i = 0; i < 1000; ++i) queue.sendLatest("heat of 1", "heat " + std::to_string(i));
  queue.sendLatest("heat of 2", "other");
  queue.send("last");
  EXPECT_LT(queue.waiting(), 1'001'000u);
  std::future<std::vector<std::string>> reader =
      std::async(std::launch::async, [&] { return readAll(ends.theirs.get()); });
  queue.finish(60'000);
  ends.ours.close();
  std::vector<std::string> got = reader.get();
  got.erase(got.begin());
  EXPECT_EQ(got, (std::vector<std::string>{"first", "heat 999", "other", "last"}));
}

}  // namespace
}  // namespace pyrometer::rpc
