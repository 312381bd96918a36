#include "daemon/exporters/vmprof/vmprof.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/exporters/buffered_sink.h"
#include "daemon/exporters/vmprof/memory_cursor.h"
#include "daemon/exporters/vmprof/resampler.h"
#include "daemon/support/utf.h"

// Names and numbers as in the vmprof file format; always 64 bit, little endian.
namespace pyrometer {
namespace vmprof {
namespace {

constexpr std::size_t kMaxCells = 65536;  // readers insist
enum Flag : unsigned { kMemoryFlag = 1, kLinesFlag = 2, kNativeFlag = 4, kPairsFlag = 8, kRealTimeFlag = 16 };
enum Marker : unsigned {
  kSample = 1,
  kName = 2,
  kTrailer = 3,
  kHeader = 5,
  kStartTime = 6,
  kMeta = 7,
  kSymbol = 8
};
constexpr std::uint64_t kPypyCode = 1, kPypyNative = 7;

/// Read back by our own importer; other readers keep keys that they do not know.
constexpr char kWeightMeta[] = "pyrometer.weight_ns";

void appendWord(std::string& out, std::uint64_t value) {
  char bytes[8];
  for (std::size_t i = 0; i < sizeof bytes; ++i) bytes[i] = static_cast<char>(value >> (8 * i));
  out.append(bytes, sizeof bytes);
}

void appendString(std::string& out, std::string_view text) {
  appendWord(out, text.size());
  out += text;
}

void appendMarker(std::string& out, Marker marker) { out += static_cast<char>(marker); }

void appendTime(std::string& out, std::int64_t unix_ns) {
  const std::int64_t ns = std::max<std::int64_t>(unix_ns, 0);
  appendWord(out, static_cast<std::uint64_t>(ns / 1'000'000'000));
  appendWord(out, static_cast<std::uint64_t>(ns % 1'000'000'000 / 1000));
  appendWord(out, 0);
}

/// What the file looks like as a whole.
struct Shape {
  bool pypy = false, lines = false, native = false, memory = false, wall = false;
  bool weighted = false;
  std::size_t cellsPerFrame() const { return pypy || lines ? 2 : 1; }
  std::size_t maxFrames() const { return kMaxCells / cellsPerFrame(); }
};

Shape shapeOf(const Profile& profile, const ExportOptions& options) {
  const RunInfo& info = profile.info();
  Shape shape;
  shape.pypy = info.interpreter.starts_with("PyPy");
  shape.lines = info.has_lines && !shape.pypy;
  for (std::uint32_t i = 0; i < profile.functions().size() && !shape.native; ++i) {
    shape.native = profile.functions()[i].kind == FunctionKind::kNative;
  }
  shape.memory = !profile.memory().empty();
  shape.wall = info.mode == Mode::kWall;
  shape.weighted = options.unit == Unit::kTime && info.true_weights;
  return shape;
}

/// Code ids are even, as those of CPython, which are addresses; native ones have the lowest bit set.
std::uint64_t cellOf(const Profile& profile, FunctionId id) {
  const bool native = profile.function(id).kind == FunctionKind::kNative;
  return (std::uint64_t{index(id)} + 1) * 16 + (native ? 1 : 0);
}

/// A colon ends a field; it becomes a semicolon, as PyPy writes it. The file comes last and may have some.
std::string fieldText(std::string_view text) {
  std::string field = repairedUtf8(text);
  std::replace(field.begin(), field.end(), ':', ';');
  return field;
}

/// Samples in this state of the VM, whatever their threads were doing.
std::uint64_t samplesIn(const Profile& profile, VmState vm) {
  std::uint64_t count = 0;
  for (const ThreadState thread :
       {ThreadState::kUnknown, ThreadState::kRunning, ThreadState::kWaitingForGil, ThreadState::kOffCpu}) {
    count += profile.stateWeight({.vm = vm, .thread = thread}).count;
  }
  return count;
}

class Writer {
 public:
  Writer(const Profile& profile, const ExportOptions& options, ByteSink& sink)
      : profile_(profile),
        shape_(shapeOf(profile, options)),
        resampler_(profile, shape_.weighted),
        memory_(profile),
        out_(sink) {
    cells_.reserve(profile.frames().size());
    for (std::uint32_t i = 0; i < profile.frames().size(); ++i) cells_.push_back(frameCells(FrameId{i}));
  }

  Result<void> write() {
    putHead();
    putNames();
    putSamples();
    std::string tail;
    appendMarker(tail, kTrailer);
    appendTime(tail, profile_.info().start_unix_ns + profile_.info().duration_ns);
    if (profile_.info().finished || profile_.info().duration_ns > 0) out_.put(tail);
    return out_.flush();
  }

 private:
  std::string frameCells(FrameId id) const {
    const Frame& frame = profile_.frame(id);
    const bool native = profile_.function(frame.function).kind == FunctionKind::kNative;
    std::string cells;
    if (shape_.pypy) {
      appendWord(cells, native ? kPypyNative : kPypyCode);
    } else if (shape_.lines) {
      appendWord(cells, native ? 0 : profile_.line(frame.line).line);
    }
    appendWord(cells, cellOf(profile_, frame.function));
    return cells;
  }

  /// ns a sample: what our own importer shall give to each.
  std::uint64_t weightOfEach() const {
    if (resampler_.period() != 0) return resampler_.period();
    const std::uint64_t samples = profile_.sampleCount();
    return samples == 0 ? 0 : (profile_.totalWeight() + samples / 2) / samples;
  }

  std::uint64_t periodMicroseconds() const {
    const RunInfo& info = profile_.info();
    if (resampler_.period() != 0) return resampler_.period() / 1000;
    if (info.rate_asked_hz > 0)
      return static_cast<std::uint64_t>(std::clamp(1e6 / info.rate_asked_hz, 1.0, 1e9));
    return std::clamp<std::uint64_t>(weightOfEach() / 1000, 1, 1'000'000'000);
  }

  void putHead() {
    const RunInfo& info = profile_.info();
    std::string head;
    for (const std::uint64_t word :
         {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{0}, periodMicroseconds(), std::uint64_t{0}}) {
      appendWord(head, word);
    }
    appendMarker(head, kHeader);
    head += '\0';  // the version is big endian
    head += '\6';
    unsigned flags = 0;
    if (shape_.memory) flags |= kMemoryFlag;
    if (shape_.lines) flags |= kLinesFlag;
    if (shape_.native) flags |= kNativeFlag;
    if (shape_.pypy) flags |= kPairsFlag;
    if (shape_.wall) flags |= kRealTimeFlag;
    head += static_cast<char>(flags);
    const std::string_view vm = shape_.pypy ? "pypy" : "cpython";
    head += static_cast<char>(vm.size());
    head += vm;
    appendMarker(head, kStartTime);
    appendTime(head, info.start_unix_ns);
    std::map<std::string, std::string> meta = info.meta;
    meta["os"] = meta.contains("os") ? meta["os"] : "linux";
    meta["bits"] = "64";
    meta.erase(kWeightMeta);
    // Without it a reader divides the time from start to end by the samples, and that is another thing.
    const bool told_by_times = !shape_.weighted && info.duration_ns > 0 && info.start_unix_ns % 1000 == 0 &&
                               static_cast<std::uint64_t>(info.duration_ns) == profile_.totalWeight();
    if (weightOfEach() > 0 && !told_by_times) meta[kWeightMeta] = std::to_string(weightOfEach());
    for (const auto& [key, value] : meta) {
      appendMarker(head, kMeta);
      appendString(head, key);
      appendString(head, value);
    }
    out_.put(head);
  }

  void putNames() {
    std::string record;
    for (std::uint32_t i = 0; i < profile_.functions().size(); ++i) {
      const Function& function = profile_.function(FunctionId{i});
      const bool native = function.kind == FunctionKind::kNative;
      const std::string_view path = profile_.string(profile_.file(function.file).path);
      record.clear();
      appendMarker(record, native ? kSymbol : kName);
      appendWord(record, cellOf(profile_, FunctionId{i}));
      appendString(record,
                   fmt::format("{}:{}:{}:{}", native ? "n" : "py", fieldText(profile_.string(function.name)),
                               function.first_line, path.empty() ? "-" : repairedUtf8(path)));
      out_.put(record);
    }
  }

  void putSamples() {
    std::string record;
    const std::size_t rows = profile_.sampleCount();
    for (std::size_t row = 0; row < rows && out_.good(); ++row) {
      const Sample sample = profile_.sample(row);
      const std::uint64_t copies = resampler_.copies(sample.weight);
      if (copies == 0) continue;
      makeRecord(row, sample, record);
      for (std::uint64_t i = 0; i < copies && out_.good(); ++i) out_.put(record);
    }
  }

  void makeRecord(std::size_t row, const Sample& sample, std::string& record) {
    const std::size_t depth = std::min<std::size_t>(profile_.stack(sample.stack).depth, shape_.maxFrames());
    record.clear();
    appendMarker(record, kSample);
    appendWord(record, 1);
    appendWord(record, depth * shape_.cellsPerFrame());
    // A stack that is too deep loses its root's side, as it does with vmprof's own writers.
    std::optional<StackId> at = sample.stack;
    for (std::size_t i = 0; i < depth; ++i) {
      const StackNode& node = profile_.stack(*at);
      record += cells_[index(node.frame)];
      at = node.parentId();
    }
    appendWord(record, static_cast<std::uint64_t>(profile_.thread(sample.thread).tid));
    if (shape_.memory) appendWord(record, memory_.kilobytesAt(row, sample));
  }

  const Profile& profile_;
  Shape shape_;
  Resampler resampler_;
  MemoryCursor memory_;
  std::vector<std::string> cells_;  ///< by frame: its cells as they are written
  BufferedSink out_;
};

class VmprofExporter : public Exporter {
 public:
  std::string_view name() const override { return "vmprof"; }
  std::string_view description() const override { return "vmprof file, version 6 (vmprof's own tools)"; }
  std::string_view extension() const override { return ".vmprof"; }

  std::vector<std::string> losses(const Profile& profile, const ExportOptions& options) const override {
    const RunInfo& info = profile.info();
    const Shape shape = shapeOf(profile, options);
    std::vector<std::string> lost;
    if (shape.weighted && profile.sampleCount() > 0) {
      const Resampler resampler(profile, true);
      lost.push_back(
          fmt::format("weights: samples are repeated at an even period of {} us, so shares stay true "
                      "and numbers of samples do not",
                      resampler.period() / 1000));
    } else if (info.true_weights) {
      lost.emplace_back("weights: every sample counts the same");
    }
    if (info.has_times) lost.emplace_back("when each sample was taken");
    if (info.has_lines && shape.pypy) lost.emplace_back("lines: that format has none for PyPy");
    // The model knows it by sample and the format by frame, so frames are written without it.
    const std::pair<VmState, std::string_view> marks[] = {
        {VmState::kJit, "ran machine code made by the JIT"},
        {VmState::kWarmup, "were the JIT at work itself (tracing, compiling, blackhole)"},
        {VmState::kGc, "were the garbage collector"}};
    for (const auto& [vm, words] : marks) {
      const std::uint64_t count = samplesIn(profile, vm);
      if (count == 0) continue;
      lost.push_back(fmt::format("which samples {} ({} of {})", words, count, profile.sampleCount()));
    }
    if (profile.processes().size() > 1) lost.emplace_back("which process a thread belongs to");
    lost.emplace_back("names of threads, and what state they were in");
    if (!profile.sources().empty()) lost.emplace_back("the texts of source files");
    if (!info.argv.empty()) lost.emplace_back("the command line");
    for (std::uint32_t i = 0; i < profile.stacks().size(); ++i) {
      if (profile.stacks()[i].depth <= shape.maxFrames()) continue;
      lost.push_back(fmt::format("callers beyond {} frames", shape.maxFrames()));
      break;
    }
    return lost;
  }

  Result<void> write(const Profile& profile, const ExportOptions& options, ByteSink& sink) const override {
    return Writer(profile, options, sink).write();
  }
};

}  // namespace
}  // namespace vmprof

const Exporter& vmprofExporter() {
  static const vmprof::VmprofExporter kExporter;
  return kExporter;
}

}  // namespace pyrometer
