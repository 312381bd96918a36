#include "daemon/profile/cow_table.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace pyrometer {
namespace {

using Table = CowTable<std::uint64_t>;

TEST(CowTable, ViewKeepsWhatItSaw) {
  Table table;
  table.at(3) = 30;
  const auto first = table.view();
  table.at(3) = 31;
  table.at(Table::kPage * 7) = 70;
  const auto second = table.view();
  table.at(3) = 32;

  EXPECT_EQ(first[3], 30u);
  EXPECT_EQ(first[Table::kPage * 7], 0u);
  EXPECT_EQ(second[3], 31u);
  EXPECT_EQ(second[Table::kPage * 7], 70u);
  EXPECT_EQ(table.view()[3], 32u);
}

TEST(CowTable, WhatWasNeverWrittenReadsAsZero) {
  Table table;
  EXPECT_EQ(table.view()[0], 0u);
  table.at(Table::kPage * 2) = 1;
  const auto view = table.view();
  EXPECT_EQ(view[0], 0u);
  EXPECT_EQ(view[Table::kPage * 2 + 1], 0u);
  EXPECT_EQ(view[Table::kPage * 100], 0u);
}

TEST(CowTable, ManyViewsInARowCostNoWrites) {
  Table table;
  table.at(1) = 1;
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(table.view()[1], 1u);
  table.at(1) += 1;
  EXPECT_EQ(table.view()[1], 2u);
}

}  // namespace
}  // namespace pyrometer
