#include "daemon/importers/jitlog/indexer.h"

#include <algorithm>

#include "daemon/support/read_window.h"
#include "daemon/support/utf.h"

namespace pyrometer::jitlog {
namespace {

std::string markText(std::byte mark) {
  constexpr char kDigits[] = "0123456789abcdef";
  const auto value = std::to_integer<unsigned>(mark);
  return {'0', 'x', kDigits[value >> 4], kDigits[value & 15]};
}

}  // namespace

void Indexer::noteDamage(std::uint64_t offset, std::string what) {
  forest_.info().damage.push_back({offset, std::move(what)});
}

Result<void> Indexer::run(ReadingWatch& watch) {
  std::vector<std::byte> window = readWindow(file_.size());
  std::uint64_t begin = 0;  // of the window, in the file
  std::size_t filled = 0;   // of the window
  while (begin + filled < file_.size()) {
    const auto got = file_.readAt(begin + filled, std::span(window).subspan(filled));
    if (!got) return got.error();
    filled += *got;
    Step last = Step::kRead;
    const std::size_t used = readMarks(std::span(window).first(filled), begin, last);
    begin += used;
    filled -= used;
    if (auto going_on = watch.at(begin); !going_on) return going_on;
    if (last == Step::kDamaged) {
      const auto empty = onlyZeros(begin, watch);
      if (!empty) return empty.error();
      if (*empty) break;
      noteDamage(begin, "no mark of a jitlog (" + markText(window[used]) +
                            "), or one that makes no sense; what follows is not read");
      break;
    }
    if (last == Step::kAnotherLog) {
      noteDamage(begin, "a log of another kind begins here; it is not read");
      break;
    }
    std::copy_n(window.begin() + static_cast<std::ptrdiff_t>(used), filled, window.begin());
    if (begin + filled == file_.size() && filled > 0)
      noteDamage(begin, "the log is cut within its last mark");
    // A mark larger than the window: more of it, while that makes sense.
    if (filled == window.size() && filled > 0) {
      if (filled >= kLargestMark) {
        noteDamage(begin, "a mark claims to be larger than any can be; what follows is not read");
        break;
      }
      window.resize(window.size() * 2);
    }
  }
  if (astray_ > 0) {
    noteDamage(0, std::to_string(astray_) + " marks belong to a stage that never began; they are left out");
  }
  return {};
}

/// Room that was made for a log ahead of its writing, and that a killed program left.
Result<bool> Indexer::onlyZeros(std::uint64_t offset, ReadingWatch& watch) const {
  std::vector<std::byte> window = readWindow(file_.size() - offset);
  while (offset < file_.size()) {
    const auto got = file_.readAt(offset, window);
    if (!got) return got.error();
    const auto bytes = std::span(window).first(*got);
    if (std::any_of(bytes.begin(), bytes.end(), [](std::byte b) { return b != std::byte{0}; })) return false;
    offset += *got;
    if (auto going_on = watch.at(offset); !going_on) return going_on.error();
  }
  return true;
}

std::size_t Indexer::readMarks(std::span<const std::byte> window, std::uint64_t offset, Step& last) {
  ByteReader in(window);
  std::size_t used = 0;
  while (!in.atEnd()) {
    readMark(in, offset + used);
    if (!in.good()) {
      last = in.state() == ByteReader::State::kShort ? Step::kCut : Step::kDamaged;
      break;
    }
    if (another_log_) {
      last = Step::kAnotherLog;
      break;
    }
    used = in.position();
  }
  return used;
}

void Indexer::readMark(ByteReader& in, std::uint64_t offset) {
  const std::size_t begin = in.position();
  const auto mark = static_cast<Mark>(in.u8());
  bool of_stage = true;
  switch (mark) {
    case Mark::kOperation:
    case Mark::kOperationDescr:
      readOperationMark(in, mark);
      break;
    case Mark::kCode:
      in.little<std::uint16_t>();
      readText(in);
      break;
    case Mark::kMergePoint:
      readMergePoint(in);
      break;
    case Mark::kCommonPrefix:
      points_.readPrefix(in);
      break;
    case Mark::kInitMergePoint:
      points_.readInit(in);
      break;
    case Mark::kInputArgs:
      readText(in);
      break;
    case Mark::kCodeRange: {
      const std::uint64_t start = layout_->address(in), end = layout_->address(in);
      if (in.good() && forest_.inStage()) forest_.addCode({start, end});
      break;
    }
    default:
      of_stage = false;
      break;
  }
  if (of_stage) {
    if (!in.good()) return;
    if (forest_.inStage()) {
      forest_.extendStage(offset + in.position() - begin);
    } else {
      ++astray_;
    }
    return;
  }
  switch (mark) {
    case Mark::kRecorded:
      return openStage(in, jit::StageKind::kRecorded, offset);
    case Mark::kOptimised:
      return openStage(in, jit::StageKind::kOptimised, offset);
    case Mark::kAssembled:
      return openStage(in, jit::StageKind::kAssembled, offset);
    case Mark::kStartTrace:
      return readStart(in);
    case Mark::kCounter:
      return readCounter(in);
    case Mark::kSourceCode:
      return readSource(in);
    case Mark::kHeader:
      return readHeader(in);
    case Mark::kOperationTable:
      return readTable(in);
    case Mark::kStitchBridge: {
      const jit::DescrNumber guard = layout_->address(in);
      const std::uint64_t start = layout_->address(in);
      if (in.good()) forest_.stitch(guard, start);
      return;
    }
    case Mark::kAbortTrace: {
      const std::uint64_t number = layout_->address(in);
      if (in.good()) forest_.abortTrace(number);
      return;
    }
    case Mark::kRedirectAssembler: {
      const jit::DescrNumber from = layout_->address(in), to = layout_->address(in);
      const std::uint64_t target = layout_->address(in);
      if (in.good()) forest_.redirect(from, to, target);
      return;
    }
    case Mark::kTemporaryCallback:
      layout_->address(in);
      in.little<std::uint64_t>();
      if (in.good()) ++forest_.info().temporary_callbacks;
      return;
    default:
      return in.markBad();
  }
}

void Indexer::openStage(ByteReader& in, jit::StageKind kind, std::uint64_t offset) {
  const std::uint64_t number = layout_->address(in);
  if (!in.good()) return;
  forest_.beginStage(kind, number, offset);
  forest_.extendStage(offset + 1 + (layout_->narrow ? 4 : 8));
  points_.beginStage();
  source_file_.reset();
}

void Indexer::readHeader(ByteReader& in) {
  const int version = in.little<std::uint16_t>();
  const bool narrow = in.u8() == 1;
  const std::string_view machine = readText(in);
  if (!in.good()) return;
  jit::LogInfo& info = forest_.info();
  if (info.headers > 0) {
    another_log_ = version != info.version || narrow != layout_->narrow || machine != info.machine;
    if (!another_log_) ++info.headers;
    return;
  }
  if (version < version::kFirst) return in.markBad();
  info.headers = 1;
  info.version = version;
  info.word_bits = narrow ? 32 : 64;
  info.machine = repairedUtf8(machine);
  layout_->version = std::min(version, version::kLast);
  layout_->narrow = narrow;
  if (version > version::kLast) {
    info.notes.push_back("the log is of version " + std::to_string(version) +
                         ", which is newer than the last one known here (" + std::to_string(version::kLast) +
                         "); it is read as that one, and may be misread");
  }
}

void Indexer::readTable(ByteReader& in) {
  // Once to see whether it is whole, once to take it.
  const ByteReader front = in;
  const auto count = in.little<std::uint16_t>();
  for (unsigned i = 0; i < count && in.good(); ++i) {
    in.little<std::uint16_t>();
    readText(in);
  }
  if (!in.good()) return;
  ByteReader again = front;
  again.little<std::uint16_t>();
  for (unsigned i = 0; i < count; ++i) {
    const auto number = again.little<std::uint16_t>();
    const std::string name = repairedUtf8(readText(again));
    const LogLayout::Op known = layout_->op(number);
    const jit::OpCode code = forest_.internOperation(name);
    if (known.known && known.code != code) {
      another_log_ = true;
      return;
    }
    layout_->setOp(number, {code, jit::roleOf(name), true});
  }
}

LogLayout::Op Indexer::unknownOperation(std::uint16_t number) {
  const LogLayout::Op op{forest_.internOperation("operation " + std::to_string(number)), jit::OpRole::kPlain,
                         true};
  layout_->setOp(number, op);
  return op;
}

void Indexer::readOperationMark(ByteReader& in, Mark mark) {
  const RawOperation raw = readOperation(in, mark, *layout_);
  if (!in.good() || !forest_.inStage()) return;
  LogLayout::Op op = layout_->op(raw.number);
  if (!op.known) op = unknownOperation(raw.number);
  forest_.addOperation(op.code);
  if (op.role == jit::OpRole::kPlain) return;
  const bool has_descr = mark == Mark::kOperationDescr;
  switch (op.role) {
    case jit::OpRole::kGuard:
      forest_.addGuard(has_descr ? std::optional(raw.descr) : std::nullopt);
      break;
    case jit::OpRole::kLabel:
      if (has_descr) forest_.addLabel(raw.descr);
      break;
    case jit::OpRole::kJump:
      if (has_descr) forest_.addLink(jit::LinkKind::kJump, raw.descr, std::nullopt);
      break;
    case jit::OpRole::kCallAssembler:
      if (has_descr) {
        forest_.addLink(jit::LinkKind::kCallAssembler, raw.descr,
                        jit::loopNumber(splitDescr(raw.arguments).descr));
      }
      break;
    default:
      break;
  }
}

void Indexer::readMergePoint(ByteReader& in) {
  points_.readPoint(in, false);
  if (!in.good() || !forest_.inStage()) return;
  forest_.addMergePoint();
  using Field = MergePoints::Field;
  if (!points_.has(Field::kFile) && !points_.has(Field::kFunction)) return;
  jit::PlaceBuilder& places = forest_.places();
  const bool other_file = points_.takeChanged(Field::kFile),
             other_function = points_.takeChanged(Field::kFunction);
  if (other_file || other_function || !source_file_) {
    if (other_file || !source_file_) source_file_ = places.internFile(points_.text(Field::kFile));
    function_ = places.internFunction(*source_file_, points_.text(Field::kFunction));
  }
  places.addPlace(forest_.stageTrace(), function_, points_.line());
}

void Indexer::readStart(ByteReader& in) {
  const std::uint64_t number = layout_->address(in);
  const std::string_view kind = readText(in);
  const jit::DescrNumber descr = layout_->address(in);
  const std::string_view driver =
      layout_->version >= version::kFailArguments ? readText(in) : std::string_view();
  if (!in.good()) return;
  using Begin = jit::ForestBuilder::Begin;
  forest_.startTrace(number, kind == "loop" ? Begin::kLoop : Begin::kFromDescr, descr, driver);
}

void Indexer::readCounter(ByteReader& in) {
  const std::uint64_t number = layout_->address(in);
  const char type = static_cast<char>(in.u8());
  const auto times = in.little<std::uint64_t>();
  if (!in.good()) return;
  using Counter = jit::ForestBuilder::Counter;
  if (type == 'e') return forest_.count(Counter::kEntry, number, times);
  if (type == 'b') return forest_.count(Counter::kBridge, number, times);
  if (type == 'l') return forest_.count(Counter::kLabel, number, times);
  in.markBad();
}

void Indexer::readSource(ByteReader& in) {
  const ByteReader front = in;
  const std::string_view name = readText(in);
  const auto count = in.little<std::uint16_t>();
  const auto readLine = [](ByteReader& from, auto&& take) {
    const auto line = from.little<std::uint16_t>();
    const std::uint8_t indent = from.u8();
    take(line, indent, readText(from));
  };
  for (unsigned i = 0; i < count && in.good(); ++i) readLine(in, [](auto, auto, auto) {});
  if (!in.good()) return;
  ByteReader again = front;
  readText(again);
  again.little<std::uint16_t>();
  const jit::FileId file = forest_.places().internFile(name);
  for (unsigned i = 0; i < count; ++i) {
    readLine(again, [&](std::uint32_t line, std::uint8_t indent, std::string_view text) {
      forest_.places().addText(file, line, indent, text);
    });
  }
}

}  // namespace pyrometer::jitlog
