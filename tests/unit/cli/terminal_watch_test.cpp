#include "daemon/cli/terminal_watch.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>
#include <thread>

namespace pyrometer {
namespace {

using std::chrono::milliseconds, std::chrono::hours;

/// A terminal of 80 columns, and what is drawn on it.
class Screen {
 public:
  Screen() {
    const winsize size{.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
    EXPECT_EQ(openpty(&eye_, &glass_, nullptr, nullptr, &size), 0);
  }
  ~Screen() {
    ::close(eye_);
    ::close(glass_);
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  int glass() const { return glass_; }
  const std::string& seen() {
    look(0);
    return seen_;
  }
  /// Whether these words come up, for as long as a minute.
  bool shows(const std::string& words) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (seen_.find(words) == std::string::npos && std::chrono::steady_clock::now() < end) look(100);
    return seen_.find(words) != std::string::npos;
  }

 private:
  void look(int most_ms) {
    pollfd wait{eye_, POLLIN, 0};
    while (poll(&wait, 1, most_ms) > 0) {
      std::array<char, 4096> piece;
      const ssize_t got = ::read(eye_, piece.data(), piece.size());
      if (got <= 0) return;
      seen_.append(piece.data(), static_cast<std::size_t>(got));
      most_ms = 0;
    }
  }

  int eye_ = -1, glass_ = -1;
  std::string seen_;
};

TEST(TerminalWatch, SaysHowFarAReadingIsAndWipesThatAway) {
  Screen screen;
  TerminalWatch watch("/home/ann/large.prof", screen.glass(), milliseconds(0));
  watch.progress({.read = 250'000'000, .size = 1'000'000'000});
  EXPECT_TRUE(screen.shows("reading /home/ann/large.prof  25 % of 1.00 GB")) << screen.seen();
  watch.progress({.read = 990'000'000, .size = 1'000'000'000});
  EXPECT_TRUE(screen.shows("reading /home/ann/large.prof  99 % of 1.00 GB")) << screen.seen();
  watch.end();
  EXPECT_TRUE(screen.seen().ends_with("\r\x1b[K")) << screen.seen();
  EXPECT_FALSE(watch.interrupted());
}

TEST(TerminalWatch, ALongNameLosesItsBeginning) {
  Screen screen;
  TerminalWatch watch("/" + std::string(200, 'd') + "/large.prof", screen.glass(), milliseconds(0));
  watch.progress({.read = 1, .size = 1000});
  ASSERT_TRUE(screen.shows("/large.prof   0 % of")) << screen.seen();
  EXPECT_EQ(screen.seen().find('\n'), std::string::npos);
}

TEST(TerminalWatch, WhatIsOverSoonerIsNotDrawn) {
  Screen screen;
  TerminalWatch watch("a.prof", screen.glass(), hours(1));
  watch.progress({.read = 1, .size = 2});
  watch.end();
  EXPECT_EQ(screen.seen(), "");
}

TEST(TerminalWatch, NothingIsDrawnWhereThereIsNoTerminal) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe2(pipe.data(), O_NONBLOCK | O_CLOEXEC), 0);
  {
    TerminalWatch watch("a.prof", pipe[1], milliseconds(0));
    watch.progress({.read = 1, .size = 2});
    watch.end();
  }
  char any = 0;
  EXPECT_EQ(::read(pipe[0], &any, 1), -1);
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST(TerminalWatch, CtrlCEndsTheReadingAndNotTheProgram) {
  static int came = 0;
  came = 0;
  struct sigaction count {
  }, before{};
  count.sa_handler = [](int) { ++came; };
  ASSERT_EQ(sigaction(SIGINT, &count, &before), 0);
  Screen screen;
  TerminalWatch watch("a.prof", screen.glass(), milliseconds(0));
  const std::stop_token token = watch.token();
  EXPECT_FALSE(token.stop_requested());
  ::kill(::getpid(), SIGINT);
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!token.stop_requested() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(milliseconds(5));
  EXPECT_TRUE(token.stop_requested());
  EXPECT_TRUE(watch.interrupted());
  EXPECT_EQ(came, 0) << "not before the reading has ended";
  watch.end();
  EXPECT_EQ(came, 1) << "what Ctrl-C does otherwise is not lost";
  sigaction(SIGINT, &before, nullptr);
}

}  // namespace
}  // namespace pyrometer
