// Files as they come: of any kind, wrapped, cut, hostile.

#include "daemon/importers/registry.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <cstring>
#include <random>

#include "daemon/importers/bundle/manifest.h"
#include "tests/golden/dump.h"
#include "tests/unit/importers/stream_maker.h"
#include "tests/unit/support/scratch_folder.h"

namespace pyrometer {
namespace {

using test::ScratchFolder;

std::string stream() {
  using namespace test;
  StreamMaker maker;
  maker.process(0, 42, 1000);
  maker.thread(0, 0, 43, 1000);
  maker.inside(
      0,
      code({.reference = 1, .name = "f", .qualified_name = "f", .file = "a.py", .table = locations(1, {1})}) +
          sample({.wall = 1200, .cpu = 50, .fresh = {python(1, at(0))}}) +
          sample({.wall = 100, .cpu = 70, .keep = 1}));
  maker.batchEnd(1500);
  return maker.bytes();
}

constexpr char kManifest[] =
    R"({"format_version": 1, "format": "pyrometer", "mode": "wall", "command": "a.py"})";
constexpr char kSources[] = R"([{"path": "a.py", "file": "sources/0", "changed": true}])";

struct ZipEntry {
  std::string name, content;
};

std::string makeZip(const ScratchFolder& folder, const std::vector<ZipEntry>& entries) {
  int error = 0;
  const std::string path = folder / "made.pyrometer";
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
  for (const ZipEntry& entry : entries) {
    zip_source_t* source = zip_source_buffer(archive, entry.content.data(), entry.content.size(), 0);
    const zip_int64_t index = zip_file_add(archive, entry.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    EXPECT_GE(index, 0);
    if (entry.name == "samples")
      zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
  }
  EXPECT_EQ(zip_close(archive), 0);
  return path;
}

std::string errorOf(const std::string& path, const ImportOptions& options = {}) {
  const auto read = readProfile(path, options);
  return read ? "" : read.error().text();
}

TEST(Registry, SaysWhyNothingCanBeRead) {
  const ScratchFolder folder;
  EXPECT_EQ(errorOf(folder / "none"), (folder / "none") + ": cannot be opened: no such file or folder");
  const std::string empty = errorOf(folder.write("empty", ""));
  EXPECT_EQ(empty.find((folder / "empty") + ": is empty; readable are vmprof profiles"), 0u) << empty;
  EXPECT_NE(errorOf(folder.write("noise", "certainly not a profile, only text"))
                .find("is no profile that can be read"),
            std::string::npos);
  EXPECT_NE(errorOf(folder.path()).find("no entry \"samples\""), std::string::npos);
  EXPECT_NE(errorOf("/dev/null").find("is no regular file"), std::string::npos);
  EXPECT_NE(errorOf(folder.write("tiny.gz", "\x1f\x8b\x08")).find("cut"), std::string::npos);
  if (::geteuid() != 0) {
    ::chmod((folder / "noise").c_str(), 0);
    EXPECT_NE(errorOf(folder / "noise").find("permission denied"), std::string::npos);
  }
}

TEST(Registry, RandomBytesAreNoProfile) {
  const ScratchFolder folder;
  std::mt19937 random(3);
  for (int i = 0; i < 50; ++i) {
    std::string bytes(static_cast<std::size_t>(i) * 97 + 1, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    EXPECT_NE(errorOf(folder.write("noise", bytes)), "");
  }
}

TEST(Registry, ReadsByContentAndNotByName) {
  const ScratchFolder folder;
  const auto vmprof =
      readProfile(folder.write("a.txt", test::contentOf(test::goldenPath("vmprof/synth-v5.prof"))));
  ASSERT_TRUE(vmprof.ok());
  EXPECT_EQ((*vmprof)->info().format, "vmprof 5");
  const auto samples = readProfile(folder.write("b.prof", stream()));
  ASSERT_TRUE(samples.ok());
  EXPECT_EQ((*samples)->sampleCount(), 2u);
  const std::string gzipped = test::contentOf(test::goldenPath("vmprof/pypy7311-twice.prof.gz"));
  const auto second = readProfile(folder.write("c", gzipped), {.part = 1});
  ASSERT_TRUE(second.ok());
  EXPECT_EQ((*second)->sampleCount(), 49u);
  EXPECT_EQ((*second)->info().unknown_code_samples, 0u) << "names that only the first part has";
  EXPECT_NE(errorOf(folder / "c", {.part = 2}), "");
}

TEST(Registry, ACutGzipGivesWhatIsBeforeTheCut) {
  const ScratchFolder folder;
  const std::string gzipped = test::contentOf(test::goldenPath("vmprof/pypy7311-cpu.prof.gz"));
  const auto cut = readProfile(folder.write("cut", gzipped.substr(0, gzipped.size() - 3000)));
  ASSERT_TRUE(cut.ok());
  EXPECT_GT((*cut)->sampleCount(), 0u);
  EXPECT_LT((*cut)->sampleCount(), 202u);
  EXPECT_FALSE((*cut)->info().damage.empty());
}

TEST(Bundle, IsReadFromItsZipAndFromItsFolder) {
  const ScratchFolder folder;
  const std::string zip = makeZip(folder, {{"manifest.json", kManifest},
                                           {"samples", stream()},
                                           {"sources.json", kSources},
                                           {"sources/0", "print()\n"}});
  ::mkdir((folder / "run").c_str(), 0700);
  ::mkdir((folder / "run/sources").c_str(), 0700);
  folder.write("run/manifest.json", kManifest);
  folder.write("run/samples", stream());
  folder.write("run/sources.json", kSources);
  folder.write("run/sources/0", "print()\n");
  for (const std::string& path : {zip, folder / "run"}) {
    const auto read = readProfile(path);
    ASSERT_TRUE(read.ok()) << read.error().text();
    EXPECT_EQ((*read)->info().mode, Mode::kWall);
    EXPECT_EQ((*read)->info().command, "a.py");
    EXPECT_EQ((*read)->totalWeight(), 300u) << "the manifest's mode decides: wall time";
    ASSERT_EQ((*read)->sources().size(), 1u);
    EXPECT_EQ((*read)->string((*read)->sources()[0].text), "print()\n");
    EXPECT_TRUE((*read)->sources()[0].changed_during_run);
    EXPECT_TRUE((*read)->info().damage.empty());
  }
}

TEST(Bundle, WhatIsMissingIsNotedAndTheRestIsRead) {
  const ScratchFolder folder;
  const auto no_manifest = readProfile(makeZip(folder, {{"samples", stream()}}));
  ASSERT_TRUE(no_manifest.ok());
  EXPECT_EQ((*no_manifest)->sampleCount(), 2u);
  EXPECT_EQ((*no_manifest)->info().damage.size(), 1u);
  const auto no_source = readProfile(
      makeZip(folder, {{"manifest.json", kManifest}, {"samples", stream()}, {"sources.json", kSources}}));
  ASSERT_TRUE(no_source.ok());
  EXPECT_EQ((*no_source)->info().damage.size(), 1u);
  EXPECT_NE(errorOf(makeZip(folder, {{"manifest.json", kManifest}})).find("no entry \"samples\""),
            std::string::npos);
  // A recorder that died before the first sample was drained.
  const auto nothing_yet = readProfile(makeZip(folder, {{"manifest.json", kManifest}, {"samples", ""}}));
  ASSERT_TRUE(nothing_yet.ok());
  EXPECT_EQ((*nothing_yet)->sampleCount(), 0u);
}

TEST(Bundle, NamesInTheIndexDoNotBecomePaths) {
  const ScratchFolder folder;
  folder.write("secret", "not for the profile");
  ::mkdir((folder / "run").c_str(), 0700);
  ::mkdir((folder / "run/sources").c_str(), 0700);
  folder.write("run/manifest.json", kManifest);
  folder.write("run/samples", stream());
  folder.write("run/sources.json",
               R"([{"path": "a", "file": "../secret"}, {"path": "b", "file": "sources/../../secret"},
                   {"path": "c", "file": "/etc/passwd"}, {"path": "d", "file": "sources/7"}, 5, {"path": 1}])");
  ASSERT_EQ(::symlink("../../secret", (folder / "run/sources/7").c_str()), 0);
  const auto read = readProfile(folder / "run");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ((*read)->sources().size(), 0u);
  EXPECT_EQ((*read)->info().damage.size(), 6u);
  const auto slipped = readProfile(makeZip(
      folder,
      {{"manifest.json", kManifest}, {"samples", stream()}, {"../../secret", "x"}, {"/etc/passwd", "x"}}));
  ASSERT_TRUE(slipped.ok()) << "entries with other names are left alone";
}

TEST(Bundle, SizesAreCheckedBeforeUse) {
  const ScratchFolder folder;
  const std::string path = makeZip(folder, {{"manifest.json", kManifest},
                                            {"samples", stream()},
                                            {"sources.json", kSources},
                                            {"sources/0", std::string(40 << 20, ' ')}});
  const auto big = readProfile(path);
  ASSERT_TRUE(big.ok());
  EXPECT_EQ((*big)->sources().size(), 0u) << "a source text of 40 MB is none";
  EXPECT_EQ((*big)->info().damage.size(), 1u);

  // The directory claims that the samples are enormous.
  std::string bytes = test::contentOf(makeZip(folder, {{"manifest.json", kManifest}, {"samples", stream()}}));
  const std::size_t entry = bytes.rfind("samples") - 46;
  std::memset(bytes.data() + entry + 24, 0x7f, 4);
  EXPECT_NE(errorOf(folder.write("bomb", bytes)), "");
}

TEST(Bundle, AZipThatIsDamagedSaysWhatIsLost) {
  const ScratchFolder folder;
  std::string damaged =
      test::contentOf(makeZip(folder, {{"manifest.json", kManifest}, {"samples", stream()}}));
  damaged[damaged.find("PYROSMP1") + 20] ^= 0x40;
  const auto read = readProfile(folder.write("damaged", damaged));
  ASSERT_TRUE(read.ok()) << read.error().text();
  EXPECT_FALSE((*read)->info().damage.empty());
}

class CutBundle : public testing::Test {
 protected:
  /// Long enough that deflating it is worth its while.
  const std::string source_ = std::string(500, 'x') + "\n";
  const ScratchFolder folder_;
  const std::string bytes_ = test::contentOf(makeZip(folder_, {{"manifest.json", kManifest},
                                                               {"samples", stream()},
                                                               {"sources.json", kSources},
                                                               {"sources/0", source_}}));
  const std::size_t samples_end_ = bytes_.find("PYROSMP1") + stream().size();
};

TEST_F(CutBundle, GivesWhatIsInIt) {
  bool source_seen = false;
  for (std::size_t size = 4; size < bytes_.size(); ++size) {
    const auto read = readProfile(folder_.write("cut", bytes_.substr(0, size)));
    if (size < samples_end_) {
      EXPECT_TRUE(!read || !(*read)->info().damage.empty()) << size;
      continue;
    }
    ASSERT_TRUE(read.ok()) << size << ": " << read.error().text();
    const Profile& profile = **read;
    EXPECT_EQ(profile.sampleCount(), 2u) << size;
    EXPECT_EQ(profile.info().command, "a.py") << "the deflated manifest";
    ASSERT_FALSE(profile.info().damage.empty()) << size;
    const Damage& loss = profile.info().damage[0];
    EXPECT_NE(loss.what.find("cut"), std::string::npos) << loss.what;
    EXPECT_GE(loss.offset, samples_end_);
    EXPECT_LE(loss.offset, size);
    if (profile.sources().empty()) continue;
    source_seen = true;
    EXPECT_EQ(profile.string(profile.sources()[0].text), source_) << size;
    EXPECT_EQ(profile.info().damage.size(), 1u) << "only the directory is missing";
  }
  EXPECT_TRUE(source_seen);
  const std::string early = errorOf(folder_.write("cut", bytes_.substr(0, bytes_.find("PYROSMP1") - 10)));
  EXPECT_NE(early.find("before its samples"), std::string::npos) << early;
}

TEST_F(CutBundle, SizesThatFollowTheirEntryAreDoneWithout) {
  std::string cut = bytes_.substr(0, samples_end_ + 100);
  const std::size_t header = cut.find("PYROSMP1") - std::string_view("samples").size() - 30;
  ASSERT_EQ(cut.substr(header, 4), "PK\3\4");
  cut[header + 6] |= 8;
  std::memset(cut.data() + header + 14, 0, 12);
  const auto read = readProfile(folder_.write("cut", cut));
  ASSERT_TRUE(read.ok()) << read.error().text();
  EXPECT_EQ((*read)->sampleCount(), 2u);
  EXPECT_GE((*read)->info().damage.size(), 2u);
}

TEST_F(CutBundle, HeadersThatLieAreNotBelieved) {
  for (std::size_t at = 4; at < samples_end_; ++at) {
    std::string odd = bytes_.substr(0, samples_end_ + 50);
    for (const char byte : {'\x00', '\x7f', '\xff'}) {
      odd[at] = byte;
      const auto read = readProfile(folder_.write("odd", odd));
      EXPECT_TRUE(!read || !(*read)->info().damage.empty()) << at;
    }
  }
}

TEST_F(CutBundle, ADeflatedEntryIsCheckedByItsSum) {
  std::string cut = bytes_.substr(0, samples_end_);
  cut[14] ^= 1;  // the manifest's
  const auto read = readProfile(folder_.write("cut", cut));
  ASSERT_TRUE(read.ok()) << read.error().text();
  EXPECT_NE((*read)->info().command, "a.py") << "the manifest is not believed";
  EXPECT_NE((*read)->info().damage[0].what.find("entry cannot be read"), std::string::npos)
      << (*read)->info().damage[0].what;
}

TEST(Manifest, NonsenseIsRefusedOrLeftOut) {
  for (const char* text :
       {"", "[]", "{", "7", "\xff\xfe", "{\"format_version\": 2}", "{\"format_version\": 0}"}) {
    EXPECT_FALSE(bundle::parseManifest(text).ok()) << text;
  }
  const auto odd = bundle::parseManifest(
      R"({"argv": "no list", "mode": 7, "duration_ns": -5, "rate_asked_hz": -1, "start_unix_ns": 1e300,)"
      R"( "drops": {"ring_full": -1, "torn_stack": 4}, "notes": [1, "two"], "meta": [], "exit_status": 99999999999})");
  ASSERT_TRUE(odd.ok());
  EXPECT_TRUE(odd->argv.empty());
  EXPECT_EQ(odd->mode, Mode::kCpu);
  EXPECT_EQ(odd->duration_ns, 0);
  EXPECT_EQ(odd->rate_asked_hz, 0);
  EXPECT_EQ(odd->start_unix_ns, 0);
  EXPECT_EQ(odd->drops[0], 0u);
  EXPECT_EQ(odd->drops[2], 4u);
  EXPECT_EQ(odd->notes, std::vector<std::string>{"two"});
  EXPECT_EQ(odd->exit_status, 0);
  const auto newer = bundle::parseManifest("{\"format_version\": 9}");
  EXPECT_NE(newer.error().message.find("format version 9; this build reads version 1"), std::string::npos);
}

}  // namespace
}  // namespace pyrometer
