#include "daemon/importers/vmprof/vmprof.h"

#include <gtest/gtest.h>

#include <bit>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/importers/vmprof/jit_frames.h"
#include "daemon/importers/vmprof/names.h"

namespace pyrometer {
namespace {

using vmprof::Kind;
using vmprof::PypyStack;

/// Writes files of 64 bit, little endian, by the published rules.
class FileMaker {
 public:
  explicit FileMaker(std::uint64_t period = 1000) {
    for (const std::uint64_t word :
         {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{0}, period, std::uint64_t{0}}) {
      number(word);
    }
  }
  FileMaker& number(std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(value >> shift);
    return *this;
  }
  FileMaker& byte(unsigned value) {
    bytes += static_cast<char>(value);
    return *this;
  }
  FileMaker& string(std::string_view text) {
    number(text.size());
    bytes += text;
    return *this;
  }
  FileMaker& header(unsigned version, unsigned flags, std::string_view vm) {
    byte(5).byte(version >> 8).byte(version & 255).byte(flags).byte(static_cast<unsigned>(vm.size()));
    bytes += vm;
    return *this;
  }
  FileMaker& time(unsigned marker, std::uint64_t seconds, std::uint64_t microseconds) {
    return byte(marker).number(seconds).number(microseconds).number(0);
  }
  FileMaker& name(std::uint64_t id, std::string_view text, unsigned marker = 2) {
    return byte(marker).number(id).string(text);
  }
  FileMaker& sample(const std::vector<std::uint64_t>& cells, const std::vector<std::uint64_t>& after = {7}) {
    byte(1).number(1).number(cells.size());
    for (const std::uint64_t cell : cells) number(cell);
    for (const std::uint64_t cell : after) number(cell);
    return *this;
  }
  std::string bytes;
};

struct ReadBack {
  std::shared_ptr<const Profile> profile;
  std::string error;
  const Profile* operator->() const { return profile.get(); }
  std::vector<std::string> stacks() const {
    std::vector<std::string> all;
    for (std::size_t row = 0; row < profile->sampleCount(); ++row) {
      std::string text;
      for (std::optional<StackId> at = profile->sample(row).stack; at; at = profile->stack(*at).parentId()) {
        const Frame& frame = profile->frame(profile->stack(*at).frame);
        std::string one(profile->string(profile->function(frame.function).name));
        if (const auto line = profile->line(frame.line).line; line != 0) one += ":" + std::to_string(line);
        text = one + (text.empty() ? "" : ";" + text);
      }
      all.push_back(text);
    }
    return all;
  }
};

ReadBack readBack(const std::string& bytes, int part = 0, std::size_t piece = SIZE_MAX) {
  ProfileBuilder builder;
  const auto reader = vmprofImporter().open(builder, {.part = part});
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = std::min(piece, bytes.size() - at);
    const auto fed = reader->feed(std::as_bytes(std::span(bytes).subspan(at, size)));
    if (!fed) return {nullptr, fed.error().message};
    at += size;
  }
  const auto finished = reader->finish();
  if (!finished) return {nullptr, finished.error().message};
  return {builder.snapshot(), ""};
}

using Strings = std::vector<std::string>;

FileMaker small() {
  FileMaker file;
  file.header(6, 3, "cpython").time(6, 1000, 0);
  file.byte(7).string("os").string("linux");
  file.sample({12, 0x2000, 5, 0x1000}, {7, 100})
      .sample({13, 0x2000, 5, 0x1000}, {8, 100})
      .sample({5, 0x1000}, {7, 200});
  file.name(0x2000, "py:work:10:a.py").name(0x1000, "py:main:1:C:\\dir\\a.py");
  return file.time(3, 1000, 3000);
}

TEST(Vmprof, LinesMemoryThreadsAndWeights) {
  const ReadBack file = readBack(small().bytes);
  EXPECT_EQ(file.stacks(), (Strings{"main:5;work:12", "main:5;work:13", "main:5"}));
  EXPECT_EQ(file->threads().size(), 2u);
  EXPECT_EQ(file->sample(1).weight, 1'000'000u);
  EXPECT_EQ(file->totalWeight(), 3'000'000u);
  EXPECT_EQ(file->memory().size(), 3u);
  EXPECT_EQ(file->memory()[2].time, 2);
  EXPECT_EQ(file->memory()[2].rss, 204'800u);
  EXPECT_EQ(file->info().meta.at("os"), "linux");
  EXPECT_EQ(file->info().rate_asked_hz, 1000);
  EXPECT_TRUE(file->findFile("C:\\dir\\a.py")) << "a file of CPython's may have colons";
  EXPECT_FALSE(file->info().has_times);
}

TEST(Vmprof, AnyCuttingIntoPiecesGivesTheSame) {
  const std::string bytes = small().bytes;
  const Strings whole = readBack(bytes).stacks();
  for (std::size_t piece = 1; piece < 60; ++piece)
    EXPECT_EQ(readBack(bytes, 0, piece).stacks(), whole) << piece;
}

TEST(Vmprof, CutAtEveryByteGivesAPrefix) {
  const std::string bytes = small().bytes;
  const std::size_t samples_end = bytes.find(std::string("\x02\0\x20", 3));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const ReadBack file = readBack(bytes.substr(0, size));
    if (size < 40) {
      EXPECT_NE(file.error, "") << size;
      continue;
    }
    ASSERT_EQ(file.error, "") << size;
    EXPECT_FALSE(file->info().finished) << size;
    if (size >= samples_end) {
      EXPECT_EQ(file->sampleCount(), 3u) << size;
    }
  }
}

TEST(Vmprof, WithoutATrailerASampleCountsForThePeriod) {
  FileMaker file(2500);
  file.header(6, 0, "cpython").sample({0x1000}).sample({0x1000}).name(0x1000, "py:f:1:a.py");
  const ReadBack read = readBack(file.bytes);
  EXPECT_EQ(read->totalWeight(), 5'000'000u);
  EXPECT_FALSE(read->info().finished);
}

TEST(Vmprof, TimesThatMakeNoSenseAreNotUsed) {
  for (const std::uint64_t end : {std::uint64_t{900}, std::uint64_t{1} << 62, std::uint64_t{900'000'000}}) {
    FileMaker file;
    file.header(6, 0, "cpython")
        .time(6, 1000, 0)
        .sample({0x1000})
        .name(0x1000, "py:f:1:a.py")
        .time(3, end, 0);
    EXPECT_EQ(readBack(file.bytes)->totalWeight(), 1'000'000u) << end;
  }
}

TEST(Vmprof, CodeNamesWinAndSymbolsCountForNativeCellsOnly) {
  FileMaker file;
  file.header(6, 4, "cpython").sample({0x31, 0x1000}).sample({0x41, 0x2000});
  file.name(0x1000, "n:<junk>:0:-", 8).name(0x31, "n:memcpy:0:-", 8).name(0x2000, "n:<junk>:0:-", 8);
  file.name(0x1000, "py:old:1:a.py").name(0x1000, "py:f:1:a.py");
  const ReadBack read = readBack(file.bytes);
  EXPECT_EQ(read.stacks(), (Strings{"f;memcpy", "(code 0x2000);0x40"}));
  EXPECT_EQ(read->sample(0).state.vm, VmState::kNative);
  EXPECT_EQ(read->info().unknown_code_samples, 1u);
}

TEST(Vmprof, NamesThatAreNotUtf8AreRepaired) {
  FileMaker file;
  file.header(6, 0, "cpython").sample({0x1000}, {7}).name(0x1000, "py:w\xff:10:caf\xe9.py");
  const ReadBack read = readBack(file.bytes);
  EXPECT_EQ(read.stacks(), Strings{"w\xef\xbf\xbd"});
  EXPECT_TRUE(read->findFile("caf\xef\xbf\xbd.py"));
}

TEST(Vmprof, AKilledCPythonHasNoNamesAndSaysSo) {
  FileMaker file;
  file.header(6, 0, "cpython").sample({0x1000});
  const ReadBack read = readBack(file.bytes);
  EXPECT_EQ(read.stacks(), Strings{"(code 0x1000)"});
  ASSERT_EQ(read->info().notes.size(), 1u);
  EXPECT_NE(read->info().notes[0].find("no names"), std::string::npos);
}

TEST(Vmprof, AnEmptyStackAndHalfAFrameAreAccepted) {
  FileMaker file;
  file.header(6, 2, "cpython").sample({}).sample({5, 0x1000, 9}).name(0x1000, "py:f:1:a.py");
  const ReadBack read = readBack(file.bytes);
  EXPECT_EQ(read.stacks(), (Strings{"(no Python code)", "f:5"}));
  EXPECT_EQ(read->info().damage.size(), 1u);
}

TEST(Vmprof, DamageEndsTheReadingAndKeepsWhatCameBefore) {
  const auto begun = [] {
    FileMaker file;
    file.header(6, 0, "cpython").name(0x1000, "py:f:1:a.py").sample({0x1000});
    return file;
  };
  std::vector<FileMaker> damaged(10, begun());
  damaged[0].byte(77);
  damaged[1].byte(1).number(2).number(1);                       // counts twice
  damaged[2].byte(1).number(1).number(std::uint64_t{1} << 60);  // a depth
  damaged[3].byte(2).number(8).number(std::uint64_t{1} << 60);  // a name's length
  damaged[4].byte(7).number(UINT64_MAX);                        // a negative one
  damaged[5].header(6, 0, "cpython");                           // a second header
  damaged[6].byte(1).number(std::uint64_t{1} << 63).number(1);  // a count
  damaged[7].byte(1).number(1).number(std::uint64_t{1} << 40);  // a depth
  damaged[8].byte(2).number(8).number(std::uint64_t{1} << 32);  // a name's length
  damaged[9].byte(9).number(1).number(1);                       // a record of the fork's only
  for (std::size_t i = 0; i < damaged.size(); ++i) {
    const std::size_t place = begun().bytes.size();
    const ReadBack read = readBack(damaged[i].bytes + std::string(100, '\1'));
    ASSERT_EQ(read.error, "") << i;
    EXPECT_EQ(read.stacks(), Strings{"f"}) << i;
    ASSERT_EQ(read->info().damage.size(), 1u) << i;
    EXPECT_EQ(read->info().damage[0].offset, place) << i;
  }
  FileMaker early;
  early.sample({0x1000});
  EXPECT_EQ(readBack(early.bytes)->info().damage.size(), 1u);
}

TEST(Vmprof, ListsOfTheForkAreNotBelieved) {
  for (const std::uint64_t count : {std::uint64_t{1} << 40, UINT64_MAX}) {
    FileMaker file;
    file.header(7, 0, "pypy").name(8, "py:f:1:a.py").byte(10).number(0).number(count);
    const ReadBack read = readBack(file.bytes + std::string(100, '\1'));
    ASSERT_EQ(read.error, "");
    EXPECT_EQ(read->info().damage.size(), 1u);
  }
}

TEST(Vmprof, IdsThatNobodyNamesAndBlocksFromNowhereAreShown) {
  FileMaker file;
  file.header(6, 8, "pypy").sample({6, 0xffff'ffff'ffff'ffff, 3, 0xffff'ffff'ffff'fffe, 1, 0});
  const ReadBack read = readBack(file.bytes);
  EXPECT_EQ(read.stacks(), Strings{"(code 0x0);(code 0xfffffffffffffffe)"});
  EXPECT_EQ(read->info().unknown_code_samples, 1u);
}

TEST(Vmprof, UnknownVersionsAreDeclinedWithTheirNumber) {
  for (const unsigned version : {8u, 300u}) {
    FileMaker file;
    const ReadBack read = readBack(file.header(version, 0, "cpython").bytes);
    EXPECT_EQ(read.error,
              "is a vmprof file of version " + std::to_string(version) + "; versions 0 to 7 can be read");
  }
}

FileMaker& oldHeader(FileMaker& file, std::string_view vm) {
  file.byte(4).byte(static_cast<unsigned>(vm.size()));
  file.bytes += vm;
  return file;
}

TEST(Vmprof, VersionNoughtHasReturnAddressesBetweenItsCodeAndAMap) {
  FileMaker file;
  oldHeader(file, "cpython").name(0x7000'1000, "py:main:1:a.py").name(0x7000'2000, "py:work:5:a.py");
  // Inside the library, twice; a code id + 1; the interpreter's own code between; an id as it is; nothing.
  file.sample({0x40'0010, 0x40'0020, 0x7000'2001, 0x50'0010, 0x7000'1000, 0}, {});
  file.sample({0x50'0010, 0x7000'1000}, {});
  file.byte(3).bytes +=
      "00400000-00410000 r-xp 00000000 08:02 1 /usr/lib/libm-2.19.so\n"
      "00500000-00600000 r-xp 00000000 08:02 2 /usr/bin/python2.7\n"
      "no line of a map\n"
      "7fff0000-7fff1000 rw-p 00000000 00:00 0 [stack]\n0040";
  const ReadBack read = readBack(file.bytes);
  EXPECT_EQ(read.stacks(), (Strings{"main;work;(libm-2.19.so)", "main"}));
  EXPECT_EQ(read->sample(0).state.vm, VmState::kNative);
  EXPECT_EQ(read->sample(1).state.vm, VmState::kInterpreter);
  EXPECT_TRUE(read->info().finished);
  EXPECT_TRUE(read->info().damage.empty());
  for (std::size_t piece = 1; piece < 40; ++piece)
    EXPECT_EQ(readBack(file.bytes, 0, piece).stacks(), read.stacks()) << piece;
}

TEST(Vmprof, MachineCodeOfOldPypyIsBetweenTwoAndThree) {
  FileMaker file;
  file.byte(5).byte(0).byte(1).byte(4).bytes += "pypy";
  file.name(0x7000'1000, "py:main:1:a.py").name(0x7000'2000, "py:work:5:a.py");
  file.sample({0x9000, 2, 0x7000'2000, 0x7000'1000, 3, 0x1234}).sample({0x1234, 0x7000'1000, 0});
  const ReadBack read = readBack(file.bytes);
  EXPECT_EQ(read.stacks(), (Strings{"main;work", "main"}));
  EXPECT_EQ(read->sample(0).state.vm, VmState::kJit);
  ASSERT_EQ(read->jitBlocks().size(), 1u);
  EXPECT_EQ(read->jitBlocks()[0], 0x9000u);
}

TEST(Vmprof, TheForkHasSecondsInPlaceOfTheCount) {
  const auto at = [](FileMaker& file, double seconds, unsigned marker) {
    file.byte(marker).number(std::bit_cast<std::uint64_t>(seconds)).number(1).number(0x1000).number(7);
  };
  FileMaker file;
  file.header(7, 0, "cpython").name(0x1000, "py:f:1:a.py");
  at(file, 12.5, 1);
  at(file, 13.0, 9);
  file.byte(10).number(0).number(2).number(5).number(6);
  at(file, 12.75, 1);
  const ReadBack read = readBack(file.bytes);
  EXPECT_EQ(read.stacks(), (Strings{"f", "f"}));
  EXPECT_EQ(read->sample(1).time - read->sample(0).time, 250'000'000);
  ASSERT_EQ(read->info().notes.size(), 2u);
  EXPECT_NE(read->info().notes[0].find("1 stacks at allocations"), std::string::npos);

  FileMaker allocations;
  allocations.header(7, 0, "pypy").name(8, "py:f:1:a.py");
  allocations.byte(9).number(std::bit_cast<std::uint64_t>(1.5)).number(2).number(1).number(8).number(0);
  const ReadBack only = readBack(allocations.bytes);
  EXPECT_EQ(only.stacks(), Strings{"f"});
  EXPECT_NE(only->info().notes.at(0).find("memory allocated, not of time"), std::string::npos);
}

TEST(Vmprof, TheReleasedSevenHasNanosecondsAtTheEnd) {
  FileMaker file;
  file.header(7, 0x18, "pypy").name(8, "py:f:1:a.py");
  const std::uint64_t start = 5'000'000'000;
  file.sample({1, 8}, {0, start});
  file.sample({1, 8}, {0, start + 3'000'000});
  file.sample({1, 8}, {0, start + 3'000'100});       // less than the period
  file.sample({1, 8}, {0, start + 90'000'000'000});  // a minute and a half later
  file.sample({1, 8}, {0, start});                   // the clock went back
  file.sample({1, 8}, {0, static_cast<std::uint64_t>(-5)});
  const ReadBack read = readBack(file.bytes);
  const std::uint64_t expected[] = {1'000'000, 3'000'000, 1'000'000, 1'000'000'000, 1'000'000, 1'000'000};
  ASSERT_EQ(read->sampleCount(), std::size(expected));
  for (std::size_t i = 0; i < std::size(expected); ++i) EXPECT_EQ(read->sample(i).weight, expected[i]) << i;
  EXPECT_EQ(read->sample(0).time, 1'000'000);
  EXPECT_EQ(read->sample(1).time, 4'000'000);
  EXPECT_EQ(read->sample(5).time, read->sample(3).time) << "rows do not go back";
  EXPECT_TRUE(read->info().has_times);
}

TEST(Vmprof, AReadingThatIsCancelledSaysSo) {
  FileMaker file;
  file.header(6, 0, "cpython").sample({0x1000});
  std::stop_source stop;
  ProfileBuilder builder;
  const auto reader = vmprofImporter().open(builder, {.stop = stop.get_token()});
  ASSERT_TRUE(reader->feed(std::as_bytes(std::span(file.bytes))).ok());
  stop.request_stop();
  const auto finished = reader->finish();
  ASSERT_FALSE(finished.ok());
  EXPECT_EQ(finished.error().message, readingCancelled().message);
}

TEST(Vmprof, PartsAreCountedAndNamesOfEarlierOnesHelp) {
  FileMaker file;
  file.header(6, 8, "pypy")
      .name(8, "py:first:1:a.py")
      .name(12, "py:both:5:a.py")
      .sample({1, 8})
      .time(3, 5, 0);
  FileMaker second(2000);
  second.header(6, 8, "pypy").name(12, "py:renamed:5:a.py").sample({1, 8, 1, 12}).time(3, 9, 0);
  const std::string both = file.bytes + second.bytes;
  const ReadBack one = readBack(both);
  EXPECT_EQ(one.stacks(), Strings{"first"});
  EXPECT_EQ(one->info().parts, 2);
  const ReadBack two = readBack(both, 1);
  EXPECT_EQ(two.stacks(), Strings{"renamed;first"});
  EXPECT_EQ(two->info().part, 1);
  EXPECT_EQ(two->info().rate_asked_hz, 500);
  EXPECT_EQ(readBack(both, 2).error, "there is no part 3: the file holds 2 profiles");
  EXPECT_EQ(readBack(file.bytes + std::string(50, 'x'))->info().damage.size(), 1u);
}

TEST(Vmprof, MemoryWrittenAgainstTheFlagsIsNoticed) {
  FileMaker file;
  file.header(6, 0x0a, "pypy").name(8, "py:f:1:a.py");
  file.sample({1, 8}, {0, 55'684}).sample({1, 8}, {0, 55'700});
  const ReadBack read = readBack(file.bytes);
  EXPECT_EQ(read.stacks(), (Strings{"f", "f"}));
  ASSERT_EQ(read->memory().size(), 2u);
  EXPECT_EQ(read->memory()[0].rss, 55'684u * 1024);
}

TEST(Vmprof, SniffsTheFiveWordsAndNothingElse) {
  const auto sniff = [](const std::string& bytes) {
    return vmprofImporter().sniff(std::as_bytes(std::span(bytes)));
  };
  EXPECT_TRUE(sniff(FileMaker().bytes));
  EXPECT_FALSE(sniff(""));
  EXPECT_FALSE(sniff(std::string(64, '\0')));
  const std::string jitlog(
      "\x1e\x04\x00\x00\x03\x00\x00\x00"
      "arm and more of it",
      26);
  EXPECT_FALSE(sniff(jitlog)) << "a jitlog of a machine with a three-letter name has a 3 there too";
}

// ---- PyPy's pairs

using Ids = std::vector<std::uint64_t>;

Ids ids(const std::vector<RawFrame>& cells, bool native_mode = false) {
  PypyStack stack;
  vmprof::pypyFrames(cells, native_mode, stack);
  Ids all;
  for (const auto& frame : stack.frames) all.push_back(frame.id);
  return all;
}
Ids blocks(const std::vector<RawFrame>& cells) {
  PypyStack stack;
  vmprof::pypyFrames(cells, false, stack);
  Ids all;
  for (const auto& frame : stack.frames) all.push_back(frame.block);
  return all;
}
VmState stateOf(const std::vector<RawFrame>& cells) {
  PypyStack stack;
  vmprof::pypyFrames(cells, false, stack);
  return stack.state;
}
RawFrame code(std::uint64_t id) { return {.place = id, .code = 1}; }
RawFrame jitted(std::uint64_t id) { return {.place = id, .code = 3}; }
RawFrame block(std::uint64_t address) { return {.place = address, .code = 6}; }
RawFrame native(std::uint64_t address) { return {.place = address, .code = 7}; }

TEST(PypyStacks, TheFrameAtTheEndOfAJitGroupIsShownOnce) {
  EXPECT_EQ(ids({block(9), jitted(1), jitted(2), code(2), code(3)}), (Ids{1, 2, 3}));
  EXPECT_EQ(ids({block(9), jitted(1), jitted(2), code(3)}), (Ids{1, 2, 3}));
}

TEST(PypyStacks, InlinedFramesKnowTheirBlock) {
  EXPECT_EQ(blocks({block(8), jitted(1), jitted(2), code(2), code(3)}), (Ids{8, 8, 0}));
  EXPECT_EQ(blocks({block(8), jitted(1), block(9), jitted(2), code(2), code(2)}), (Ids{8, 9, 0}));
}

TEST(PypyStacks, GroupsThatCallEachOtherShareTheFrameBetween) {
  EXPECT_EQ(ids({block(8), jitted(1), jitted(2), block(9), jitted(2), jitted(3), code(3)}), (Ids{1, 2, 3}));
  EXPECT_EQ(ids({block(8), jitted(1), block(9), jitted(1), code(1), code(4)}), (Ids{1, 4}));
}

TEST(PypyStacks, RecursionStays) {
  EXPECT_EQ(ids({code(1), code(1), code(2)}), (Ids{1, 1, 2}));
  EXPECT_EQ(ids({block(9), jitted(1), jitted(1), code(1), code(1)}), (Ids{1, 1, 1}));
}

TEST(PypyStacks, ABlockWithoutFramesIsAMarkOnTheNext) {
  EXPECT_EQ(ids({block(9), code(2)}), Ids{2});
  EXPECT_EQ(blocks({block(9), code(2), code(3)}), (Ids{9, 0}));
  EXPECT_EQ(blocks({block(0), code(2)}), Ids{0});
  EXPECT_EQ(blocks({block(9), native(0x11), code(2)}), (Ids{0, 0}));
  EXPECT_EQ(stateOf({block(9), code(2)}), VmState::kJit);
  EXPECT_EQ(stateOf({code(2)}), VmState::kInterpreter);
  EXPECT_EQ(stateOf({native(0x11), code(2)}), VmState::kNative);
}

TEST(PypyStacks, TheStaleCopyOfTheFirstGroupIsDroppedInNativeModeOnly) {
  const std::vector<RawFrame> cells = {block(8),  jitted(1), jitted(3), block(9),
                                       jitted(2), jitted(3), code(3)};
  EXPECT_EQ(ids(cells, true), (Ids{1, 3}));
  EXPECT_EQ(ids(cells, false), (Ids{1, 3, 2, 3}));
  const std::vector<RawFrame> callers = {block(8), jitted(1), block(9), jitted(2), code(2)};
  EXPECT_EQ(ids(callers, true), (Ids{1, 2})) << "a following group is not stale as such";
}

TEST(PypyStacks, KindsThatNobodyWritesAreAccepted) {
  EXPECT_EQ(ids({{.place = 5, .code = 2}, code(1), {.place = 6, .code = 99}}), Ids{1});
  EXPECT_EQ(stateOf({{.place = 5, .code = 5}, code(1)}), VmState::kGc);
}

// ---- names

TEST(VmprofNames, FourFieldsAtTheFirstThreeColons) {
  const auto name = vmprof::parseName("py:f:12:/a:b/c.py", false);
  EXPECT_EQ(name.function, "f");
  EXPECT_EQ(name.first_line, 12u);
  EXPECT_EQ(name.file, "/a:b/c.py");
  EXPECT_FALSE(name.native);
}

TEST(VmprofNames, WindowsDrivesOfPypyGetTheirColonBack) {
  EXPECT_EQ(vmprof::parseName("py:f:1:C;\\x\\a.py", true).file, "C:\\x\\a.py");
  EXPECT_EQ(vmprof::parseName("py:f:1:C;\\x\\a.py", false).file, "C;\\x\\a.py");
  EXPECT_EQ(vmprof::parseName("py:f:1:a;b.py", true).file, "a;b.py");
}

TEST(VmprofNames, OddOnesAreHarmless) {
  EXPECT_EQ(vmprof::parseName("no colons", false).function, "no colons");
  EXPECT_EQ(vmprof::parseName("py:f", false).function, "f");
  EXPECT_EQ(vmprof::parseName("py:f:-3:a", false).first_line, 0u);
  EXPECT_EQ(vmprof::parseName("py:f:99999999999:a", false).first_line, 0u);
  EXPECT_EQ(vmprof::parseName("py:caf\xc3:1:a.py", true).function, "caf\xef\xbf\xbd");
  EXPECT_EQ(vmprof::parseName("n:f:12:lib.c", false).function, "f (lib.c)");
}

}  // namespace
}  // namespace pyrometer
