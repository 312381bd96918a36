#include "daemon/importers/vmprof/vmprof_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <utility>

#include "daemon/importers/damage.h"
#include "daemon/importers/vmprof/vmprof.h"
#include "daemon/support/little_endian.h"
#include "daemon/support/utf.h"

namespace pyrometer::vmprof {
namespace {

/// Names are at most a path long. A length far above is damage, and shall not make us wait for its end.
constexpr std::int64_t kMaxString = 1 << 20;

constexpr std::size_t kMostMaps = std::size_t{16} << 20;

/// Written by our exporter: what a sample stands for, where end minus start does not tell it.
constexpr char kWeightMeta[] = "pyrometer.weight_ns";
/// Written by the fork: its clock at the start, in seconds.
constexpr char kClockMeta[] = "start_time_offset";

/// A clock of a file that may be damaged: no time is before the clock's beginning, nor so late that a
/// difference overflows.
std::int64_t clockTime(std::int64_t ns) { return std::clamp<std::int64_t>(ns, 0, INT64_MAX / 2); }

std::int64_t clockTime(double seconds) {
  // Not a number is not above nought either.
  return seconds > 0 ? static_cast<std::int64_t>(std::min(seconds * 1e9, 4.6e18)) : 0;
}

/// Nothing for times that do not fit into nanoseconds.
std::optional<std::int64_t> nanoseconds(const std::byte* time) {
  const std::int64_t seconds = littleEndian<std::int64_t>(time),
                     microseconds = littleEndian<std::int64_t>(time + 8);
  if (seconds < 0 || seconds > INT64_MAX / 2'000'000'000 || microseconds < 0 || microseconds >= 1'000'000)
    return {};
  return seconds * 1'000'000'000 + microseconds * 1000;
}

}  // namespace

Result<void> VmprofReader::feed(std::span<const std::byte> bytes) {
  if (stopped_) return {};
  if (in_maps_) {
    readMaps(bytes);
    return {};
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  return readRecords();
}

Result<void> VmprofReader::readRecords() {
  std::size_t at = 0;
  while (!stopped_ && at < buffer_.size()) {
    if (in_maps_) {
      readMaps(std::span(buffer_).subspan(at));
      at = buffer_.size();
      break;
    }
    std::size_t used = 0;
    record_offset_ = offset_ + at;
    const auto step = readRecord(std::span(buffer_).subspan(at), used);
    if (!step) return step.error();
    if (*step == Step::kShort) break;
    at += used;
    if (*step == Step::kStop) stopped_ = true;
  }
  if (stopped_) at = buffer_.size();
  offset_ += at;
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at));
  return {};
}

Result<void> VmprofReader::finish() {
  if (part_ < 0) return Error{"is cut within the first bytes of a vmprof file: nothing can be read", ""};
  RunInfo& info = target_.info();
  if (!stopped_ && !buffer_.empty()) {
    noteDamage(info, offset_,
               between_ ? fmt::format("{} bytes behind the end of the profile are none", buffer_.size())
                        : fmt::format("the file is cut in the middle of a record ({} bytes of it are there)",
                                      buffer_.size()));
  }
  if (wanted_ < 0 || wanted_ > part_) {
    return Error{part_ == 0
                     ? fmt::format("there is no part {}: the file holds one profile", wanted_ + 1)
                     : fmt::format("there is no part {}: the file holds {} profiles", wanted_ + 1, part_ + 1),
                 ""};
  }
  info.part = wanted_;
  info.parts = part_ + 1;
  describeRun();
  if (const auto built = raw_.build(names_, target_, cancelled_); !built) return built;
  if (raw_.allocationCount() > 0) {
    info.notes.push_back(
        raw_.sampleCount() == 0
            ? std::string(
                  "the samples were taken at allocations: shares are of memory allocated, not of time")
            : fmt::format("{} stacks at allocations are left out: they are no samples of time",
                          raw_.allocationCount()));
  }
  if (object_lists_ > 0)
    info.notes.push_back(fmt::format("{} lists of surviving objects are left out", object_lists_));
  if (raw_.sampleCount() > 0 && names_.empty()) {
    info.notes.emplace_back(
        "the file has no names: CPython writes them at the end, and this run was ended before; functions "
        "show by number");
  }
  return {};
}

Result<VmprofReader::Step> VmprofReader::readRecord(std::span<const std::byte> bytes, std::size_t& used) {
  if (between_) return readFixedHeader(bytes, used);
  const auto marker = static_cast<Marker>(bytes[0]);
  switch (marker) {
    case Marker::kSample:
      return readSample(bytes, used);
    case Marker::kName:
    case Marker::kSymbol:
      return readName(bytes, used);
    case Marker::kMeta:
      return readMeta(bytes, used);
    case Marker::kStartTime:
    case Marker::kTrailer:
      return readTime(bytes, used);
    case Marker::kHeader:
    case Marker::kOldHeader:
      return readHeader(bytes, used);
    case Marker::kAllocation:
    case Marker::kObjects:
      if (version_ != static_cast<std::uint16_t>(Version::kSampleTime) || layout_.times) break;
      return marker == Marker::kObjects ? readObjects(bytes, used) : readSample(bytes, used);
  }
  return damaged(fmt::format("no record begins with the byte {:#04x}; nothing behind it can be read",
                             std::to_integer<unsigned>(bytes[0])));
}

VmprofReader::Step VmprofReader::readFixedHeader(std::span<const std::byte> bytes, std::size_t& used) {
  const std::size_t enough = 5 * 8;
  Layout layout;
  layout.word = bytes.size() > 4 && bytes[4] == std::byte{3} ? 4 : 8;
  layout.addr = layout.word;
  const std::size_t size = 5 * layout.word;
  if (bytes.size() < std::min(size, enough)) return Step::kShort;
  if (!looksLikeVmprof(bytes)) return damaged("the bytes behind the end of the profile are none");
  if (layout.word == 4 && layout.wordAt(bytes.data() + 16) == 1) layout.addr = 8;
  const std::int64_t period = layout.wordAt(bytes.data() + 3 * layout.word);
  constexpr std::int64_t kLongestPeriod = 3'600'000'000;
  layout_ = layout;
  period_us_ = period > 0 && period <= kLongestPeriod ? static_cast<std::uint64_t>(period) : 0;
  flags_ = 0;
  version_ = 0;
  pypy_ = header_seen_ = any_sample_ = between_ = fork_decided_ = false;
  ++part_;
  used = size;
  return Step::kTaken;
}

Result<VmprofReader::Step> VmprofReader::readHeader(std::span<const std::byte> bytes, std::size_t& used) {
  const bool old = bytes[0] == static_cast<std::byte>(Marker::kOldHeader);
  if (header_seen_) return damaged("a second header in one profile; nothing behind it can be read");
  if (!old && bytes.size() < 3) return Step::kShort;
  const auto version = static_cast<std::uint16_t>(
      old ? 0 : std::to_integer<unsigned>(bytes[1]) << 8 | std::to_integer<unsigned>(bytes[2]));
  constexpr auto kNewest = static_cast<std::uint16_t>(kNewestRead);
  if (version > kNewest) {
    if (part_ > wanted_) return damaged(fmt::format("a profile of vmprof version {}, left out", version));
    return Error{
        fmt::format("is a vmprof file of version {}; versions 0 to {} can be read", version, kNewest), ""};
  }
  const bool flagged = version >= static_cast<std::uint16_t>(Version::kModeAware);
  const std::size_t name_at = flagged ? 5 : old ? 2 : 4;
  if (bytes.size() < name_at) return Step::kShort;
  const auto length = std::to_integer<std::size_t>(bytes[name_at - 1]);
  if (bytes.size() < name_at + length) return Step::kShort;
  const std::string_view name(reinterpret_cast<const char*>(bytes.data()) + name_at, length);
  version_ = version;
  flags_ = flagged ? std::to_integer<std::uint8_t>(bytes[3]) : 0;
  pypy_ = name == "pypy";
  setLayout();
  header_seen_ = true;
  if (isWanted()) {
    raw_.layout = layout_;
    raw_.pypy = pypy_;
    raw_.real_time = (flags_ & kRealTimeFlag) != 0;
    raw_.period_ns = period_us_ * 1000;
    wanted_version_ = version_;
    wanted_flags_ = flags_;
    target_.info().interpreter = pypy_ ? "PyPy" : name == "cpython" ? "CPython" : repairedUtf8(name);
  }
  used = name_at + length;
  return Step::kTaken;
}

void VmprofReader::setLayout() {
  const auto version = static_cast<Version>(version_);
  layout_.legacy = version < Version::kTag;
  layout_.threads = version >= Version::kThreadIds;
  layout_.pairs = !layout_.legacy && ((flags_ & kPairsFlag) != 0 || pypy_);
  layout_.lines = (flags_ & kLinesFlag) != 0 && !layout_.pairs;
  layout_.memory = (flags_ & kMemoryFlag) != 0 || version == Version::kMemory;
  layout_.native = (flags_ & kNativeFlag) != 0;
}

/// Two formats call themselves version 7. The released one begins a sample with the word 1, the fork with a
/// double: the number of seconds since the machine was started, which looks like no 1.
void VmprofReader::decideOnTheFork(std::span<const std::byte> bytes) {
  fork_decided_ = true;
  layout_.forked = layout_.forked || bytes[0] != static_cast<std::byte>(Marker::kSample) ||
                   layout_.wordAt(bytes.data() + 1) != 1;
  layout_.times = !layout_.forked;
  if (isWanted()) raw_.layout = layout_;
}

VmprofReader::Step VmprofReader::readSample(std::span<const std::byte> bytes, std::size_t& used) {
  if (!header_seen_) return damaged("a sample before the header: its layout is not known");
  if (bytes.size() < 1 + layout_.word) return Step::kShort;
  if (version_ == static_cast<std::uint16_t>(Version::kSampleTime) && !fork_decided_) decideOnTheFork(bytes);
  const std::size_t head = 1 + layout_.countSize() + layout_.word;
  if (bytes.size() < head) return Step::kShort;
  const std::int64_t count = layout_.forked ? 1 : layout_.wordAt(bytes.data() + 1);
  const std::int64_t depth = layout_.wordAt(bytes.data() + 1 + layout_.countSize());
  if (count != 1)
    return damaged(fmt::format("a sample that counts {} times; nothing behind it can be read", count));
  if (depth < 0 || depth > static_cast<std::int64_t>(kMaxDepth)) {
    return damaged(fmt::format("a stack of {} cells; nothing behind it can be read", depth));
  }
  const std::size_t cells = static_cast<std::size_t>(depth);
  const std::size_t size = head + cells * layout_.addr + layout_.tailSize();
  if (!any_sample_ && (flags_ & kPairsFlag) != 0 && (flags_ & kLinesFlag) != 0 && !layout_.memory) {
    if (bytes.size() < size + layout_.addr + 1) return Step::kShort;
    if (memoryIsHidden(bytes, size)) {
      layout_.memory = true;
      if (isWanted()) raw_.layout.memory = true;
      return readSample(bytes, used);
    }
  }
  if (bytes.size() < size) return Step::kShort;
  any_sample_ = true;
  used = size;
  if (cells % layout_.cellsPerFrame() != 0) {
    noteDamage(target_.info(), record_offset_, "a stack with half a frame: its last cell is left out");
  }
  if (!isWanted()) return Step::kTaken;
  RawProfile::Tail tail;
  const std::byte* at = bytes.data() + head + cells * layout_.addr;
  if (layout_.threads) tail.thread = layout_.cell(at), at += layout_.addr;
  if (layout_.memory) tail.memory_kb = layout_.cell(at), at += layout_.addr;
  if (layout_.times) tail.time = clockTime(littleEndian<std::int64_t>(at));
  if (layout_.forked)
    tail.time = clockTime(std::bit_cast<double>(littleEndian<std::uint64_t>(bytes.data() + 1)));
  tail.allocation = bytes[0] == static_cast<std::byte>(Marker::kAllocation);
  raw_.addSample(bytes.data() + head, cells / layout_.cellsPerFrame(), tail);
  return Step::kTaken;
}

/// A time, a number of cells and the cells. What they say has no place in a profile.
VmprofReader::Step VmprofReader::readObjects(std::span<const std::byte> bytes, std::size_t& used) {
  const std::size_t head = 1 + 8 + layout_.word;
  if (bytes.size() < head) return Step::kShort;
  constexpr std::int64_t kMostObjects = 1 << 24;
  const std::int64_t count = layout_.wordAt(bytes.data() + 9);
  if (count < 0 || count > kMostObjects)
    return damaged(fmt::format("a list of {} objects; nothing behind it can be read", count));
  if (bytes.size() < head + static_cast<std::size_t>(count) * layout_.addr) return Step::kShort;
  if (!fork_decided_) decideOnTheFork(bytes);
  used = head + static_cast<std::size_t>(count) * layout_.addr;
  if (isWanted()) ++object_lists_;
  return Step::kTaken;
}

/// PyPy writes its flags as a sum: enable(memory=2) reads as "lines, no memory" although memory is there.
bool VmprofReader::memoryIsHidden(std::span<const std::byte> bytes, std::size_t sample_size) const {
  return !isMarker(bytes[sample_size]) && isMarker(bytes[sample_size + layout_.addr]);
}

VmprofReader::Step VmprofReader::readName(std::span<const std::byte> bytes, std::size_t& used) {
  if (bytes.size() < 1 + layout_.addr) return Step::kShort;
  const std::uint64_t id = layout_.cell(bytes.data() + 1);
  std::size_t at = 1 + layout_.addr;
  std::string_view name;
  const Step step = readString(bytes, at, name);
  if (step != Step::kTaken) return step;
  used = at;
  // Ids go on counting in a later profile of the same process, so what came before it may name its code; not
  // after.
  if (part_ > wanted_) return Step::kTaken;
  if (bytes[0] == static_cast<std::byte>(Marker::kName)) {
    names_.addCode(id, name);
  } else {
    names_.addSymbol(id, name, layout_);
  }
  return Step::kTaken;
}

VmprofReader::Step VmprofReader::readMeta(std::span<const std::byte> bytes, std::size_t& used) {
  std::size_t at = 1;
  std::string_view key, value;
  for (std::string_view* into : {&key, &value}) {
    const Step step = readString(bytes, at, *into);
    if (step != Step::kTaken) return step;
  }
  used = at;
  if (key == kClockMeta && version_ == static_cast<std::uint16_t>(Version::kSampleTime) && !fork_decided_)
    layout_.forked = true;
  if (isWanted()) takeMeta(repairedUtf8(key), repairedUtf8(value));
  return Step::kTaken;
}

void VmprofReader::takeMeta(std::string key, std::string value) {
  const char* const end = value.data() + value.size();
  if (key == kWeightMeta) {
    // Ours, and no part of what the profile says of itself.
    std::from_chars(value.data(), end, raw_.weight_ns);
    return;
  }
  double seconds = 0;
  if (key == kClockMeta && std::from_chars(value.data(), end, seconds).ec == std::errc() && seconds > 0)
    raw_.clock_start = seconds;
  raw_.meta.insert_or_assign(std::move(key), std::move(value));
}

VmprofReader::Step VmprofReader::readTime(std::span<const std::byte> bytes, std::size_t& used) {
  const bool trailer = bytes[0] == static_cast<std::byte>(Marker::kTrailer);
  if (trailer && !header_seen_) return damaged("a trailer before the header");
  const bool timed = !trailer || version_ >= static_cast<std::uint16_t>(Version::kDuration);
  used = timed ? 1 + kTimeSize : 1;
  if (bytes.size() < used) return Step::kShort;
  if (timed && isWanted()) (trailer ? raw_.end_ns : raw_.start_ns) = nanoseconds(bytes.data() + 1);
  if (trailer) {
    between_ = true;
    finished_ = finished_ || isWanted();
    in_maps_ = version_ == static_cast<std::uint16_t>(Version::kBase);
  }
  return Step::kTaken;
}

void VmprofReader::readMaps(std::span<const std::byte> bytes) {
  const std::size_t taken = std::min(bytes.size(), kMostMaps - std::min(kMostMaps, raw_.maps.size()));
  if (isWanted()) raw_.maps.append(reinterpret_cast<const char*>(bytes.data()), taken);
}

VmprofReader::Step VmprofReader::readString(std::span<const std::byte> bytes, std::size_t& at,
                                            std::string_view& into) {
  if (bytes.size() < at + layout_.word) return Step::kShort;
  const std::int64_t length = layout_.wordAt(bytes.data() + at);
  if (length < 0 || length > kMaxString) {
    return damaged(fmt::format("a text of {} bytes; nothing behind it can be read", length));
  }
  at += layout_.word;
  if (bytes.size() < at + static_cast<std::size_t>(length)) return Step::kShort;
  into = {reinterpret_cast<const char*>(bytes.data()) + at, static_cast<std::size_t>(length)};
  at += into.size();
  return Step::kTaken;
}

VmprofReader::Step VmprofReader::damaged(std::string what) {
  noteDamage(target_.info(), record_offset_, std::move(what));
  return Step::kStop;
}

void VmprofReader::describeRun() {
  RunInfo& info = target_.info();
  info.format =
      fmt::format("vmprof {}{}", wanted_version_, raw_.layout.forked ? " of the research fork" : "");
  info.mode = (wanted_flags_ & kRealTimeFlag) != 0 ? Mode::kWall : Mode::kCpu;
  info.has_lines = raw_.layout.lines;
  info.has_times = false;  // see RawProfile::build
  info.true_weights = false;
  info.rate_asked_hz = raw_.period_ns > 0 ? 1e9 / static_cast<double>(raw_.period_ns) : 0;
  info.meta = raw_.meta;
  if (const auto argv = info.meta.find("argv"); argv != info.meta.end()) info.command = argv->second;
  info.finished = finished_;
  if (raw_.start_ns) info.start_unix_ns = *raw_.start_ns;
  if (raw_.start_ns && raw_.end_ns && *raw_.end_ns > *raw_.start_ns)
    info.duration_ns = *raw_.end_ns - *raw_.start_ns;
}

}  // namespace pyrometer::vmprof
