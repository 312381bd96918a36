#include "daemon/importers/samplestream/line_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pyrometer::samplestream {
namespace {

using Line = std::optional<std::uint32_t>;
using stream::LineTableFormat;

std::optional<SourcePlace> place(LineTableFormat format, const std::vector<int>& table, std::uint32_t first,
                                 std::uint64_t offset, bool whole = true) {
  std::vector<std::byte> bytes;
  for (const int one : table) bytes.push_back(static_cast<std::byte>(one));
  return placeAt({.format = format, .first_line = first, .bytes = bytes, .whole = whole}, offset);
}

Line line(LineTableFormat format, const std::vector<int>& table, std::uint32_t first, std::uint64_t offset,
          bool whole = true) {
  const auto at = place(format, table, first, offset, whole);
  return at ? Line(at->line) : std::nullopt;
}

int head(int kind, int units) { return 0x80 | kind << 3 | (units - 1); }

TEST(LineTable, PairsOfCPython39) {
  // Objects/lnotab_notes.txt of CPython: the example with offsets 0, 6, 50, 350, 361 on lines 1, 2, 7, 207,
  // 208.
  const std::vector<int> table = {6, 1, 44, 5, 255, 0, 45, 127, 0, 73, 11, 1, 20, 1};
  const auto at = [&](std::uint64_t offset) { return line(LineTableFormat::kLnotab, table, 1, offset); };
  EXPECT_EQ(at(0), Line(1));
  EXPECT_EQ(at(5), Line(1));
  EXPECT_EQ(at(6), Line(2));
  EXPECT_EQ(at(49), Line(2));
  EXPECT_EQ(at(50), Line(7));
  EXPECT_EQ(at(349), Line(7));
  EXPECT_EQ(at(350), Line(207));
  EXPECT_EQ(at(361), Line(208));
  EXPECT_EQ(at(381), Line(209)) << "the last line holds to the end of the code";
  EXPECT_EQ(line(LineTableFormat::kLnotab, table, 1, 381, false), Line()) << "of a part it is not the last";
  EXPECT_EQ(line(LineTableFormat::kLnotab, {}, 12, 4), Line(12))
      << "a function of one line has an empty table";
  EXPECT_EQ(line(LineTableFormat::kLnotab, {4, -2, 4, 0}, 10, 6), Line(8));
}

TEST(LineTable, RangesOfCPython310) {
  const std::vector<int> table = {4, 0, 6, 2, 2, -128, 4, -1};
  const auto at = [&](std::uint64_t offset) { return line(LineTableFormat::kLineRanges, table, 10, offset); };
  EXPECT_EQ(at(0), Line(10));
  EXPECT_EQ(at(4), Line(12));
  EXPECT_EQ(at(9), Line(12));
  EXPECT_EQ(at(10), Line(12)) << "a range without a line has that of the one before";
  EXPECT_EQ(at(12), Line(11));
  EXPECT_EQ(at(16), Line());
}

TEST(LineTable, LocationsOfCPython311) {
  const std::vector<int> table = {head(15, 1),          // no line, before any
                                  head(13, 2), 2 << 1,  // +2
                                  head(0, 1),  0x15,    // same line, columns
                                  head(11, 1), 3,
                                  7,  // +1
                                  head(14, 8), 3 << 1 | 1,
                                  0x40 | 1,    1,
                                  2,           3,  // -3, then three numbers
                                  head(15, 1),     // no line
                                  head(13, 1), 0x40 | (200 & 0x1f) << 1,
                                  200 >> 5};  // +200 in two bytes
  const auto at = [&](std::uint64_t unit) { return line(LineTableFormat::kLocations, table, 10, 2 * unit); };
  EXPECT_EQ(at(0), Line(10));
  EXPECT_EQ(at(1), Line(12));
  EXPECT_EQ(at(2), Line(12));
  EXPECT_EQ(at(3), Line(12));
  EXPECT_EQ(at(4), Line(13));
  EXPECT_EQ(at(5), Line(10));
  EXPECT_EQ(at(12), Line(10));
  EXPECT_EQ(at(13), Line(10));
  EXPECT_EQ(at(14), Line(210));
  EXPECT_EQ(at(15), Line());
}

TEST(LineTable, ColumnsOfCPython311) {
  const std::vector<int> table = {head(0, 1),  0x15,                                // 1 to 6
                                  head(9, 1),  0x7f,                                // 79 to 94
                                  head(12, 1), 200,    255,                         // +2
                                  head(13, 1), 0,                                   // no columns
                                  head(14, 1), 1 << 1, 3,   0x40 | 5, 2,    8,      // 132 to 7, 3 lines on
                                  head(14, 1), 0,      0,   0,        0,            // columns unknown
                                  head(15, 1),                                      // no place
                                  head(14, 1), 0,      0,   0x41,     0x41, 1, 9};  // 64 + 4096 ...
  const auto columns = [&](std::uint64_t unit) {
    const auto at = place(LineTableFormat::kLocations, table, 10, 2 * unit);
    return at ? at->columns : std::nullopt;
  };
  EXPECT_EQ(columns(0), (Columns{.begin = 1, .lines = 0, .end = 6}));
  EXPECT_EQ(columns(1), (Columns{.begin = 79, .lines = 0, .end = 94}));
  EXPECT_EQ(columns(2), (Columns{.begin = 200, .lines = 0, .end = 255}));
  EXPECT_EQ(columns(3), std::nullopt);
  EXPECT_EQ(columns(4), (Columns{.begin = 132, .lines = 3, .end = 7}));
  EXPECT_EQ(columns(5), std::nullopt);
  EXPECT_EQ(columns(6), std::nullopt);
  EXPECT_EQ(columns(7), (Columns{.begin = 4160, .lines = 0, .end = 8}));
  EXPECT_EQ(place(LineTableFormat::kLocations, table, 10, 8)->line, 13u) << "the span begins in its line";
}

TEST(LineTable, NonsenseIsHarmless) {
  // A column of more than any file has.
  EXPECT_EQ(
      place(LineTableFormat::kLocations, {head(14, 1), 0, 0, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 1, 1}, 5, 0),
      std::nullopt);
  EXPECT_EQ(place(LineTableFormat::kLocations, {head(0, 1), 0xff}, 5, 0)->columns,
            (Columns{.begin = 7, .lines = 0, .end = 22}));
  for (const auto format :
       {LineTableFormat::kLnotab, LineTableFormat::kLineRanges, LineTableFormat::kLocations}) {
    EXPECT_EQ(line(format, {}, 5, 0, false), Line());
    EXPECT_EQ(line(format, {0x80}, 5, 1000, false), Line());
    const std::vector<int> ones(300, 0xff);
    line(format, ones, UINT32_MAX, 100);
    line(format, ones, 0, UINT64_MAX);
  }
  EXPECT_EQ(line(LineTableFormat::kLocations, {0x80 | 13 << 3, 9 << 1 | 1}, 5, 0), Line(0))
      << "lines below 1";
}

}  // namespace
}  // namespace pyrometer::samplestream
