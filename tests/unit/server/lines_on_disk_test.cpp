#include "daemon/server/lines_on_disk.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "tests/unit/support/scratch_folder.h"

namespace pyrometer {
namespace {

constexpr std::string_view kRan = "a = 1\nb = 2\n";

class LinesOnDiskTest : public testing::Test {
 protected:
  /// Where line 2 of what ran is now, from 0; nothing: where it was.
  std::optional<std::uint32_t> find() {
    const auto map = on_disk_.find(path_, kRan, [this] {
      ++compared_;
      return makeRunText(nullptr, kRan);
    });
    return map ? std::optional(map->find(2)->line) : std::nullopt;
  }
  void write(std::string_view text, std::chrono::minutes ago) {
    folder_.write("a.py", text);
    std::filesystem::last_write_time(path_, std::filesystem::file_time_type::clock::now() - ago);
  }

  test::ScratchFolder folder_;
  std::string path_ = folder_ / "a.py";
  LinesOnDisk on_disk_;
  int compared_ = 0;
};

TEST_F(LinesOnDiskTest, AFileIsComparedOnceUntilItIsAnother) {
  write(std::string("# new\n").append(kRan), std::chrono::minutes(60));
  EXPECT_EQ(find(), 2U);
  EXPECT_EQ(find(), 2U);
  EXPECT_EQ(compared_, 1);
  write(std::string("# new\n# new\n").append(kRan), std::chrono::minutes(30));
  EXPECT_EQ(find(), 3U);
  EXPECT_EQ(compared_, 2);
}

TEST_F(LinesOnDiskTest, TheFileThatRanNeedsNoComparing) {
  write(kRan, std::chrono::minutes(60));
  EXPECT_EQ(find(), std::nullopt);
  std::filesystem::remove(path_);
  EXPECT_EQ(find(), std::nullopt) << "nothing to say otherwise";
  EXPECT_EQ(compared_, 0);
}

TEST_F(LinesOnDiskTest, WhatWasJustWrittenIsLookedAtAgain) {
  write(std::string("# new\n").append(kRan), std::chrono::minutes(0));
  EXPECT_EQ(find(), 2U);
  EXPECT_EQ(find(), 2U);
  EXPECT_EQ(compared_, 2) << "the next write may leave the same stamp";
}

}  // namespace
}  // namespace pyrometer
