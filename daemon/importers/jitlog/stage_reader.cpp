#include "daemon/importers/jitlog/stage_reader.h"

#include "daemon/importers/jitlog/merge_points.h"

namespace pyrometer::jitlog {
namespace {

/// The marks of one stage on their way into a StageBody. Those of others in between are passed over.
class BodyReader {
 public:
  BodyReader(const LogLayout& layout, jit::StageBody& body) : layout_(layout), body_(body) {}

  /// False if the bytes are no marks: the file is not what it was.
  bool read(std::span<const std::byte> bytes) {
    ByteReader in(bytes);
    while (!in.atEnd() && in.good()) readMark(in);
    return in.good();
  }

 private:
  void readMark(ByteReader& in) {
    const auto mark = static_cast<Mark>(in.u8());
    switch (mark) {
      case Mark::kRecorded:
      case Mark::kOptimised:
      case Mark::kAssembled:
      case Mark::kAbortTrace:
        layout_.address(in);
        break;
      case Mark::kInputArgs:
        body_.inputs = readText(in);
        break;
      case Mark::kOperation:
      case Mark::kOperationDescr:
        addOperation(in, mark);
        break;
      case Mark::kCode:
        addCode(in);
        break;
      case Mark::kInitMergePoint:
        points_.readInit(in);
        break;
      case Mark::kCommonPrefix:
        points_.readPrefix(in);
        break;
      case Mark::kMergePoint:
        addMergePoint(in);
        break;
      case Mark::kCodeRange:
      case Mark::kStitchBridge:
        layout_.address(in);
        layout_.address(in);
        break;
      case Mark::kStartTrace:
        layout_.address(in);
        readText(in);
        layout_.address(in);
        if (layout_.version >= version::kFailArguments) readText(in);
        break;
      case Mark::kCounter:
        layout_.address(in);
        in.bytes(9);
        break;
      case Mark::kRedirectAssembler:
        layout_.address(in);
        layout_.address(in);
        layout_.address(in);
        break;
      case Mark::kTemporaryCallback:
        layout_.address(in);
        in.bytes(8);
        break;
      case Mark::kHeader:
        in.bytes(3);
        readText(in);
        break;
      case Mark::kOperationTable:
        for (unsigned left = in.little<std::uint16_t>(); left > 0 && in.good(); --left) {
          in.little<std::uint16_t>();
          readText(in);
        }
        break;
      case Mark::kSourceCode:
        readText(in);
        for (unsigned left = in.little<std::uint16_t>(); left > 0 && in.good(); --left) {
          in.bytes(3);
          readText(in);
        }
        break;
      default:
        in.markBad();
    }
  }

  void addOperation(ByteReader& in, Mark mark) {
    const RawOperation raw = readOperation(in, mark, layout_);
    if (!in.good()) return;
    const LogLayout::Op known = layout_.op(raw.number);
    jit::Operation op;
    op.op = known.code;
    op.role = known.role;
    const std::size_t comma = raw.arguments.find(',');
    const std::string_view result = raw.arguments.substr(0, comma);
    if (result != "?") op.result = result;
    if (comma != std::string_view::npos) op.arguments = raw.arguments.substr(comma + 1);
    if (mark == Mark::kOperationDescr) {
      // The result is no argument, and of two texts the second is the descr.
      const SplitDescr split = splitDescr(raw.arguments);
      op.descr = split.descr;
      op.arguments = split.arguments.size() > result.size() ? split.arguments.substr(result.size() + 1)
                                                            : std::string_view();
      op.descr_number = raw.descr;
    }
    op.fail_arguments = raw.fail_arguments;
    op.merge_point = static_cast<std::uint32_t>(body_.merge_points.size());
    body_.operations.push_back(op);
  }

  /// Offsets are cut to 16 bits; the next piece begins where the last one ended, or behind that.
  void addCode(ByteReader& in) {
    const std::uint64_t offset = in.little<std::uint16_t>();
    const auto code = in.bytes(in.little<std::uint32_t>());
    if (!in.good() || body_.operations.empty()) return;
    std::uint64_t at = (code_end_ & ~std::uint64_t{0xffff}) | offset;
    if (at < code_end_) at += 0x10000;
    jit::Operation& op = body_.operations.back();
    op.has_code = true;
    op.code_offset = at;
    op.code = code;
    code_end_ = at + code.size();
  }

  void addMergePoint(ByteReader& in) {
    points_.readPoint(in, true);
    if (!in.good()) return;
    using Field = MergePoints::Field;
    jit::MergePoint point;
    point.file = kept(Field::kFile, last_.file);
    point.function = kept(Field::kFunction, last_.function);
    point.opcode = kept(Field::kOpcode, last_.opcode);
    point.line = points_.line();
    if (points_.has(Field::kBytecode)) {
      point.bytecode_index = static_cast<std::int64_t>(points_.number(Field::kBytecode));
    }
    point.operation = static_cast<std::uint32_t>(body_.operations.size());
    body_.merge_points.push_back(point);
    last_ = point;
  }

  std::string_view kept(MergePoints::Field field, std::string_view last) {
    return points_.takeChanged(field) ? body_.texts.keep(points_.text(field)) : last;
  }

  const LogLayout& layout_;
  jit::StageBody& body_;
  MergePoints points_;
  jit::MergePoint last_;
  std::uint64_t code_end_ = 0;
};

}  // namespace

Result<jit::StageBody> StageReader::read(const jit::Stage& stage) const {
  const auto changed = [this] {
    return Error{"is not any more what it was when it was opened; open it again", file_.path()};
  };
  if (const auto same = file_.unchanged(); !same) return same.error();
  const std::uint64_t size = stage.end - stage.begin;
  jit::StageBody body;
  body.bytes = std::make_unique_for_overwrite<std::byte[]>(size);
  const std::span bytes(body.bytes.get(), static_cast<std::size_t>(size));
  const auto got = file_.readAt(stage.begin, bytes);
  if (!got) return got.error();
  body.operations.reserve(stage.operations);
  body.merge_points.reserve(stage.merge_points);
  if (*got != size || !BodyReader(*layout_, body).read(bytes)) return changed();
  if (body.operations.size() != stage.operations || body.merge_points.size() != stage.merge_points) {
    return changed();
  }
  return body;
}

}  // namespace pyrometer::jitlog
