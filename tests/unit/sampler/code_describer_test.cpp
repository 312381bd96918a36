#include "sampler/interpreters/code_describer.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/unit/sampler/decoded_stream.h"
#include "tests/unit/sampler/memory_image.h"

namespace pyrometer::interpreters {
namespace {

constexpr std::uint64_t kName = 0x1000, kQualname = 0x20000, kFile = 0x40000, kTable = 0x60000;
const Layout kLayout = findLayout(0x030b02f0, {}).layout;

class Describing : public testing::Test {
 protected:
  Describing() {
    memory_.addText(kLayout, kName, "work");
    memory_.addText(kLayout, kQualname, {0x8a08, 'x', 0x7b97}, 2, false);
    memory_.addText(kLayout, kFile, {'/', 0xe9, '.', 'p', 'y'}, 1, false);
    memory_.addBytes(kLayout, kTable, table_);
  }
  Described describe(std::uint64_t room = 4096) {
    RingCursor cursor(bytes_.data(), bytes_.size(), 0, room);
    const Described done = describeCode(kLayout, memory_, key_, kQualname, 5, cursor);
    feed(cursor);
    return done;
  }
  void feed(const RingCursor& cursor) {
    EXPECT_TRUE(decoded_.feed(1, {reinterpret_cast<const char*>(bytes_.data()), cursor.position()}))
        << decoded_.error;
  }

  std::string table_ = std::string(1000, 'T') + "end";
  CodeKey key_{.address = 0x7000, .name = kName, .filename = kFile, .linetable = kTable, .first_line = 42};
  test::MemoryImage memory_;
  std::vector<std::uint8_t> bytes_ = std::vector<std::uint8_t>(65536);
  test::DecodedStream decoded_;
};

TEST_F(Describing, NamesOfAllWidthsAndTheWholeTable) {
  const Described done = describe();
  EXPECT_TRUE(done.names && done.whole);
  const test::DecodedCode& code = decoded_.codes.at(5);
  EXPECT_EQ(code.name, "work");
  EXPECT_EQ(code.qualname, "計x算");
  EXPECT_EQ(code.filename, "/é.py");
  EXPECT_EQ(code.first_line, 42u);
  EXPECT_EQ(code.address, 0x7000u);
  EXPECT_EQ(code.table, table_);
}

TEST_F(Describing, ContentTellsApartWhatCameToTheSameAddresses) {
  std::set<std::uint64_t> contents;
  const auto take = [&] { contents.insert(contentOf(kLayout, memory_, key_)); };
  take();
  take();
  EXPECT_EQ(contents.size(), 1u);
  for (const std::string& table : {std::string(1000, 'T') + "eNd", std::string(999, 'T') + "end",
                                   std::string("T"), std::string("U"), std::string()}) {
    memory_.addBytes(kLayout, kTable, table);
    take();
  }
  EXPECT_EQ(contents.size(), 6u);
  memory_.put(kName, kLayout.text.length + 8, 12345);  // its hash
  take();
  EXPECT_EQ(contents.size(), 7u);
}

TEST_F(Describing, ATableThatDoesNotFitComesInParts) {
  Described done = describe(300);
  EXPECT_TRUE(done.names);
  EXPECT_FALSE(done.whole);
  EXPECT_EQ(decoded_.codes.at(5).table_size, table_.size());
  int parts = 0;
  while (!done.whole && ++parts < 20) {
    RingCursor cursor(bytes_.data(), bytes_.size(), 0, 200);
    done = continueTable(kLayout, memory_, key_, 5, done, cursor);
    feed(cursor);
  }
  EXPECT_GT(parts, 2);
  EXPECT_EQ(decoded_.codes.at(5).table, table_);
}

TEST_F(Describing, NoRoomForTheNamesWritesNothing) {
  for (std::uint64_t room = 0; room < 40; ++room) {
    RingCursor cursor(bytes_.data(), bytes_.size(), 0, room);
    EXPECT_FALSE(describeCode(kLayout, memory_, key_, kQualname, 5, cursor).names);
    EXPECT_EQ(cursor.position(), 0u);
  }
}

TEST_F(Describing, LongNamesAreCutAndMarked) {
  memory_.addText(kLayout, kName, std::string(5000, 'n'));
  describe(20000);
  EXPECT_EQ(decoded_.codes.at(5).name.size(), stream::kMaxNameLength);
  EXPECT_EQ(decoded_.codes.at(5).flags, stream::kNameCut);
}

TEST_F(Describing, WhatIsNoTextOrTableComesOutEmpty) {
  memory_.add(kQualname, 64);  // a state word of zero: not compact
  key_.filename = 0xdead0000;  // nowhere
  key_.linetable = kFile;      // far too long for a table, if it is one at all
  memory_.put(kFile, 16, std::int64_t{1} << 60);
  const Described done = describe();
  EXPECT_TRUE(done.names);
  EXPECT_EQ(decoded_.codes.at(5).name, "work");
  EXPECT_EQ(decoded_.codes.at(5).filename, "");
  EXPECT_EQ(decoded_.codes.at(5).table, "");
}

}  // namespace
}  // namespace pyrometer::interpreters
