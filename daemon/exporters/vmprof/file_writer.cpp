#include "daemon/exporters/vmprof/file_writer.h"

#include <algorithm>
#include <cmath>

#include "daemon/exporters/vmprof/file_words.h"
#include "daemon/exporters/vmprof/records.h"

namespace pyrometer::vmprof {

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
    appendTrailer(tail, info.start_unix_ns + info.duration_ns);
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
  std::string head;
  appendHead(head, {.shape = shape_,
                    .interpreter = interpreterName(),
                    .period_us = periodMicroseconds(),
                    .start_unix_ns = profile_.info().start_unix_ns,
                    .meta = meta()});
  out_.put(head);
}

void FileWriter::putNames() {
  std::string record;
  for (std::uint32_t i = 0; i < profile_.functions().size(); ++i) {
    if (!ids_.named(FunctionId{i})) continue;
    record.clear();
    appendName(record, profile_, FunctionId{i}, ids_.cell(FunctionId{i}));
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
