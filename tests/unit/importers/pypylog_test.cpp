// PYPYLOG: the recorded logs against what was counted in them by other means, and logs as they should not be.

#include "daemon/importers/pypylog/pypylog.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

#include "daemon/analysis/phase_sums.h"
#include "daemon/importers/pypylog/pypylog_reader.h"
#include "tests/golden/dump.h"
#include "tests/unit/support/scratch_folder.h"

namespace pyrometer {
namespace {

using pypylog::PypylogReader;
using test::ScratchFolder;

std::shared_ptr<const PhaseLog> parse(const std::string& text, std::size_t piece = SIZE_MAX) {
  PypylogReader reader("log");
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = std::min(piece, text.size() - at);
    EXPECT_TRUE(reader.feed(std::as_bytes(std::span(text).subspan(at, size))).ok());
    at += size;
  }
  EXPECT_TRUE(reader.finish().ok());
  return reader.take();
}

/// "name begin-end depth", one a phase.
std::vector<std::string> outline(const PhaseLog& log) {
  std::vector<std::string> all;
  for (const Phase& phase : log.phases) {
    all.push_back(std::string(log.nameOf(phase)) + " " + std::to_string(phase.begin) + "-" +
                  std::to_string(phase.end) + " " + std::to_string(phase.depth));
  }
  return all;
}
using Strings = std::vector<std::string>;

struct CountedLog {
  const char* name;
  std::uint64_t lines, sections, minor, loops, bridges, payload;
  std::uint32_t deepest;
  PhaseClock::How clock = PhaseClock::How::kCalibrated;
};

TEST(Pypylog, HoldsWhatWasCountedInTheRecordedLogs) {
  const CountedLog all[] = {
      {"pypy7311-plain.pypylog.gz", 1832, 916, 318, 4, 6, 0, 4, PhaseClock::How::kUnknown},
      {"pypy7311-full.pypylog.gz", 6498, 880, 296, 4, 6, 4738, 4},
      {"pypy7311-opt.pypylog.gz", 827, 24, 0, 4, 6, 779, 1},
      {"pypy7311-gc.pypylog.gz", 4026, 1119, 516, 0, 0, 1788, 2},
      {"pypy801-full.pypylog.gz", 6725, 548, 85, 3, 7, 5629, 4},
      {"pypy7311-colour.pypylog", 189, 47, 21, 0, 0, 95, 2}};
  for (const CountedLog& recorded : all) {
    const auto read = pypylog::readPypylog(test::goldenPath(std::string("pypylog/") + recorded.name));
    ASSERT_TRUE(read.ok()) << read.error().text();
    const PhaseLog& log = **read;
    std::map<std::string, std::uint64_t> counts;
    for (const PhaseSum& sum : phaseSums(log)) counts[log.names[sum.name]] = sum.count;
    EXPECT_EQ(log.lines, recorded.lines) << recorded.name;
    EXPECT_EQ(log.phases.size(), recorded.sections) << recorded.name;
    EXPECT_EQ(counts["gc-minor"], recorded.minor) << recorded.name;
    EXPECT_EQ(counts["jit-log-opt-loop"], recorded.loops) << recorded.name;
    EXPECT_EQ(counts["jit-log-opt-bridge"], recorded.bridges) << recorded.name;
    EXPECT_EQ(log.text_lines, recorded.payload) << recorded.name;
    EXPECT_EQ(log.deepest, recorded.deepest) << recorded.name;
    EXPECT_EQ(log.clock.how, recorded.clock) << recorded.name;
    EXPECT_EQ(log.still_open, 0u) << recorded.name;
    EXPECT_TRUE(log.damage.empty() && log.notes.empty()) << recorded.name;
    if (recorded.clock == PhaseClock::How::kCalibrated) {
      EXPECT_NEAR(1 / log.clock.ns_per_tick, 2.5966, 0.01) << recorded.name << ": a processor of 2.6 GHz";
    }
  }
}

TEST(Pypylog, TextOfASectionIsReadWhenAskedFor) {
  const auto read = pypylog::readPypylog(test::goldenPath("pypylog/pypy7311-full.pypylog.gz"));
  ASSERT_TRUE(read.ok());
  const PhaseLog& log = **read;
  const auto texts = pypylog::PhaseTexts::open(log);
  ASSERT_TRUE(texts.ok()) << texts.error().text();
  std::size_t loops = 0;
  for (const Phase& phase : log.phases) {
    if (log.nameOf(phase) != "jit-log-opt-loop") continue;
    const auto text = texts->read(phase, 1 << 20);
    ASSERT_TRUE(text.ok());
    EXPECT_EQ(text->rfind("# Loop ", 0), 0u) << *text;
    EXPECT_EQ(static_cast<std::uint32_t>(std::count(text->begin(), text->end(), '\n')), phase.lines);
    EXPECT_NE(text->find("--end of the loop--"), std::string::npos);
    EXPECT_EQ(texts->read(phase, 10)->size(), 10u);
    ++loops;
  }
  EXPECT_EQ(loops, 4u);
  EXPECT_FALSE(log.jit_blocks.empty());
}

TEST(Pypylog, NestsInterleavesAndStaysOpen) {
  const std::string text =
      "[10] {a\n[14] {b\npayload\n[18] b}\n[20] a}\n[30] {a\n[31] {c\n[32] a}\n[35] c}\n[40] {open\n";
  for (std::size_t piece : {std::size_t{1}, std::size_t{7}, SIZE_MAX}) {
    const auto log = parse(text, piece);
    EXPECT_EQ(outline(*log), (Strings{"a 16-32 1", "b 20-24 2", "a 48-50 1", "c 49-53 2", "open 64-64 1"}));
    EXPECT_EQ(log->still_open, 1u);
    ASSERT_EQ(log->notes.size(), 2u);
    EXPECT_NE(log->notes[0].find("still open"), std::string::npos);
    EXPECT_NE(log->notes[1].find("out of order"), std::string::npos);
    EXPECT_EQ(log->phases[1].lines, 1u);
  }
}

TEST(Pypylog, SumsCountATimeOnce) {
  const auto log =
      parse("[0] {a\n[2] {b\n[4] {a\n[6] a}\n[8] b}\n[10] a}\n[10] {b\n[14] b}\n[1e] {z\n[1e] z}\n");
  std::map<std::string, PhaseSum> sums;
  for (const PhaseSum& sum : phaseSums(*log)) sums[log->names[sum.name]] = sum;
  EXPECT_EQ(sums["a"].total, 16u) << "the inner one lies in the outer one";
  EXPECT_EQ(sums["a"].own, 10u + 2u);
  EXPECT_EQ(sums["b"].total, 6u + 4u);
  EXPECT_EQ(sums["b"].own, 4u + 4u);
  EXPECT_EQ(sums["b"].longest, 6u);
  EXPECT_EQ(ticksOutsidePhases(*log), 10u);
}

TEST(Pypylog, ColoursAndCarriageReturnsAreNoText) {
  const auto log = parse(
      "\x1b[1m\x1b[31m[2fab] {gc-hardware\r\n\x1b[0mL2cache = 1\r\n\x1b[31m[2fac] gc-hardware}\r\n\x1b[0m");
  EXPECT_EQ(outline(*log), Strings{"gc-hardware 12203-12204 1"});
  EXPECT_EQ(log->text_lines, 1u);
  EXPECT_TRUE(log->damage.empty()) << "a log of a terminal ends in a colour";
}

TEST(Pypylog, ClocksOfTheProgramMakeSecondsOfTicks) {
  const auto log = parse(
      "[3e8] {first\n[3e8] first}\n[7d0] {app-sync\nunix=1795150855.5 monotonic_ns=5000 unit=tsc\n[7d1] "
      "app-sync}\n"
      "[fa0] {app-sync\nunix=1795150855.6 monotonic_ns=6000 unit=tsc\n[fa1] app-sync}\n");
  EXPECT_EQ(log->clock.how, PhaseClock::How::kCalibrated);
  EXPECT_DOUBLE_EQ(log->clock.ns_per_tick, 0.5);
  EXPECT_EQ(log->clock.monotonic_at_zero, 4500);
  EXPECT_NEAR(static_cast<double>(*log->clock.unix_at_zero), 1795150855.5e9, 1000);
  const auto other = parse("[5] {sync\nmonotonic_ns=7 unit=ns\n[9] sync}\n");
  EXPECT_EQ(other->clock.ns_per_tick, 1);
  const auto summary =
      parse("[0] {jit-summary\nTracing:  \t36\t0.01\nTOTAL:      \t\t2.0\n[77359400] jit-summary}\n");
  EXPECT_EQ(summary->clock.how, PhaseClock::How::kSummary);
  EXPECT_DOUBLE_EQ(summary->clock.ns_per_tick, 1);
  const auto nonsense = parse("[0] {jit-summary\nTOTAL:\t\t99999999\n[5] jit-summary}\n");
  EXPECT_EQ(nonsense->clock.how, PhaseClock::How::kUnknown);
}

TEST(Pypylog, OddLogsAreReadAsFarAsTheyMakeSense) {
  const auto front = parse("text of nobody\n[5] gc-minor}\n[6] {a\n[4] a}\n");
  EXPECT_EQ(outline(*front), Strings{"a 6-6 1"}) << "an end before its beginning is none";
  EXPECT_EQ(front->notes.size(), 2u);
  EXPECT_EQ(front->damage.size(), 1u);
  const auto cut = parse("[1] {a\n[2] a}\n[3] {gc-min");
  EXPECT_EQ(cut->phases.size(), 1u) << "a name that may be cut is none";
  EXPECT_EQ(cut->damage.size(), 1u);
  for (const char* line : {"[p0, p1]", "[]", "[1]", "[1] ", "[1] {", "[1] x", "[g] {a",
                           "[11112222333344445] {a", "[1]{a", " [1] {a", "[-1] {a", "[1] }"}) {
    EXPECT_TRUE(parse(std::string(line) + "\n")->phases.empty()) << line;
  }
  const auto bytes = parse("[1] {caf\xff\n[2] caf\xff}\n");
  EXPECT_EQ(bytes->names.at(0), "caf\xef\xbf\xbd");
  const auto deep = [] {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += "[1] {a\n";
    for (int i = 0; i < 100'000; ++i) text += "[2] b}\n";
    return parse(text);
  }();
  EXPECT_EQ(deep->deepest, 100'000u);
  const auto long_line = parse("[1] {a\n" + std::string(300'000, 'x') + "\n[2] a}\n");
  EXPECT_EQ(long_line->phases[0].text_end, 7u + 300'001u);
}

TEST(Pypylog, NamesWithoutEndArePutTogether) {
  std::string text;
  for (int i = 0; i < 60'000; ++i)
    text += "[1] {s" + std::to_string(i) + "\n[2] s" + std::to_string(i) + "}\n";
  const auto log = parse(text);
  EXPECT_EQ(log->phases.size(), 60'000u);
  EXPECT_EQ(log->names.size(), 50'001u);
  EXPECT_EQ(log->nameOf(log->phases[59'999]), "(other names)");
  EXPECT_EQ(log->phases[59'999].ticks(), 1u) << "they end, too";
  EXPECT_NE(log->notes.at(0).find("50000 names"), std::string::npos);
}

TEST(Pypylog, EveryCutGivesAPrefix) {
  const std::string text = test::contentOf(test::goldenPath("pypylog/pypy7311-colour.pypylog"));
  const auto whole = parse(text);
  std::size_t last = 0;
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto cut = parse(text.substr(0, size));
    ASSERT_GE(cut->phases.size(), last) << size;
    last = cut->phases.size();
    for (std::size_t i = 0; i < last; ++i)
      ASSERT_EQ(cut->nameOf(cut->phases[i]), whole->nameOf(whole->phases[i]));
  }
  EXPECT_EQ(last, whole->phases.size());
}

TEST(Pypylog, IsKnownByItsLines) {
  const auto sniff = [](const std::string& text) {
    return pypylog::looksLikePypylog(std::as_bytes(std::span(text)));
  };
  EXPECT_TRUE(sniff("[2fab] {gc-minor\n"));
  EXPECT_TRUE(sniff("\x1b[1m\x1b[31m[2fab] {gc-minor\n"));
  EXPECT_TRUE(sniff("minor collect\n[2fab] gc-minor}\n")) << "cut at the front";
  EXPECT_FALSE(sniff("[2fab] {gc-minor")) << "no line without its end";
  EXPECT_FALSE(sniff("# a program\n[1, 2]\n{}\n"));
  EXPECT_FALSE(sniff("[1] {\"json\": [1]}\n"));
}

}  // namespace
}  // namespace pyrometer
