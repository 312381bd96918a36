#include "tests/fuzz/targets.h"

#include <sys/auxv.h>

#include <array>

#include "daemon/analysis/phase_sums.h"
#include "daemon/exporters/bundle/bundle_exporter.h"
#include "daemon/importers/bundle/manifest.h"
#include "daemon/importers/pypylog/pypylog.h"
#include "daemon/importers/pypylog/pypylog_reader.h"
#include "daemon/importers/registry.h"
#include "daemon/importers/samplestream/line_table.h"
#include "daemon/importers/samplestream/samplestream.h"
#include "daemon/importers/vmprof/vmprof.h"
#include "daemon/native/unwind_table.h"
#include "daemon/support/gzip.h"
#include "daemon/support/little_endian.h"
#include "sampler/unwinder.h"
#include "tests/fuzz/bundles.h"
#include "tests/fuzz/document_edits.h"
#include "tests/fuzz/jitlogs.h"
#include "tests/fuzz/seeds.h"
#include "tests/unit/exporters/small_profile.h"
#include "tests/unit/importers/stream_maker.h"
#include "tests/unit/support/gzipped.h"

namespace pyrometer::fuzz {

void look(const Profile& profile) {
  std::uint64_t samples = 0;
  for (std::uint32_t i = 0; i < profile.stacks().size(); ++i) {
    samples += profile.stackWeight(StackId{i}).count;
    const Frame& frame = profile.frame(profile.stacks()[i].frame);
    insist(!profile.string(profile.function(frame.function).name).empty() ||
               frame.function == FunctionId{0} || index(frame.function) < profile.functions().size(),
           "a frame without a function");
  }
  insist(samples == profile.sampleCount(), "samples are lost between stacks and rows");
  std::int64_t last = 0;
  for (std::size_t row = 0; row < profile.sampleCount(); ++row) {
    const Sample sample = profile.sample(row);
    insist(sample.time >= last, "rows are out of order");
    insist(index(sample.thread) < profile.threads().size(), "a sample without a thread");
    last = sample.time;
  }
}

namespace {

/// In two pieces, since pieces are where readers go wrong.
void feed(Reader& reader, std::span<const std::byte> bytes) {
  const std::size_t half = bytes.size() / 2;
  if (!reader.feed(bytes.first(half)).ok()) return;
  if (!reader.feed(bytes.subspan(half)).ok()) return;
  static_cast<void>(reader.finish().ok());
}

void runSampleStream(std::span<const std::byte> bytes) {
  for (const Mode mode : {Mode::kCpu, Mode::kWall}) {
    ProfileBuilder builder;
    builder.info().mode = mode;
    feed(*openSampleStream(builder), bytes);
    look(*builder.snapshot());
  }
}

/// Each format's reading of the bytes, at places all over the code that they could describe: what a part of a
/// table tells is what the whole one tells.
void runLineTable(std::span<const std::byte> bytes) {
  using samplestream::LineTable, samplestream::placeAt;
  for (const auto format : {stream::LineTableFormat::kLnotab, stream::LineTableFormat::kLineRanges,
                            stream::LineTableFormat::kLocations}) {
    const LineTable all{.format = format, .first_line = 7, .bytes = bytes, .whole = true};
    const LineTable part{
        .format = format, .first_line = 7, .bytes = bytes.first(bytes.size() / 2), .whole = false};
    for (std::uint64_t offset = 0, step = 0; step < 40; offset += 1 + bytes.size() * step++ / 100) {
      const auto place = placeAt(all, offset), early = placeAt(part, offset);
      insist(!early || early == place, "more of a table changed what it said");
      insist(!place || place->line <= INT32_MAX, "a line that no interpreter has");
      insist(!place || !place->columns || place->columns->end <= INT32_MAX, "a column that no file has");
    }
    static_cast<void>(placeAt(all, UINT64_MAX));
  }
}

void runVmprof(std::span<const std::byte> bytes) {
  ProfileBuilder builder;
  feed(*vmprofImporter().open(builder, {}), bytes);
  look(*builder.snapshot());
}

void lookAtPhases(const PhaseLog& log) {
  std::size_t i = 0;
  for (const Phase& phase : log.phases) {
    insist(phase.end >= phase.begin && phase.begin >= log.first && phase.end <= log.last,
           "a phase out of time");
    insist(phase.text_begin <= phase.text_end && phase.text_end <= log.bytes, "a text out of the file");
    insist(phase.name < log.names.size(), "a phase without a name");
    insist(phase.parent == Phase::kNoParent || phase.parent < i, "a phase inside a later one");
    ++i;
  }
  std::uint64_t counted = 0;
  for (const PhaseSum& sum : phaseSums(log)) counted += sum.count;
  insist(counted == log.phases.size(), "a phase is counted nowhere");
  static_cast<void>(ticksOutsidePhases(log));
}

void runPypylog(std::span<const std::byte> bytes) {
  pypylog::PypylogReader reader("log");
  feed(reader, bytes);
  static_cast<void>(pypylog::looksLikePypylog(bytes));
  const std::shared_ptr<PhaseLog> log = reader.take();
  insist(log->bytes <= bytes.size(), "a log that is longer than its bytes");
  lookAtPhases(*log);
}

/// The wrapper alone, and whatever is in it.
void runGzip(std::span<const std::byte> bytes) {
  GzipInflater inflater;
  std::uint64_t made = 0;
  constexpr std::uint64_t kEnough = std::uint64_t{8} << 20;
  const auto take = [&](std::span<const std::byte> plain) {
    made += plain.size();
    return made < kEnough ? Result<void>() : Result<void>(Error{"enough", ""});
  };
  const std::size_t half = bytes.size() / 2;
  if (!inflater.feed(bytes.first(half), take).ok()) return;
  if (!inflater.feed(bytes.subspan(half), take).ok()) return;
  static_cast<void>(inflater.problem());
}

void runFile(std::span<const std::byte> bytes) {
  asFile(bytes, [](const std::string& path) {
    const auto read = openFile(path);
    if (read && read->profile) look(*read->profile);
    if (read && read->jit) lookAt(*read->jit);
    if (read && read->phases) lookAtPhases(*read->phases);
  });
}

void runManifest(std::span<const std::byte> bytes) {
  static_cast<void>(bundle::parseManifest({reinterpret_cast<const char*>(bytes.data()), bytes.size()}).ok());
}

std::vector<std::string> sampleStreams() {
  using namespace test;
  StreamMaker maker;
  maker.process(0, 42, 1000);
  maker.thread(0, 0, 43, 1100, "MainThread");
  maker.thread(1, 0, 44, 1100);
  const std::string codes = code({.reference = 1,
                                  .name = "f",
                                  .qualified_name = "C.f",
                                  .file = "a.py",
                                  .table = locations(1, {1, 2, 9})}) +
                            code({.reference = 2,
                                  .first_line = 7,
                                  .name = "g",
                                  .file = "a.py",
                                  .table = locations(7, {7}),
                                  .table_size = 9});
  maker.inside(0, codes + sample({.wall = 1200, .cpu = 9, .fresh = {python(2, at(0)), python(1, at(2))}}) +
                      sample({.wall = 100, .cpu = 50, .keep = 1, .fresh = {native(0x7f01), python(2, 0)}}) +
                      lineTable(2, 2, "\xe8\x02"));
  maker.outside(1, codes + sample({.wall = 1300, .fresh = {python(1, at(1))}}) + repeat(5, 500));
  maker.block(stream::Block::kModule, varint(0) + varint(0) + varint(0x7000) + varint(0x8000) + varint(0) +
                                          text("/lib/libm.so") + text(""));
  maker.block(stream::Block::kMemory, varint(0) + varint(1300) + varint(123'456));
  maker.block(stream::Block::kDrop, varint(1) + byte(2) + varint(7));
  maker.block(stream::Block::kNote, text("note"));
  maker.batchEnd(1350);
  maker.process(1, 42, 2000, 1, stream::LineTableFormat::kLineRanges);
  maker.thread(2, 1, 43, 2000);
  maker.inside(2,
               codes + sample({.wall = 2100, .cpu = 100, .flags = stream::kTorn, .fresh = {python(1, 3)}}));
  maker.block(stream::Block::kProcessEnd, varint(1) + varint(2500) + varint(0));
  return {maker.bytes()};
}

std::vector<std::string> manifests() {
  return {
      R"({"format_version": 1, "mode": "wall", "argv": ["a", 1], "drops": {"ring_full": 3}, "damage": [{}],)"
      R"( "start_unix_ns": -1, "duration_ns": 5, "rate_asked_hz": 1e3, "meta": {"a": "b", "c": 1}})"};
}

std::vector<std::string> recordings() {
  const std::string manifest = manifests()[0], samples = sampleStreams()[0];
  return {bundleOf({manifest, samples,
                    R"([{"path": "a.py", "file": "sources/0", "changed": true}, {"path": "b.py", )"
                    R"("file": "sources/1"}])",
                    "def f(): pass\n", "caf\xe9"}),
          bundleOf({"{}", samples})};
}

std::vector<std::string> lineTables() {
  // "return [a\n for a in b\n  if c] + f(\n 3)" as CPython 3.9, 3.10 and 3.13 describe it, and entries with
  // numbers of several bytes.
  return {
      std::string("\x00\x01\x0a\x01\x02\xff\x04\x02\x02\x01\x02\xff\x02\xfe", 14),
      std::string("\x0a\x01\x02\x01\x04\xff\x02\x02\x02\x01\x02\xff\x04\xfe", 14),
      std::string("\x80\x00\xe1\x0a\x0b\xf3\x03\x02\x0a\x08\xda\x0a\x0b\x80\x51\xdc\x05\x06\xf7\x05\x00\x0b"
                  "\x0c\xd9\x0a\x0b\xf1\x03\x02\x0a\x08\xe4\x0a\x0b\xd8\x01\x02\xf3\x03\x01\x0b\x04\xf1\x05"
                  "\x03\x0a\x04\xf0\x00\x03\x03\x04\xf9\xf2\x00\x02\x0a\x08",
                  58),
      std::string("\xf1\x41\x7f\x05\x42\x01\x44\x0f\xe8\x7f\x3f\xf7\x02\x00\x00\x00\xcf\x4a\x33\xe0\xc8\xff",
                  22)};
}

std::vector<std::string> vmprofFiles() {
  return {golden("vmprof/synth-v6-pypy.prof"),
          golden("vmprof/synth-v6-win64-lines.prof"),
          golden("vmprof/synth-v6-32bit-memory.prof"),
          golden("vmprof/synth-v4-lines-memory.prof"),
          golden("vmprof/synth-v0.prof"),
          golden("vmprof/synth-v1.prof"),
          golden("vmprof/synth-v7.prof"),
          golden("vmprof/synth-v7-fork.prof"),
          golden("vmprof/cpython311-native-lines.prof")};
}

std::vector<std::string> pypylogs() {
  return {
      golden("pypylog/pypy7311-colour.pypylog"),
      "[10] {a\n[14] {jit-backend-addr\nLoop 1 (f) has address 0x7f12 to 0x7f20 (bootstrap 0x7f01)\n"
      "       gc table: 0x7fe202361950\n[18] jit-backend-addr}\n[20] a}\n[30] {a\n[31] {c\n[32] a}\n[35] c}\n"
      "[40] {app-sync\nunix=1795150855.5 monotonic_ns=5000 unit=tsc\n[41] app-sync}\n[50] {jit-summary\n"
      "TOTAL:      \t\t2.0\n[60] jit-summary}\n[61] {open\n"};
}

/// An ELF file, as far as unwinding looks at it; every address of its code is asked for.
void runUnwind(std::span<const std::byte> bytes) {
  const ImageBytes image = bytesOfMemory(bytes);
  const auto layout = readElfLayout(image);
  if (!layout) return;
  findFunctions(image, *layout);
  const auto table = makeUnwindTable(image, *layout);
  if (!table || table->empty()) return;
  std::string area(unwind::kUnit, '\0');
  area += *table;
  const sampler::UnwindRules rules(reinterpret_cast<const std::uint8_t*>(area.data()), area.size(), 0);
  const auto start = littleEndian<std::uint64_t>(std::as_bytes(std::span(*table)).data());
  for (std::uint64_t place = start; place < start + 8192; ++place)
    rules.ruleAt({.begin = 0, .end = UINT64_MAX, .bias = 0, .table = 1}, place);
}

/// The kernel's own: small, and whole.
std::vector<std::string> smallImages() {
  const auto* image = reinterpret_cast<const char*>(getauxval(AT_SYSINFO_EHDR));
  constexpr std::size_t kPage = 4096;
  if (image == nullptr) return {};
  return {std::string(image, 2 * kPage)};
}

std::vector<std::string> wrapped() { return {golden("vmprof/pypy7311-long-names.prof.gz")}; }

std::vector<std::string> files() {
  const std::string bundle = test::exported(bundleExporter(), *test::smallProfile());
  const std::string phases = "[10] {a\n[14] {gc-minor\n[18] gc-minor}\n[20] a}\n";
  return {bundle,
          bundle.substr(0, bundle.size() - 30),
          golden("vmprof/synth-v5.prof"),
          golden("vmprof/synth-v7.prof"),
          golden("jitlog/synth-v4.jit"),
          phases,
          test::gzipped(golden("vmprof/synth-v6-pypy.prof")),
          test::gzipped(golden("jitlog/synth-v4.jit")),
          test::gzipped(phases)};
}

}  // namespace

std::span<const Target> targets() {
  static const std::array<Target, 11> kTargets = {{{"samplestream", runSampleStream, sampleStreams, 4000},
                                                   {"line_table", runLineTable, lineTables, 3000},
                                                   {"vmprof", runVmprof, vmprofFiles, 600},
                                                   {"pypylog", runPypylog, pypylogs, 2000},
                                                   {"jitlog", runJitlog, jitlogs, 1500},
                                                   {"gzip", runGzip, wrapped, 500},
                                                   {"file", runFile, files, 250},
                                                   {"manifest", runManifest, manifests, 2000},
                                                   {"bundle", runBundle, recordings, 1000},
                                                   {"unwind", runUnwind, smallImages, 1500},
                                                   {"edits", runDocumentEdits, documentEdits, 1500}}};
  return kTargets;
}

}  // namespace pyrometer::fuzz
