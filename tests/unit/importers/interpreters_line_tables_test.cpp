// Our reading of line tables against the interpreters' own, for every instruction of a part of the standard
// library and of some odd code (dump_line_tables.py beside this).

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <sstream>

#include "daemon/importers/samplestream/line_table.h"
#include "tests/unit/support/test_pythons.h"

namespace pyrometer::samplestream {
namespace {

class InterpretersLineTables : public testing::TestWithParam<std::string> {};

std::string outputOf(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "re"), &::pclose);
  std::string text;
  char piece[1 << 16];
  while (const std::size_t got = pipe ? std::fread(piece, 1, sizeof piece, pipe.get()) : 0)
    text.append(piece, got);
  return text;
}

std::vector<std::byte> bytesOf(const std::string& hex) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

struct Expected {
  std::uint64_t units = 0;
  SourcePlace place;
};

Expected expectedOf(std::istringstream& words) {
  std::int64_t units = 0, line = 0, begin = 0, end_line = 0, end = 0;
  words >> units >> line >> begin >> end_line >> end;
  Expected run{.units = static_cast<std::uint64_t>(units),
               .place = {.line = static_cast<std::uint32_t>(line), .columns = {}}};
  if (begin >= 0 && end >= 0) {
    run.place.columns = Columns{.begin = static_cast<std::uint32_t>(begin),
                                .lines = static_cast<std::uint32_t>(end_line - line),
                                .end = static_cast<std::uint32_t>(end)};
  }
  return run;
}

/// Compares all that an interpreter says; how many instructions that were.
std::uint64_t compare(const std::string& dump) {
  std::istringstream lines(dump);
  std::string text, word;
  std::vector<std::byte> bytes;
  LineTable table;
  std::uint64_t unit = 0, all = 0;
  for (int number = 1; std::getline(lines, text); ++number) {
    std::istringstream words(text);
    if (text.starts_with("format ")) {
      int format = 0;
      words >> word >> format;
      table.format = static_cast<stream::LineTableFormat>(format);
    } else if (text.starts_with("code ")) {
      std::string hex;
      words >> word >> table.first_line >> hex;
      bytes = bytesOf(hex);
      table.bytes = bytes;
      unit = 0;
    } else {
      const Expected run = expectedOf(words);
      // A search begins at the table's beginning: of a very long one a part of the places will do.
      if (bytes.size() > 8192 && static_cast<std::size_t>(number) % (bytes.size() / 128) != 0) {
        unit += run.units;
        continue;
      }
      for (std::uint64_t end = unit + run.units; unit < end; ++unit, ++all) {
        const auto place = placeAt(table, 2 * unit);
        if (place == run.place) continue;
        ADD_FAILURE() << "line " << number << " of the dump: " << text << ", unit " << unit
                      << "; ours is line " << (place ? std::to_string(place->line) : "none");
        return all;
      }
    }
  }
  return all;
}

TEST_P(InterpretersLineTables, AreReadAsTheInterpreterReadsThem) {
  const std::string script = PYROMETER_DUMP_LINE_TABLES;
  EXPECT_GT(compare(outputOf(GetParam() + " " + script)), 10'000u);
  // Without columns, from 3.11 on; others ignore the word.
  EXPECT_GT(compare(outputOf(GetParam() + " -X no_debug_ranges " + script)), 10'000u);
}

INSTANTIATE_TEST_SUITE_P(Each, InterpretersLineTables, testing::ValuesIn(test::allPythons()),
                         [](const auto& python) { return test::testName(python.param); });

}  // namespace
}  // namespace pyrometer::samplestream
