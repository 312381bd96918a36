#include "daemon/support/gzip.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/support/gzipped.h"

namespace pyrometer {
namespace {

using test::gzipped;

struct Inflated {
  std::string text;
  std::optional<std::string> problem;
};

Inflated inflate(const std::string& bytes, std::size_t piece = SIZE_MAX) {
  GzipInflater inflater;
  Inflated inflated;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = std::min(piece, bytes.size() - at);
    const auto fed = inflater.feed(std::as_bytes(std::span(bytes).subspan(at, size)), [&](auto plain) {
      inflated.text.append(reinterpret_cast<const char*>(plain.data()), plain.size());
      return Result<void>();
    });
    EXPECT_TRUE(fed.ok());
    at += size;
  }
  inflated.problem = inflater.problem();
  return inflated;
}

std::string someText() {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i * 7919 % 10007);
  return text;
}

TEST(Gzip, InflatesInAnyPieces) {
  const std::string text = someText();
  const std::string bytes = gzipped(text);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, SIZE_MAX}) {
    const Inflated whole = inflate(bytes, piece);
    EXPECT_EQ(whole.text, text);
    EXPECT_FALSE(whole.problem);
  }
}

TEST(Gzip, ACutGivesEverythingBeforeIt) {
  const std::string text = someText();
  const std::string bytes = gzipped(text);
  const Inflated part = inflate(bytes.substr(0, bytes.size() / 2));
  EXPECT_GT(part.text.size(), text.size() / 3);
  EXPECT_EQ(part.text, text.substr(0, part.text.size()));
  ASSERT_TRUE(part.problem);
  EXPECT_NE(part.problem->find("cut"), std::string::npos);
}

TEST(Gzip, ADamageGivesWhatIsBeforeIt) {
  std::string bytes = gzipped(someText());
  for (std::size_t i = bytes.size() / 2; i < bytes.size() / 2 + 40; ++i) bytes[i] = '\x55';
  const Inflated part = inflate(bytes);
  ASSERT_TRUE(part.problem);
  EXPECT_NE(part.problem->find("damaged"), std::string::npos);
}

TEST(Gzip, MembersFollowOneAnotherAndPaddingIsIgnored) {
  const Inflated both = inflate(gzipped("one ") + gzipped("two") + std::string(600, '\0'), 5);
  EXPECT_EQ(both.text, "one two");
  EXPECT_FALSE(both.problem);
}

TEST(Gzip, AnErrorOfTheSinkComesBack) {
  GzipInflater inflater;
  const std::string bytes = gzipped("text");
  const auto fed = inflater.feed(std::as_bytes(std::span(bytes)), [](auto) -> Result<void> {
    return Error{"enough", ""};
  });
  ASSERT_FALSE(fed.ok());
  EXPECT_EQ(fed.error().message, "enough");
}

}  // namespace
}  // namespace pyrometer
