#include "daemon/importers/samplestream/thread_side.h"

#include <algorithm>
#include <string>
#include <utility>

#include "daemon/importers/samplestream/frame_marks.h"
#include "daemon/importers/samplestream/stream_string.h"

namespace pyrometer::samplestream {
namespace {

constexpr std::uint64_t kLatest = INT64_MAX;  // a time beyond is damage, and sums below cannot overflow

/// What changes the nodes of frames that are otherwise the same.
constexpr std::uint8_t kMarks = stream::kElided | stream::kTorn;

}  // namespace

ThreadSide::Outcome ThreadSide::read(std::span<const std::byte> bytes, StackResolver& stacks,
                                     ThreadLabels& labels, std::vector<RawSample>& out,
                                     std::uint64_t& allowance) {
  Outcome outcome;
  ByteReader in(bytes);
  const std::size_t before = out.size();
  std::size_t made = 0;  // samples of whole records
  while (!in.atEnd()) {
    const auto kind = static_cast<stream::Record>(in.u8());
    switch (kind) {
      case stream::Record::kSample:
        readSample(in, stacks.raw(), out);
        break;
      case stream::Record::kCode:
        stacks.codes().readCode(in);
        break;
      case stream::Record::kPypyCode:
        stacks.codes().readPypyCode(in);
        break;
      case stream::Record::kLineTable:
        stacks.codes().readLineTable(in);
        break;
      case stream::Record::kRepeat:
        readRepeat(in, out, allowance);
        break;
      case stream::Record::kThreadName: {
        std::string name = readString(in);
        if (in.good() && !name.empty()) labels.new_name = std::move(name);
        break;
      }
      case stream::Record::kTask: {
        std::string name = readString(in);
        if (in.good()) last_.task = labels.task(std::move(name));
        break;
      }
      default:
        in.markBad();
    }
    if (!in.good()) {
      out.resize(before + made);
      lost_ = true;
      break;
    }
    outcome.good_bytes = in.position();
    if (lost_) {
      outcome.lost += out.size() - before;
      out.resize(before);
    }
    made = out.size() - before;
  }
  outcome.state = in.state();
  return outcome;
}

void ThreadSide::readSample(ByteReader& in, RawStacks& stacks, std::vector<RawSample>& out) {
  const std::uint64_t wall = in.varint();
  const std::uint64_t cpu = in.varint();
  const std::uint8_t flags = in.u8();
  const bool elided = (flags & stream::kElided) != 0;
  if (elided) in.varint();
  const std::uint64_t keep = in.varint();
  const std::uint64_t fresh = in.varint();
  if (!in.good()) return;
  if (fresh > stream::kMaxFrames || keep > stream::kMaxFrames - fresh) return in.markBad();
  if (elided && keep + fresh != stream::kMaxFrames) return in.markBad();
  if (lost_) {
    // The stack that this one differs from is not known: read over it, to count it and to find the next
    // record.
    nodes_.clear();
    frames_.assign(keep, {});
    if (readFrames(in, keep, fresh)) out.emplace_back();
    return;
  }
  if (keep > frames_.size() || wall > kLatest - last_.time || cpu > kLatest - last_.cpu) return in.markBad();
  if (!readFrames(in, keep, fresh)) return;
  last_.time += wall;
  last_.cpu += cpu;
  last_.flags = flags;
  last_.thread = thread_;
  last_.outside = outside_;
  last_.node = internNodes(stacks, keep, flags);
  any_ = true;
  out.push_back(last_);
}

bool ThreadSide::readFrames(ByteReader& in, std::size_t keep, std::size_t fresh) {
  frames_.resize(keep + fresh);
  for (std::size_t i = frames_.size(); i-- > keep;) {
    const std::uint64_t v = in.varint();
    if ((v & 1) != 0) {
      frames_[i] = {.place = v >> 1, .code = kNativeFrame};
      continue;
    }
    if (v >> 1 >= kNativeFrame) in.markBad();
    frames_[i] = {.place = in.varint(), .code = static_cast<std::uint32_t>(v >> 1)};
    if (!in.good()) return false;
  }
  return in.good();
}

std::uint32_t ThreadSide::internNodes(RawStacks& stacks, std::size_t keep, std::uint8_t flags) {
  const std::uint8_t changed = (flags ^ node_flags_) & kMarks;
  node_flags_ = flags & kMarks;
  std::size_t valid = std::min(keep, nodes_.size());
  if ((changed & stream::kElided) != 0) valid = std::min<std::size_t>(valid, stream::kRootFrames);
  if ((changed & stream::kTorn) != 0) valid = 0;
  nodes_.resize(frames_.size());
  const bool torn = (flags & stream::kTorn) != 0;
  const bool elided = (flags & stream::kElided) != 0;
  std::uint32_t node = RawStacks::kNone;
  if (valid > 0) {
    node = nodes_[valid - 1];
  } else if (torn) {
    node = stacks.intern(RawStacks::kNone, {.place = 0, .code = kTornFrames});
  }
  for (std::size_t i = valid; i < frames_.size(); ++i) {
    if (elided && i == stream::kRootFrames) node = stacks.intern(node, {.place = 0, .code = kElidedFrames});
    node = nodes_[i] = stacks.intern(node, frames_[i]);
  }
  if (node != RawStacks::kNone) return node;
  const bool shutdown = (flags & stream::kShutdown) != 0;
  return stacks.intern(RawStacks::kNone, {.place = 0, .code = shutdown ? kShutdownFrames : kNoFrames});
}

void ThreadSide::repeatAsleep(std::uint64_t count, std::uint64_t first, std::uint64_t last,
                              std::vector<RawSample>& out) const {
  if (!any_ || lost_) return;
  RawSample sample = last_;
  sample.flags = static_cast<std::uint8_t>((last_.flags & ~stream::kStateMask) | stream::kStateOffCpu);
  const std::uint64_t steps = count > 1 ? count - 1 : 1;
  for (std::uint64_t i = 0; i < count; ++i) {
    sample.time = first + (last - first) / steps * i + (last - first) % steps * i / steps;
    out.push_back(sample);
  }
}

void ThreadSide::readRepeat(ByteReader& in, std::vector<RawSample>& out, std::uint64_t& allowance) {
  const std::uint64_t count = in.varint();
  const std::uint64_t wall = in.varint();
  if (!in.good()) return;
  if (count > allowance) return in.markBad();
  allowance -= count;
  if (lost_) return out.resize(out.size() + count);
  if (!any_ || wall > kLatest - last_.time) return in.markBad();
  const std::uint64_t from = last_.time;
  for (std::uint64_t i = 1; i <= count; ++i) {
    // wall * i would overflow for hostile numbers; for true ones the whole part is exact enough.
    last_.time = from + wall / count * i + wall % count * i / count;
    out.push_back(last_);
  }
  last_.time = from + wall;
}

}  // namespace pyrometer::samplestream
