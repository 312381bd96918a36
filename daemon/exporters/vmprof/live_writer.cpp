#include "daemon/exporters/vmprof/live_writer.h"

#include <algorithm>
#include <utility>

#include "daemon/exporters/vmprof/file_words.h"

namespace pyrometer::vmprof {

namespace {

bool isNative(const Profile& profile, FunctionId id) {
  return profile.function(id).kind == FunctionKind::kNative;
}

/// As CodeIds has them, for a profile in which all that is unknown has no number either.
std::uint64_t cellOf(const Profile& profile, FunctionId id) {
  return (std::uint64_t{index(id)} + 1) * 16 + (isNative(profile, id) ? 1 : 0);
}

}  // namespace

LiveWriter::LiveWriter(Options options)
    : options_(std::move(options)),
      shape_{.lines = options_.lines, .memory = options_.memory, .wall = options_.wall},
      carried_(options_.period_ns / 2) {}

void LiveWriter::begin(std::string& out, const RunInfo& run) const {
  Head head{.shape = shape_,
            .interpreter = "cpython",
            .period_us = std::max<std::uint64_t>(options_.period_ns / 1000, 1),
            .start_unix_ns = run.start_unix_ns,
            .meta = run.meta};
  for (const auto& [key, value] : options_.meta) head.meta[key] = value;
  head.meta["os"] = "linux";
  head.meta["bits"] = "64";
  head.meta[kWeightMeta] = std::to_string(options_.period_ns);
  appendHead(out, head);
}

bool LiveWriter::append(std::string& out, const Profile& profile, std::size_t most) {
  named_.resize(profile.functions().size());
  walked_.resize(profile.stacks().size());
  for (; rows_ < profile.sampleCount(); ++rows_) {
    if (out.size() >= most) return false;
    const Sample sample = profile.sample(rows_);
    const StackNode& leaf = profile.stack(sample.stack);
    if (!leaf.pythonId()) continue;
    const std::uint64_t sum = carried_ + sample.weight;
    carried_ = sum % options_.period_ns;
    const std::uint64_t copies = sum / options_.period_ns;
    if (copies == 0) continue;
    appendNames(out, profile, sample.stack);
    const std::size_t depth = std::min<std::size_t>(leaf.depth, shape_.maxFrames());
    const std::size_t begin = out.size();
    appendMark(out, Mark::kSample);
    appendWord(out, 1);
    appendWord(out, depth * shape_.cellsPerFrame());
    std::optional<StackId> at = sample.stack;
    for (std::size_t i = 0; i < depth; ++i) {
      const StackNode& node = profile.stack(*at);
      const Frame& frame = profile.frame(node.frame);
      if (shape_.lines)
        appendWord(out, isNative(profile, frame.function) ? 0 : profile.line(frame.line).line);
      appendWord(out, cellOf(profile, frame.function));
      at = node.parentId();
    }
    appendWord(out, static_cast<std::uint64_t>(profile.thread(sample.thread).tid));
    if (shape_.memory) appendWord(out, kilobytesAt(profile, sample.time));
    const std::string record = copies > 1 ? out.substr(begin) : std::string();
    for (std::uint64_t i = 1; i < copies; ++i) out += record;
  }
  return true;
}

void LiveWriter::appendNames(std::string& out, const Profile& profile, StackId stack) {
  // A caller whose functions are named has named callers.
  for (std::optional<StackId> at = stack; at && !walked_[index(*at)]; at = profile.stack(*at).parentId()) {
    walked_[index(*at)] = true;
    const FunctionId function = profile.frame(profile.stack(*at).frame).function;
    if (named_[index(function)]) continue;
    named_[index(function)] = true;
    appendName(out, profile, function, cellOf(profile, function));
  }
}

std::uint64_t LiveWriter::kilobytesAt(const Profile& profile, std::int64_t time) {
  if (profile.memory().empty()) return 0;
  // Samples of several threads need not be in the order of time; it is never far.
  while (memory_at_ > 0 && profile.memory()[memory_at_].time > time) --memory_at_;
  while (memory_at_ + 1 < profile.memory().size() && profile.memory()[memory_at_ + 1].time <= time)
    ++memory_at_;
  return profile.memory()[memory_at_].rss / 1024;
}

}  // namespace pyrometer::vmprof
