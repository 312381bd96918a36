#include "sampler/interpreters/code_table.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <thread>
#include <vector>

namespace pyrometer::interpreters {
namespace {

CodeKey keyAt(std::uint64_t address, std::uint64_t name = 0x1000, std::int32_t first_line = 1) {
  return {
      .address = address, .name = name, .filename = 0x2000, .linetable = 0x3000, .first_line = first_line};
}

class CodeTableTest : public testing::Test {
 protected:
  std::uint32_t reference(const CodeKey& key) {
    CodeTable::Slot* slot = table_->findOrAdd(key.address);
    return slot == nullptr ? 0 : slot->reference(key, *table_);
  }
  std::unique_ptr<CodeTable> table_ = std::make_unique<CodeTable>();
};

TEST_F(CodeTableTest, ReferencesCountFromOneAndStay) {
  EXPECT_EQ(table_->find(0x5000), nullptr);
  EXPECT_EQ(reference(keyAt(0x5000)), 1u);
  EXPECT_EQ(reference(keyAt(0x6000)), 2u);
  EXPECT_EQ(reference(keyAt(0x5000)), 1u);
  EXPECT_NE(table_->find(0x5000), nullptr);
}

TEST_F(CodeTableTest, AnAddressUsedAgainGetsANewReference) {
  std::set<std::uint32_t> all{reference(keyAt(0x5000))};
  all.insert(reference(keyAt(0x5000, 0x1100)));
  all.insert(reference(keyAt(0x5000, 0x1100, 2)));
  CodeKey moved = keyAt(0x5000, 0x1100, 2);
  moved.linetable = 0x3300;
  all.insert(reference(moved));
  moved.filename = 0x2200;
  all.insert(reference(moved));
  moved.content = 7;
  all.insert(reference(moved));
  EXPECT_EQ(all.size(), 6u);
  EXPECT_EQ(reference(moved), *all.rbegin());
  EXPECT_TRUE(table_->find(0x5000)->holdsPointersOf(moved));
  EXPECT_FALSE(table_->find(0x5000)->holdsPointersOf(keyAt(0x5000)));
}

TEST_F(CodeTableTest, ADescriptionIsWrittenByOneAndInParts) {
  const std::uint32_t first = reference(keyAt(0x5000));
  CodeTable::Slot& slot = *table_->find(0x5000);
  Described done;
  EXPECT_FALSE(slot.isDescribed(first));
  ASSERT_TRUE(slot.claim(first, done));
  EXPECT_FALSE(done.names);
  Described other;
  EXPECT_FALSE(slot.claim(first, other));  // somebody is at it
  slot.putBack(first, {.names = true, .table = 100, .whole = false});
  EXPECT_FALSE(slot.isDescribed(first));
  ASSERT_TRUE(slot.claim(first, done));
  EXPECT_TRUE(done.names);
  EXPECT_EQ(done.table, 100u);
  slot.putBack(first, {.names = true, .table = 300, .whole = true});
  EXPECT_TRUE(slot.isDescribed(first));
  EXPECT_FALSE(slot.claim(first, done));

  // The next code object at this address is not described by that.
  const std::uint32_t second = reference(keyAt(0x5000, 0x1100));
  EXPECT_FALSE(slot.isDescribed(second));
  ASSERT_TRUE(slot.claim(second, done));
  EXPECT_FALSE(done.names);
  // A description that found no room is begun anew.
  slot.putBack(second, {});
  EXPECT_TRUE(slot.claim(second, done));
}

TEST_F(CodeTableTest, AFullTableSaysSo) {
  std::size_t added = 0;
  for (std::uint64_t i = 1; i <= CodeTable::kSlots; ++i)
    added += table_->findOrAdd(i * 16) != nullptr ? 1 : 0;
  EXPECT_GT(added, CodeTable::kSlots / 2);
  std::size_t refused = 0;
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    refused += table_->findOrAdd((CodeTable::kSlots + i) * 16) == nullptr ? 1 : 0;
  }
  EXPECT_GT(refused, 0u);
  EXPECT_NE(table_->find(16), nullptr);
}

TEST_F(CodeTableTest, ManyThreadsAgree) {
  constexpr int kThreads = 4;
  constexpr std::uint64_t kCodes = 5000;
  std::vector<std::vector<std::uint32_t>> seen(kThreads, std::vector<std::uint32_t>(kCodes));
  std::vector<std::uint32_t> claims(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < kCodes; ++i) {
        const std::uint64_t n = (i * 7 + t * 1237) % kCodes;
        const std::uint32_t found = reference(keyAt(0x10000 + n * 16, n + 1));
        seen[t][n] = found;
        Described done;
        CodeTable::Slot* slot = table_->find(0x10000 + n * 16);
        if (slot->claim(found, done)) {
          ++claims[t];
          slot->putBack(found, {.names = true, .table = 0, .whole = true});
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::uint32_t> all;
  for (std::uint64_t i = 0; i < kCodes; ++i) {
    for (std::size_t t = 1; t < kThreads; ++t) ASSERT_EQ(seen[t][i], seen[0][i]);
    all.insert(seen[0][i]);
  }
  EXPECT_EQ(all.size(), kCodes);
  EXPECT_EQ(all.count(0), 0u);
  // Each was described once.
  EXPECT_EQ(claims[0] + claims[1] + claims[2] + claims[3], kCodes);
}

}  // namespace
}  // namespace pyrometer::interpreters
