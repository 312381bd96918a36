#include "daemon/server/documents/line_diff.h"

#include <gtest/gtest.h>

#include <random>

namespace pyrometer {
namespace {

using Lines = std::vector<std::uint32_t>;

TEST(LineDiff, FindsWhatMoved) {
  EXPECT_EQ(diffLines(Lines{1, 2, 3}, Lines{9, 1, 2, 8, 3}), (std::vector<LinePair>{{0, 1}, {1, 2}, {2, 4}}));
  EXPECT_EQ(diffLines(Lines{1, 2, 3, 4}, Lines{1, 4}), (std::vector<LinePair>{{0, 0}, {3, 1}}));
  EXPECT_EQ(diffLines(Lines{}, Lines{1}), std::vector<LinePair>{});
}

TEST(LineDiff, LinesThatRepeatAreMatchedBetweenThoseThatDoNot) {
  // 0 is the blank line.
  EXPECT_EQ(diffLines(Lines{1, 0, 2, 0, 3}, Lines{0, 1, 0, 5, 2, 0, 3}),
            (std::vector<LinePair>{{0, 1}, {1, 2}, {2, 4}, {3, 5}, {4, 6}}));
}

std::size_t longestCommon(const Lines& a, const Lines& b) {
  std::vector<std::vector<std::size_t>> best(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      best[i + 1][j + 1] = a[i] == b[j] ? best[i][j] + 1 : std::max(best[i][j + 1], best[i + 1][j]);
    }
  }
  return best[a.size()][b.size()];
}

TEST(LineDiff, IsAlwaysACommonSubsequence) {
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    Lines a(random() % 40), b(random() % 40);
    for (auto& line : a) line = static_cast<std::uint32_t>(random() % 12);
    for (auto& line : b) line = static_cast<std::uint32_t>(random() % 12);
    const auto pairs = diffLines(a, b);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      EXPECT_EQ(a[pairs[i].first], b[pairs[i].second]);
      if (i > 0) {
        EXPECT_TRUE(pairs[i - 1].first < pairs[i].first && pairs[i - 1].second < pairs[i].second);
      }
    }
    EXPECT_LE(pairs.size(), longestCommon(a, b));
    EXPECT_EQ(diffLines(a, a).size(), a.size());
  }
}

TEST(LineDiff, HugeTextsWithoutAUniqueLineEnd) {
  Lines a(200'000), b(200'000);
  for (std::uint32_t i = 0; i < a.size(); ++i) {
    a[i] = i % 3;
    b[i] = i % 5 + (i % 2 == 0 ? 0U : 7U);
  }
  EXPECT_LE(diffLines(a, b).size(), a.size());  // the bound: this would be 4e10 cells
}

}  // namespace
}  // namespace pyrometer
