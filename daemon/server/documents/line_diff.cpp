#include "daemon/server/documents/line_diff.h"

#include <algorithm>
#include <cstddef>
#include <unordered_map>

namespace pyrometer {
namespace {

/// Cells of all tables together, and steps over lines: some tens of milliseconds.
constexpr std::size_t kMostCells = 4'000'000, kMostSteps = 16'000'000;

struct Stretch {
  std::size_t a0, a1, b0, b1;  ///< [a0, a1) against [b0, b1)
};

class Diff {
 public:
  Diff(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) : a_(a), b_(b) {}

  std::vector<LinePair> run() {
    todo_.push_back({0, a_.size(), 0, b_.size()});
    while (!todo_.empty()) {
      const Stretch stretch = todo_.back();
      todo_.pop_back();
      one(stretch);
    }
    std::sort(pairs_.begin(), pairs_.end());
    return std::move(pairs_);
  }

 private:
  void add(std::size_t a, std::size_t b) {
    pairs_.emplace_back(static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b));
  }

  void one(Stretch s) {
    while (s.a0 < s.a1 && s.b0 < s.b1 && a_[s.a0] == b_[s.b0]) add(s.a0++, s.b0++);
    while (s.a0 < s.a1 && s.b0 < s.b1 && a_[s.a1 - 1] == b_[s.b1 - 1]) add(--s.a1, --s.b1);
    if (s.a0 == s.a1 || s.b0 == s.b1) return;
    steps_ += s.a1 - s.a0 + s.b1 - s.b0;
    if (steps_ > kMostSteps || splitAtUnique(s)) return;
    const std::size_t cells = (s.a1 - s.a0 + 1) * (s.b1 - s.b0 + 1);
    if (cells > kMostCells - cells_) return;
    cells_ += cells;
    longestCommon(s);
  }

  /// Lines that occur once on either side, the longest growing sequence of them, and what is between for
  /// later. False if there is none.
  bool splitAtUnique(const Stretch& s) {
    struct Seen {
      std::uint32_t in_a = 0, in_b = 0;
      std::size_t b = 0;
    };
    std::unordered_map<std::uint32_t, Seen> seen;
    for (std::size_t i = s.a0; i < s.a1; ++i) ++seen[a_[i]].in_a;
    for (std::size_t i = s.b0; i < s.b1; ++i) {
      const auto found = seen.find(b_[i]);
      if (found == seen.end()) continue;
      ++found->second.in_b;
      found->second.b = i;
    }
    std::vector<std::pair<std::size_t, std::size_t>> unique;
    for (std::size_t i = s.a0; i < s.a1; ++i) {
      const Seen& line = seen[a_[i]];
      if (line.in_a == 1 && line.in_b == 1) unique.emplace_back(i, line.b);
    }
    if (unique.empty()) return false;
    Stretch rest = s;
    for (const std::size_t k : longestGrowing(unique)) {
      const auto [a, b] = unique[k];
      todo_.push_back({rest.a0, a, rest.b0, b});
      add(a, b);
      rest.a0 = a + 1;
      rest.b0 = b + 1;
    }
    todo_.push_back(rest);
    return true;
  }

  /// Places of a longest subsequence with growing second numbers.
  static std::vector<std::size_t> longestGrowing(
      const std::vector<std::pair<std::size_t, std::size_t>>& list) {
    constexpr std::size_t kNone = SIZE_MAX;
    std::vector<std::size_t> tails, before(list.size(), kNone);
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto at = std::lower_bound(tails.begin(), tails.end(), list[i].second,
                                       [&](std::size_t k, std::size_t b) { return list[k].second < b; });
      if (at != tails.begin()) before[i] = *(at - 1);
      if (at == tails.end()) {
        tails.push_back(i);
      } else {
        *at = i;
      }
    }
    std::vector<std::size_t> chain;
    for (std::size_t k = tails.back(); k != kNone; k = before[k]) chain.push_back(k);
    std::reverse(chain.begin(), chain.end());
    return chain;
  }

  void longestCommon(const Stretch& s) {
    const std::size_t rows = s.a1 - s.a0, columns = s.b1 - s.b0;
    std::vector<std::uint32_t> table((rows + 1) * (columns + 1), 0);  // from the back
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& {
      return table[i * (columns + 1) + j];
    };
    for (std::size_t i = rows; i-- > 0;) {
      for (std::size_t j = columns; j-- > 0;) {
        at(i, j) = a_[s.a0 + i] == b_[s.b0 + j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
      }
    }
    for (std::size_t i = 0, j = 0; i < rows && j < columns;) {
      if (a_[s.a0 + i] == b_[s.b0 + j]) {
        add(s.a0 + i++, s.b0 + j++);
      } else if (at(i + 1, j) >= at(i, j + 1)) {
        ++i;
      } else {
        ++j;
      }
    }
  }

  std::span<const std::uint32_t> a_, b_;
  std::vector<Stretch> todo_;
  std::vector<LinePair> pairs_;
  std::size_t cells_ = 0, steps_ = 0;
};

}  // namespace

std::vector<LinePair> diffLines(std::span<const std::uint32_t> before, std::span<const std::uint32_t> after) {
  return Diff(before, after).run();
}

}  // namespace pyrometer
