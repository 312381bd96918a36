#include "daemon/rpc/frame_parser.h"

#include <gtest/gtest.h>

#include <string>

namespace pyrometer::rpc {
namespace {

std::string framed(const std::string& body) {
  return "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(FrameParser, TakesBytesInAnyPieces) {
  const std::string all = framed("{\"a\":1}") + framed("") + framed("second");
  for (std::size_t piece = 1; piece <= all.size(); ++piece) {
    FrameParser parser;
    std::vector<std::string> got;
    for (std::size_t at = 0; at < all.size(); at += piece) {
      parser.feed(all.substr(at, piece));
      while (auto message = parser.next()) got.push_back(*message);
    }
    EXPECT_EQ(got, (std::vector<std::string>{"{\"a\":1}", "", "second"})) << "in pieces of " << piece;
    EXPECT_FALSE(parser.broken());
    EXPECT_FALSE(parser.inMessage());
  }
}

TEST(FrameParser, ReadsOverOtherFields) {
  FrameParser parser;
  parser.feed(
      "content-type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length :  2 \r\nX: y\r\n\r\n{}");
  EXPECT_EQ(parser.next(), "{}");
}

TEST(FrameParser, TakesLinesWithoutCarriageReturn) {
  FrameParser parser;
  parser.feed("Content-Length: 2\n\n{}");
  EXPECT_EQ(parser.next(), "{}");
}

TEST(FrameParser, KnowsThatTheInputIsCut) {
  FrameParser parser;
  EXPECT_FALSE(parser.inMessage());
  parser.feed("Content-Le");
  EXPECT_FALSE(parser.next());
  EXPECT_TRUE(parser.inMessage());
  parser.feed("ngth: 5\r\n\r\nab");
  EXPECT_FALSE(parser.next());
  EXPECT_TRUE(parser.inMessage());
  EXPECT_FALSE(parser.broken());
}

struct Case {
  const char* header;
  const char* says;
};

class BrokenFrames : public testing::TestWithParam<Case> {};

TEST_P(BrokenFrames, SayWhy) {
  FrameParser parser;
  parser.feed(framed("good"));
  parser.feed(GetParam().header);
  EXPECT_EQ(parser.next(), "good");
  EXPECT_FALSE(parser.next());
  ASSERT_TRUE(parser.broken());
  EXPECT_NE(parser.broken()->message.find(GetParam().says), std::string::npos) << parser.broken()->message;
  parser.feed(framed("never read"));
  EXPECT_FALSE(parser.next());
}

INSTANTIATE_TEST_SUITE_P(
    All, BrokenFrames,
    testing::Values(Case{"Content-Length: 1000000000000\r\n\r\n", "no message may be longer than"},
                    Case{"Content-Length: 268435457\r\n\r\n", "no message may be longer than"},
                    Case{"Content-Length: 99999999999999999999999\r\n\r\n", "no message may be longer than"},
                    Case{"Content-Length: -1\r\n\r\n", "'-1', not a number of bytes"},
                    Case{"Content-Length: 12x\r\n\r\n", "'12x', not a number of bytes"},
                    Case{"Content-Length:\r\n\r\n", "not a number of bytes"},
                    Case{"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", "Content-Length twice"},
                    Case{"Content-Type: x\r\n\r\n{}", "has no Content-Length"},
                    Case{"{\"jsonrpc\":\"2.0\",\n", "no \"name: value\""},
                    Case{"\r\n\r\n", "has no Content-Length"}));

TEST(FrameParser, AHeaderWithoutEndIsGivenUp) {
  FrameParser parser;
  for (int i = 0; i < 20 && !parser.broken(); ++i) {
    parser.feed(std::string(1000, 'x'));
    EXPECT_FALSE(parser.next());
  }
  ASSERT_TRUE(parser.broken());

  FrameParser many_lines;
  for (int i = 0; i < 20 && !many_lines.broken(); ++i) {
    many_lines.feed("X: " + std::string(1000, 'x') + "\r\n");
    EXPECT_FALSE(many_lines.next());
  }
  EXPECT_TRUE(many_lines.broken());
}

}  // namespace
}  // namespace pyrometer::rpc
