#include "daemon/profile/phase_list.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace pyrometer {
namespace {

bool same(const Phase& a, const Phase& b) {
  return a.begin == b.begin && a.end == b.end && a.text_begin == b.text_begin && a.text_end == b.text_end &&
         a.name == b.name && a.parent == b.parent && a.depth == b.depth && a.lines == b.lines;
}

void expectSame(const PhaseList& list, const std::vector<Phase>& expected) {
  ASSERT_EQ(list.size(), expected.size());
  std::size_t i = 0;
  for (const Phase& phase : list) {
    ASSERT_TRUE(same(phase, expected[i])) << i;
    ++i;
  }
  for (i = 0; i < expected.size(); i += 1 + i / 7) ASSERT_TRUE(same(list[i], expected[i])) << i;
}

TEST(PhaseList, GivesBackWhatWasPutIn) {
  std::mt19937_64 random(5);
  const auto any = [&](int bits) { return random() >> random() % 64 >> (64 - bits); };
  PhaseList list;
  std::vector<Phase> expected;
  std::vector<std::uint32_t> open;
  std::uint64_t text = 0;
  for (int i = 0; i < 3'000; ++i) {
    Phase phase{.begin = any(64), .name = static_cast<std::uint32_t>(any(20))};
    phase.end = phase.begin;
    phase.text_begin = phase.text_end = text += any(30);
    if (!open.empty()) {
      phase.parent = open.back();
      phase.depth = expected[phase.parent].depth + 1;
    }
    open.push_back(list.open(phase));
    expected.push_back(phase);
    while (!open.empty() && random() % 5 < 3) {
      // The innermost one, and sometimes another: threads interleave.
      const auto which = random() % 10 == 0 ? open.begin() : open.end() - 1;
      Phase& ended = list.opened(*which);
      ended.lines = static_cast<std::uint32_t>(any(32));
      ended.end += std::min(any(64), UINT64_MAX - ended.end);
      ended.text_end = text;
      expected[*which] = ended;
      list.close(*which);
      open.erase(which);
    }
    if (i % 500 == 0) expectSame(list, expected);
  }
  expectSame(list, expected);
  for (const std::uint32_t number : open) list.close(number);
  expectSame(list, expected);
  EXPECT_TRUE(PhaseList().begin() == PhaseList().end());
}

TEST(PhaseList, HoldsFewBytesForOne) {
  PhaseList list;
  constexpr std::uint32_t kAll = 100'000;
  for (std::uint32_t i = 0; i < kAll; i += 2) {
    const std::uint64_t begin = std::uint64_t{i} * 1'000'000, text = std::uint64_t{i} * 60;
    const auto outer =
        list.open({.begin = begin, .end = begin + 900'000, .text_begin = text, .text_end = text + 90});
    list.add({.begin = begin + 5'000,
              .end = begin + 700'000,
              .text_begin = text + 30,
              .text_end = text + 30,
              .name = 1,
              .parent = outer,
              .depth = 2});
    list.close(outer);
  }
  EXPECT_LT(list.bytes(), kAll * 11u);
}

}  // namespace
}  // namespace pyrometer
