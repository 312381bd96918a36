// A file with what lies beside it, progress, cancelling, wrappers.

#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "daemon/importers/registry.h"
#include "daemon/jit/trace_forest.h"
#include "tests/golden/dump.h"
#include "tests/unit/support/gzipped.h"
#include "tests/unit/support/scratch_folder.h"

namespace pyrometer {
namespace {

using test::ScratchFolder;

void copy(const std::string& golden, const std::string& to) {
  std::filesystem::copy_file(test::goldenPath(golden), to);
}

OpenedFile opened(const std::string& path, const OpenOptions& options = {}) {
  auto read = openFile(path, options);
  EXPECT_TRUE(read.ok()) << read.error().text();
  return read.ok() ? std::move(read).value() : OpenedFile{};
}

TEST(OpenFile, TellsKindsByContent) {
  const ScratchFolder folder;
  copy("jitlog/pypy801.jit.gz", folder / "a.prof");
  copy("pypylog/pypy7311-colour.pypylog", folder / "b.jit");
  copy("vmprof/synth-v5.prof", folder / "c.pypylog");
  const OpenedFile jit = opened(folder / "a.prof");
  EXPECT_EQ(jit.kind, FileKind::kJitlog);
  ASSERT_TRUE(jit.jit);
  EXPECT_EQ(jit.jit->traces().size(), 13u);
  const OpenedFile text = opened(folder / "b.jit");
  EXPECT_EQ(text.kind, FileKind::kPypylog);
  ASSERT_TRUE(text.phases);
  EXPECT_EQ(text.phases->phases.size(), 47u);
  EXPECT_FALSE(text.profile);
  const OpenedFile profile = opened(folder / "c.pypylog");
  EXPECT_EQ(profile.kind, FileKind::kProfile);
  EXPECT_EQ(profile.profile->sampleCount(), 3u);
}

struct Pair {
  const char *profile, *log;
};

TEST(OpenFile, JoinsTheJitlogOfTheSameRun) {
  const Pair pairs[] = {{"vmprof/pypy7311-native.prof.gz", "jitlog/pypy7311-native.jit.gz"},
                        {"vmprof/pypy801-mem.prof.gz", "jitlog/pypy801.jit.gz"},
                        {"vmprof/pypy7311-32bit.prof.gz", "jitlog/pypy7311-32bit.jit.gz"},
                        {"vmprof/pypy7311-killed.prof.gz", "jitlog/pypy7311-killed.jit.gz"}};
  for (const Pair& pair : pairs) {
    const ScratchFolder folder;
    copy(pair.profile, folder / "run.prof.gz");
    for (const char* name : {"run.prof.gz.jit", "run.prof.jit", "run.jit", "run.jit.gz", "run.jitlog"}) {
      copy(pair.log, folder / name);
      const OpenedFile file = opened(folder / "run.prof.gz");
      EXPECT_EQ(file.joined, std::vector<std::string>{folder / name}) << pair.log;
      EXPECT_TRUE(file.notes.empty()) << "all blocks join: " << (file.notes.empty() ? "" : file.notes[0]);
      ASSERT_TRUE(file.jit) << name;
      ASSERT_GT(file.profile->jitBlocks().size(), 0u);
      EXPECT_FALSE(opened(folder / "run.prof.gz", {.join = false}).jit);
      std::filesystem::remove(folder / name);
    }
  }
}

TEST(OpenFile, RefusesAJitlogOfAnotherRunAndWhatIsNone) {
  const ScratchFolder folder;
  copy("vmprof/pypy7311-native.prof.gz", folder / "run.prof");
  copy("jitlog/pypy801.jit.gz", folder / "run.jit");
  const OpenedFile file = opened(folder / "run.prof");
  EXPECT_FALSE(file.jit);
  EXPECT_TRUE(file.joined.empty());
  ASSERT_EQ(file.notes.size(), 1u);
  EXPECT_EQ(file.notes[0].find("run.jit is of another run, and left alone: it has 0 of "), 0u)
      << file.notes[0];
  folder.write("run.jit", "no log");
  EXPECT_NE(opened(folder / "run.prof").notes.at(0).find("run.jit lies beside it and was left alone"),
            std::string::npos);
  copy("vmprof/cpython311-lines.prof", folder / "other.prof");
  copy("jitlog/pypy801.jit.gz", folder / "other.jit");
  EXPECT_TRUE(opened(folder / "other.prof").notes.empty()) << "CPython has no jitlogs";
}

TEST(OpenFile, JoinsAPypylogAsFarAsItCanBeChecked) {
  const ScratchFolder folder;
  copy("vmprof/pypy7311-cpu.prof.gz", folder / "run.prof");
  copy("pypylog/pypy7311-plain.pypylog.gz", folder / "run.pypylog");
  const OpenedFile plain = opened(folder / "run.prof");
  ASSERT_TRUE(plain.phases);
  EXPECT_EQ(plain.phases->clock.how, PhaseClock::How::kProfile);
  EXPECT_NE(plain.notes.at(0).find("not certain"), std::string::npos);
  std::filesystem::remove(folder / "run.pypylog");
  copy("pypylog/pypy7311-full.pypylog.gz", folder / "run.pypylog");
  const OpenedFile other = opened(folder / "run.prof");
  EXPECT_FALSE(other.phases);
  EXPECT_NE(other.notes.at(0).find("is of another run"), std::string::npos) << other.notes[0];
  const std::string sync = "[5] {sync\nunix=1000000000.0 monotonic_ns=7 unit=ns\n[9] sync}\n";
  folder.write("run.pypylog", sync);
  EXPECT_NE(opened(folder / "run.prof").notes.at(0).find("is of another time"), std::string::npos);
  const std::int64_t start = plain.profile->info().start_unix_ns;
  folder.write("run.pypylog", "[5] {sync\nunix=" + std::to_string(start / 1'000'000'000 - 1) +
                                  ".5 monotonic_ns=7 unit=ns\n[9] sync}\n");
  const OpenedFile joined = opened(folder / "run.prof");
  EXPECT_TRUE(joined.notes.empty()) << joined.notes[0];
  ASSERT_TRUE(joined.phases && joined.phases->clock.profile_at_zero);
  const std::int64_t expected = start / 1'000'000'000 * 1'000'000'000 - 500'000'000 - start;
  EXPECT_NEAR(static_cast<double>(*joined.phases->clock.profile_at_zero), static_cast<double>(expected),
              1000);
}

TEST(OpenFile, ProgressGoesUpAndEndsWithTheWhole) {
  const ScratchFolder folder;
  std::string big = test::contentOf(test::goldenPath("vmprof/synth-v6-no-trailer.prof"));
  while (big.size() < 3'000'000) big += big.substr(big.size() - 41);
  const std::string path = folder.write("big.prof", big);
  std::vector<ReadProgress> told;
  std::uint64_t last = 0;
  opened(path, {.import = {.progress = [&](ReadProgress now) {
                  EXPECT_GE(now.read, last);
                  EXPECT_EQ(now.size, big.size());
                  last = now.read;
                  told.push_back(now);
                }}});
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(last, big.size());
}

TEST(OpenFile, IsCancelledFromWithinAndWithout) {
  const ScratchFolder folder;
  folder.write("a.pypylog", "[1] {a\n[2] a}\n");
  for (const std::string& path : {test::goldenPath("vmprof/pypy7311-cpu.prof.gz"),
                                  test::goldenPath("jitlog/pypy801.jit.gz"), folder / "a.pypylog"}) {
    std::stop_source stop;
    stop.request_stop();
    const auto read = openFile(path, {.import = {.stop = stop.get_token()}});
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().message, readingCancelled().message) << path;
  }
}

TEST(OpenFile, AGzipBombIsStoppedAndSaysWhy) {
  const ScratchFolder folder;
  std::string bomb = test::gzipped(test::contentOf(test::goldenPath("vmprof/synth-v6-no-trailer.prof")));
  const std::string zeros = test::gzipped(std::string(std::size_t{1} << 20, '\0'));
  for (int i = 0; i < 300; ++i) bomb += zeros;
  const auto read = openFile(folder.write("bomb.prof", bomb));
  ASSERT_FALSE(read.ok()) << "zeros end a profile, but the wrapper goes on";
  EXPECT_NE(read.error().message.find("more than 200 times as large"), std::string::npos)
      << read.error().message;
  EXPECT_NE(read.error().where.find("bomb.prof"), std::string::npos);
}

TEST(OpenFile, WhatIsNoFileIsSaidToBeNone) {
  const ScratchFolder folder;
  const std::string pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto from_pipe = openFile(pipe);
  ASSERT_FALSE(from_pipe.ok());
  EXPECT_NE(from_pipe.error().message.find("is no regular file"), std::string::npos);
  const auto from_folder = openFile(folder.path());
  ASSERT_FALSE(from_folder.ok());
  EXPECT_EQ(openFile(folder / "none").error().where, folder / "none");
}

TEST(OpenFile, NothingIsOpenedButTheFileAndItsNeighbours) {
  const ScratchFolder folder;
  copy("vmprof/pypy7311-cpu.prof.gz", folder / "run.prof");
  copy("jitlog/pypy801.jit.gz", folder / "run.jit");
  folder.write("other.jit", "");
  // Names in the profile that are there: a path is no reason to look into it.
  const std::string bytes = test::contentOf(test::goldenPath("vmprof/synth-v6-no-trailer.prof"));
  folder.write("synth.py", "secret");
  folder.write("plain.prof", bytes);
  const int watch = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  ASSERT_GE(watch, 0);
  ASSERT_GE(::inotify_add_watch(watch, folder.path().c_str(), IN_OPEN), 0);
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  opened("run.prof");
  opened("plain.prof");
  std::filesystem::current_path(before);
  std::set<std::string> names;
  alignas(inotify_event) char events[64 * 1024];
  const ssize_t got = ::read(watch, events, sizeof events);
  for (ssize_t at = 0; at < got;) {
    const auto* event = reinterpret_cast<const inotify_event*>(events + at);
    if (event->len > 0) names.insert(event->name);
    at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
  }
  ::close(watch);
  EXPECT_EQ(names, (std::set<std::string>{"run.prof", "run.jit", "plain.prof"}));
}

TEST(OpenFile, AFileThatShrinksIsSaidTo) {
  const ScratchFolder folder;
  std::string big = test::contentOf(test::goldenPath("vmprof/synth-v6-no-trailer.prof"));
  while (big.size() < 4'000'000) big += big.substr(big.size() - 41);
  const std::string path = folder.write("big.prof", big);
  bool cut = false;
  const auto read = openFile(path, {.import = {.progress = [&](ReadProgress) {
                                      if (!cut) cut = ::truncate(path.c_str(), 1'200'000) == 0;
                                    }}});
  ASSERT_FALSE(read.ok());
  EXPECT_NE(read.error().message.find("became shorter while it was read"), std::string::npos);
}

TEST(OpenFile, PartsAreCountedFromOneInMessages) {
  const std::string twice = test::goldenPath("vmprof/pypy7311-twice.prof.gz");
  EXPECT_EQ(opened(twice, {.import = {.part = 1}}).profile->sampleCount(), 49u);
  const auto third = openFile(twice, {.import = {.part = 2}});
  ASSERT_FALSE(third.ok());
  EXPECT_EQ(third.error().message, "there is no part 3: the file holds 2 profiles");
}

}  // namespace
}  // namespace pyrometer
