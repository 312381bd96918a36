#include "daemon/profile/append_only.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace pyrometer {
namespace {

TEST(AppendOnly, ViewKeepsItsLengthAndRowsWhileTheColumnGrows) {
  AppendOnly<int> column;
  for (int i = 0; i < 10'000; ++i) column.push_back(i);
  const ColumnView<int> view = column.view();
  for (int i = 10'000; i < 100'000; ++i) column.push_back(i);

  ASSERT_EQ(view.size(), 10'000u);
  int next = 0;
  for (std::size_t chunk = 0; chunk < view.chunkCount(); ++chunk) {
    for (const int value : view.chunk(chunk)) ASSERT_EQ(value, next++);
  }
  EXPECT_EQ(next, 10'000);
  EXPECT_EQ(column.view()[99'999], 99'999);
}

TEST(AppendOnly, RowsStayAtTheirAddress) {
  AppendOnly<std::string> column;
  column.push_back("first");
  const std::string* first = &column[0];
  for (int i = 0; i < 50'000; ++i) column.push_back("x");
  EXPECT_EQ(&column[0], first);
}

TEST(AppendOnly, ReplacedRowIsNewForLaterViewsOnly) {
  AppendOnly<int> column;
  for (int i = 0; i < 5'000; ++i) column.push_back(i);
  const ColumnView<int> before = column.view();
  column.replace(4'500, -1);
  column.push_back(5'000);
  EXPECT_EQ(before[4'500], 4'500);
  const ColumnView<int> after = column.view();
  EXPECT_EQ(after[4'500], -1);
  EXPECT_EQ(after[4'499], 4'499);
  EXPECT_EQ(after[5'000], 5'000);
}

TEST(AppendOnly, EmptyColumnHasAnEmptyView) {
  const AppendOnly<int> column;
  EXPECT_TRUE(column.view().empty());
  EXPECT_EQ(column.view().chunkCount(), 0u);
  EXPECT_EQ(column.view().bytes(), 0u);
}

}  // namespace
}  // namespace pyrometer
