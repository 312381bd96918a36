// A descriptor that nobody reads from holds nobody up.

#include "daemon/run/descriptor_sink.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace pyrometer {
namespace {

constexpr std::size_t kMuch = 1 << 20;

/// Everything that is there to be read at once.
std::string drained(int fd) {
  std::string text(kMuch, '\0');
  const ssize_t n = read(fd, text.data(), text.size());
  text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return text;
}

std::string pattern() {
  std::string text(kMuch, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 31 >> 3);
  return text;
}

void expectDelivery(int reading, int writing) {
  DescriptorSink sink{FileDescriptor(writing)};
  const std::string sent = pattern();
  sink.put(sent);
  std::string received;
  while (received.size() < sent.size()) {
    // Returns whether anybody reads or not.
    sink.pass();
    ASSERT_EQ(sink.failure(), 0);
    const std::string piece = drained(reading);
    ASSERT_FALSE(piece.empty());
    received += piece;
  }
  EXPECT_EQ(received, sent);
  EXPECT_EQ(sink.waiting(), 0u);
}

TEST(DescriptorSink, DeliversThroughAPipeAsItIsRead) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const FileDescriptor reading(ends[0]);
  // Blocking, as the program has made it.
  ASSERT_EQ(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
  expectDelivery(reading.get(), ends[1]);
}

TEST(DescriptorSink, DeliversThroughASocketAsItIsRead) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const FileDescriptor reading(ends[0]);
  expectDelivery(reading.get(), ends[1]);
}

TEST(DescriptorSink, AReaderThatHasGoneIsAFailure) {
  signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  close(ends[0]);
  DescriptorSink sink{FileDescriptor(ends[1])};
  sink.put("bytes");
  EXPECT_FALSE(sink.pass());
  EXPECT_EQ(sink.failure(), EPIPE);
  EXPECT_EQ(sink.waiting(), 0u);
}

TEST(DescriptorSink, AFullDiskIsAFailure) {
  DescriptorSink sink{FileDescriptor(open("/dev/full", O_WRONLY | O_CLOEXEC))};
  sink.put("bytes");
  EXPECT_FALSE(sink.pass());
  EXPECT_EQ(sink.failure(), ENOSPC);
}

}  // namespace
}  // namespace pyrometer
