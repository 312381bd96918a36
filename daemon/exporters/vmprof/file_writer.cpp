#include "daemon/exporters/vmprof/file_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "daemon/exporters/vmprof/file_words.h"
#include "daemon/support/utf.h"

namespace pyrometer::vmprof {
namespace {

/// Read back by our own importer; other readers keep keys that they do not know.
constexpr char kWeightMeta[] = "pyrometer.weight_ns";

void appendTime(std::string& out, std::int64_t unix_ns) {
  const std::int64_t ns = std::max<std::int64_t>(unix_ns, 0);
  appendWord(out, static_cast<std::uint64_t>(ns / 1'000'000'000));
  appendWord(out, static_cast<std::uint64_t>(ns % 1'000'000'000 / 1000));
  appendWord(out, 0);
}

/// A colon ends a field; it becomes a semicolon, as PyPy writes it. The file comes last and may have some.
std::string fieldText(std::string_view text) {
  std::string field = repairedUtf8(text);
  std::replace(field.begin(), field.end(), ':', ';');
  return field;
}

}  // namespace

FileWriter::FileWriter(const Profile& profile, const ExportOptions& options, ByteSink& sink)
    : profile_(profile),
      shape_(shapeOf(profile, options)),
      ids_(profile),
      cells_(profile, ids_, shape_),
      resampler_(profile, shape_.weighted),
      memory_(profile),
      out_(sink) {}

Result<void> FileWriter::write() {
  putHead();
  putNames();
  putSamples();
  const RunInfo& info = profile_.info();
  if (info.finished || info.duration_ns > 0) {
    std::string tail;
    appendMark(tail, Mark::kTrailer);
    appendTime(tail, info.start_unix_ns + info.duration_ns);
    out_.put(tail);
  }
  return out_.flush();
}

/// ns a sample: what our own importer shall give to each.
std::uint64_t FileWriter::weightOfEach() const {
  if (resampler_.period() != 0) return resampler_.period();
  const std::uint64_t samples = profile_.sampleCount();
  return samples == 0 ? 0 : (profile_.totalWeight() + samples / 2) / samples;
}

std::uint64_t FileWriter::periodMicroseconds() const {
  const RunInfo& info = profile_.info();
  if (resampler_.period() != 0) return resampler_.period() / 1000;
  if (info.rate_asked_hz > 0)
    return static_cast<std::uint64_t>(std::llround(std::clamp(1e6 / info.rate_asked_hz, 1.0, 3.6e9)));
  return std::clamp<std::uint64_t>(weightOfEach() / 1000, 1, 1'000'000'000);
}

std::string FileWriter::interpreterName() const {
  constexpr std::size_t kLongest = 255;
  const std::string& name = profile_.info().interpreter;
  if (shape_.pypy) return "pypy";
  return isFromVmprof(profile_) && name != "CPython" ? name.substr(0, kLongest) : "cpython";
}

std::map<std::string, std::string> FileWriter::meta() const {
  const RunInfo& info = profile_.info();
  std::map<std::string, std::string> meta = info.meta;
  if (!isFromVmprof(profile_)) {
    meta.try_emplace("os", "linux");
    meta["bits"] = "64";
  }
  // Without it a reader divides the time from start to end by the samples, and that is another thing.
  const bool told_by_times = !shape_.weighted && info.duration_ns > 0 && info.start_unix_ns > 0 &&
                             info.start_unix_ns % 1000 == 0 &&
                             static_cast<std::uint64_t>(info.duration_ns) == profile_.totalWeight();
  meta.erase(kWeightMeta);
  if (weightOfEach() > 0 && !told_by_times) meta[kWeightMeta] = std::to_string(weightOfEach());
  return meta;
}

void FileWriter::putHead() {
  const RunInfo& info = profile_.info();
  std::string head;
  for (const std::uint64_t word :
       {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{0}, periodMicroseconds(), std::uint64_t{0}}) {
    appendWord(head, word);
  }
  appendMark(head, Mark::kHeader);
  head += '\0';  // the version is big endian
  head += '\6';
  unsigned flags = 0;
  const auto set = [&flags](bool is, WrittenFlag flag) { flags |= is ? static_cast<unsigned>(flag) : 0; };
  set(shape_.memory, WrittenFlag::kMemory);
  set(shape_.lines, WrittenFlag::kLines);
  set(shape_.native, WrittenFlag::kNative);
  set(shape_.pypy, WrittenFlag::kPairs);
  set(shape_.wall, WrittenFlag::kRealTime);
  head += static_cast<char>(flags);
  const std::string vm = interpreterName();
  head += static_cast<char>(vm.size());
  head += vm;
  if (info.start_unix_ns > 0) {
    appendMark(head, Mark::kStartTime);
    appendTime(head, info.start_unix_ns);
  }
  for (const auto& [key, value] : meta()) {
    appendMark(head, Mark::kMeta);
    appendString(head, key);
    appendString(head, value);
  }
  out_.put(head);
}

void FileWriter::putNames() {
  std::string record;
  for (std::uint32_t i = 0; i < profile_.functions().size(); ++i) {
    if (!ids_.named(FunctionId{i})) continue;
    const Function& function = profile_.function(FunctionId{i});
    const bool native = function.kind == FunctionKind::kNative;
    const std::string_view path = profile_.string(profile_.file(function.file).path);
    record.clear();
    appendMark(record, native ? Mark::kSymbol : Mark::kName);
    appendWord(record, ids_.cell(FunctionId{i}));
    appendString(record,
                 fmt::format("{}:{}:{}:{}", native ? "n" : "py", fieldText(profile_.string(function.name)),
                             function.first_line, path.empty() ? "-" : repairedUtf8(path)));
    out_.put(record);
  }
}

void FileWriter::putSamples() {
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

void FileWriter::makeRecord(std::size_t row, const Sample& sample, std::string& record) {
  record.clear();
  appendMark(record, Mark::kSample);
  appendWord(record, 1);
  cells_.append(record, sample);
  appendWord(record, static_cast<std::uint64_t>(profile_.thread(sample.thread).tid));
  if (shape_.memory) appendWord(record, memory_.kilobytesAt(row, sample));
}

}  // namespace pyrometer::vmprof
