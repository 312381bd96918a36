#include "daemon/native/unwind_area.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include "sampler/unwinder.h"

namespace pyrometer {
namespace {

using sampler::UnwindRules;

class UnwindAreaTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = UnwindArea::make();
    ASSERT_TRUE(made.ok()) << made.error().text();
    area_ = std::move(made).value();
    void* mapped = mmap(nullptr, unwind::kAreaBytes, PROT_READ, MAP_SHARED, area_->descriptor(), 0);
    ASSERT_NE(mapped, MAP_FAILED);
    view_ = static_cast<const std::uint8_t*>(mapped);
  }
  void TearDown() override { munmap(const_cast<std::uint8_t*>(view_), unwind::kAreaBytes); }
  UnwindRules rules(std::uint32_t process) const { return {view_, unwind::kAreaBytes, process}; }

  std::unique_ptr<UnwindArea> area_;
  const std::uint8_t* view_ = nullptr;
};

TEST_F(UnwindAreaTest, AProcessSeesWhatWasPublishedLast) {
  const std::uint32_t process = area_->addProcess();
  ASSERT_NE(process, 0u);
  EXPECT_FALSE(rules(process).any());
  ASSERT_TRUE(area_->publish(process, {{.begin = 0x1000, .end = 0x2000}, {.begin = 0x5000, .end = 0x6000}}));
  const UnwindRules before = rules(process);
  ASSERT_TRUE(before.any());
  EXPECT_EQ(before.rangeOf(0xfff), nullptr);
  EXPECT_EQ(before.rangeOf(0x1000)->end, 0x2000u);
  EXPECT_EQ(before.rangeOf(0x2000), nullptr);
  EXPECT_EQ(before.rangeOf(0x5fff)->begin, 0x5000u);
  EXPECT_EQ(before.rangeOf(0x6000), nullptr);

  std::vector<unwind::Range> many;
  for (std::uint64_t i = 1; i <= 500; ++i) many.push_back({.begin = i * 0x1000, .end = i * 0x1000 + 0x800});
  ASSERT_TRUE(area_->publish(process, many));
  EXPECT_TRUE(before.good());
  for (const unwind::Range& range : many) EXPECT_EQ(rules(process).rangeOf(range.begin)->end, range.end);
  ASSERT_TRUE(area_->publish(process, many));
  EXPECT_FALSE(before.good());
}

TEST_F(UnwindAreaTest, PlacesOfEndedProcessesAreUsedAgain) {
  const std::uint32_t first = area_->addProcess();
  ASSERT_TRUE(area_->publish(first, {{.begin = 0x1000, .end = 0x2000}}));
  area_->removeProcess(first);
  const std::uint32_t second = area_->addProcess();
  EXPECT_EQ(second, first);
  EXPECT_FALSE(rules(second).any());
  EXPECT_FALSE(area_->publish(second + 1, {}));
}

TEST_F(UnwindAreaTest, AFullAreaTakesNothingMore) {
  const std::string large(std::size_t{50} << 20, '\0');
  EXPECT_NE(area_->addTable(large), 0u);
  EXPECT_NE(area_->addTable(large), 0u);
  EXPECT_EQ(area_->addTable(large), 0u);
  EXPECT_NE(area_->addProcess(), 0u);
}

TEST_F(UnwindAreaTest, PlacesOutsideOfTheAreaHaveNoRules) {
  EXPECT_FALSE(UnwindRules(view_, unwind::kAreaBytes, UINT32_MAX).any());
  EXPECT_FALSE(UnwindRules(nullptr, 0, 1).any());
  const UnwindRules none(view_, unwind::kAreaBytes, UINT32_MAX);
  EXPECT_EQ(none.ruleAt({.begin = 0, .end = 9, .bias = 0, .table = UINT32_MAX}, 5), unwind::Rule{});
}

}  // namespace
}  // namespace pyrometer
