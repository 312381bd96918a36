#include "daemon/native/call_frames.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace pyrometer {
namespace {

using unwind::Cfa;
using unwind::Pointer;

/// A section put together entry by entry, at an address of our choosing.
class MadeSection {
 public:
  static constexpr std::uint64_t kAddress = 0x1000;

  template <class Number>
  MadeSection& number(Number value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  MadeSection& raw(const std::string& bytes) {
    bytes_ += bytes;
    return *this;
  }
  /// Version 1, addresses of 8 bytes as they are; CFA = rsp + 8, the return address at CFA - 8.
  MadeSection& common() {
    const std::size_t at = begin(0);
    raw(std::string("\x01zR\0\x01\x78\x10\x01\x00", 9)).raw(std::string("\x0c\x07\x08\x90\x01", 5));
    end(at);
    common_ = at;
    return *this;
  }
  MadeSection& function(std::uint64_t address, std::uint64_t size, const std::string& program) {
    const std::size_t at = begin(0);
    const auto back = static_cast<std::uint32_t>(at + 4 - common_);
    std::memcpy(bytes_.data() + at + 4, &back, sizeof back);
    number(address).number(size).raw(std::string(1, '\0')).raw(program);
    end(at);
    return *this;
  }

  Result<void> read(std::vector<CallFrameRow>& rows) const {
    const auto bytes = std::as_bytes(std::span(bytes_));
    return readCallFrames(
        {.bytes = bytes, .address = kAddress},
        {.on_row = [&](const CallFrameRow& row) { rows.push_back(row); }, .on_function = {}});
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::size_t begin(std::uint32_t id) {
    const std::size_t at = bytes_.size();
    number(std::uint32_t{0}).number(id);
    return at;
  }
  void end(std::size_t at) {
    const auto length = static_cast<std::uint32_t>(bytes_.size() - at - 4);
    std::memcpy(bytes_.data() + at, &length, sizeof length);
  }
  std::string bytes_;
  std::size_t common_ = 0;
};

TEST(CallFrames, FollowsAPrologueAndAnEpilogue) {
  // push rbp; mov rbp, rsp; ... pop rbp; ret
  std::vector<CallFrameRow> rows;
  const auto read =
      MadeSection()
          .common()
          .function(0x400000, 100, std::string("\x41\x0e\x10\x86\x02\x43\x0d\x06\x02\x50\x0c\x07\x08", 13))
          .read(rows);
  ASSERT_TRUE(read.ok()) << read.error().text();
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[0].address, 0x400000u);
  EXPECT_EQ(rows[0].rule.cfa, Cfa::kStackPointer);
  EXPECT_EQ(rows[0].rule.cfa_offset, 8);
  EXPECT_EQ(rows[0].rule.pointer, Pointer::kSame);
  EXPECT_EQ(rows[1].address, 0x400001u);
  EXPECT_EQ(rows[1].rule.cfa_offset, 16);
  EXPECT_EQ(rows[1].rule.pointer, Pointer::kAtCfa);
  EXPECT_EQ(rows[1].rule.pointer_offset, -16);
  EXPECT_EQ(rows[2].address, 0x400004u);
  EXPECT_EQ(rows[2].rule.cfa, Cfa::kFramePointer);
  EXPECT_EQ(rows[3].address, 0x400054u);
  EXPECT_EQ(rows[3].rule.cfa, Cfa::kStackPointer);
  EXPECT_EQ(rows[4].address, 0x400064u);
  EXPECT_EQ(rows[4].rule.cfa, Cfa::kNone);
}

TEST(CallFrames, WhatARuleCannotSayIsNoRule) {
  std::vector<CallFrameRow> rows;
  // CFA by r10; then an expression: the word at rbp - 8; then the end of the stack.
  const auto read =
      MadeSection()
          .common()
          .function(0x1000, 16, std::string("\x0c\x0a\x00\x44\x0f\x03\x76\x78\x06\x44\x07\x10", 12))
          .read(rows);
  ASSERT_TRUE(read.ok()) << read.error().text();
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].rule.cfa, Cfa::kNone);
  EXPECT_EQ(rows[1].rule.cfa, Cfa::kAtFramePointer);
  EXPECT_EQ(rows[1].rule.cfa_offset, -8);
  EXPECT_EQ(rows[2].rule.cfa, Cfa::kOutermost);
}

TEST(CallFrames, StateIsSavedAndRestored) {
  std::vector<CallFrameRow> rows;
  const auto read = MadeSection()
                        .common()
                        .function(0x1000, 16, std::string("\x0e\x20\x44\x0a\x0e\x08\x44\x0b", 8))
                        .read(rows);
  ASSERT_TRUE(read.ok());
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].rule.cfa_offset, 32);
  EXPECT_EQ(rows[1].rule.cfa_offset, 8);
  EXPECT_EQ(rows[2].rule.cfa_offset, 32);
}

TEST(CallFrames, ADamagedProgramKeepsWhatCameBefore) {
  std::vector<CallFrameRow> rows;
  // An unknown instruction; and restoring what was never saved.
  const auto read = MadeSection()
                        .common()
                        .function(0x1000, 16, std::string("\x44\x3f", 2))
                        .function(0x2000, 16, std::string("\x0b", 1))
                        .function(0x3000, 16, "")
                        .read(rows);
  ASSERT_TRUE(read.ok());
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[0].address, 0x1000u);
  EXPECT_EQ(rows[1].address, 0x1004u);
  EXPECT_EQ(rows[1].rule.cfa, Cfa::kNone);
  EXPECT_EQ(rows[2].address, 0x2000u);
  EXPECT_EQ(rows[2].rule.cfa, Cfa::kNone);
  EXPECT_EQ(rows[3].rule.cfa, Cfa::kStackPointer);
}

TEST(CallFrames, ASectionThatDoesNotHoldTogetherIsAnError) {
  const auto errorOf = [](const std::string& bytes) {
    const auto read = readCallFrames({.bytes = std::as_bytes(std::span(bytes)), .address = 0x1000}, {});
    return read.ok() ? std::string() : read.error().text();
  };
  EXPECT_EQ(errorOf(""), "");
  EXPECT_EQ(errorOf(std::string(4, '\0')), "");
  EXPECT_NE(errorOf(std::string("\xff\xff\xff\xff", 4)).find("impossible length"), std::string::npos);
  EXPECT_NE(errorOf(std::string("\x08\0\0\0\0\0\0\0", 8)).find("impossible length"), std::string::npos);
  EXPECT_NE(errorOf(std::string("\x04\0\0\0\x04\0\0\0", 8)).find("none before it"), std::string::npos);
  EXPECT_NE(errorOf(std::string("\x04\0\0\0\xff\0\0\0", 8)).find("refers to nothing"), std::string::npos);
  EXPECT_NE(errorOf(std::string("\x04\0\0\0\0\0\0\0", 8)).find("common entry"), std::string::npos);
  // Cut anywhere: an error, or what was there.
  const std::string whole =
      MadeSection().common().function(0x1000, 16, std::string("\x44\x0e\x10", 3)).bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) errorOf(whole.substr(0, size));
  EXPECT_EQ(errorOf(whole), "");
}

}  // namespace
}  // namespace pyrometer
