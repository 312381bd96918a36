#include "daemon/support/byte_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace pyrometer {
namespace {

ByteReader over(const std::string& bytes) { return ByteReader(std::as_bytes(std::span(bytes))); }

TEST(ByteReader, ReadsNumbersLittleEndian) {
  const std::string bytes("\x01\x02\x03\xff\xff\xff\xff\x07", 8);
  ByteReader in = over(bytes);
  EXPECT_EQ(in.u8(), 1);
  EXPECT_EQ(in.little<std::uint16_t>(), 0x0302);
  EXPECT_EQ(in.little<std::int32_t>(), -1);
  EXPECT_EQ(in.remaining(), 1u);
  EXPECT_EQ(in.little<std::uint64_t>(), 0u);
  EXPECT_EQ(in.state(), ByteReader::State::kShort);
}

TEST(ByteReader, AStepThatDoesNotFitIsRemembered) {
  const std::string bytes = "abcdef";
  ByteReader in = over(bytes);
  EXPECT_EQ(in.text(3), "abc");
  EXPECT_TRUE(in.bytes(UINT64_MAX).empty());
  EXPECT_FALSE(in.good());
  EXPECT_EQ(in.u8(), 0) << "nothing is read from a wrong place after";
}

TEST(ByteReader, Varints) {
  const std::string most("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10);
  EXPECT_EQ(over(most).varint(), UINT64_MAX);
  const std::string two("\x80\x01", 2);
  EXPECT_EQ(over(two).varint(), 128u);
  const std::string too_large("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10);
  ByteReader large = over(too_large);
  large.varint();
  EXPECT_EQ(large.state(), ByteReader::State::kBad);
  const std::string endless(20, '\xff');
  ByteReader in = over(endless);
  in.varint();
  EXPECT_EQ(in.state(), ByteReader::State::kBad);
  const std::string cut("\x80", 1);
  ByteReader shorter = over(cut);
  shorter.varint();
  EXPECT_EQ(shorter.state(), ByteReader::State::kShort);
}

}  // namespace
}  // namespace pyrometer
