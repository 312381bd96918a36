#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "daemon/cli/jit_source.h"
#include "daemon/cli/jit_view.h"
#include "daemon/cli/styled_line.h"
#include "daemon/jit/assembled_places.h"
#include "daemon/jit/disassembler.h"
#include "daemon/jit/resume_place.h"
#include "daemon/support/figures.h"

namespace pyrometer {
namespace {

using jit::MergePoint;
using jit::Operation;
using jit::Stage;
using jit::StageBody;
using jit::StageId;
using jit::StageKind;
using jit::Trace;
using jit::TraceForest;
using jit::TraceId;

std::string timesText(std::uint64_t count) { return count == 1 ? "once" : countText(count) + " times"; }

std::string joined(std::string_view list) {
  std::string text;
  for (const std::string_view piece : jit::splitArguments(list)) {
    text += (text.empty() ? "" : ", ") + std::string(piece);
  }
  return text;
}

/// What of a descr is worth its room: a field's class and name instead of its whole path; nothing of those
/// that only say that they are one (where guards, labels and jumps lead is said beside them).
std::string shortDescr(const Operation& op) {
  if (op.role == jit::OpRole::kGuard || op.role == jit::OpRole::kLabel || op.role == jit::OpRole::kJump)
    return {};
  const std::string_view descr = op.descr;
  if (descr.find(" object at 0x") != std::string_view::npos) return {};
  const std::size_t blank = descr.find(' ');
  if (!descr.starts_with('<') || blank == std::string_view::npos) return std::string(descr);
  std::string_view path = descr.substr(blank + 1);
  path = path.substr(0, path.find_first_of(" >"));
  const std::size_t name = path.rfind('.');
  if (name == std::string_view::npos || name == 0) return std::string(descr);
  const std::size_t owner = path.rfind('.', name - 1);
  return std::string(owner == std::string_view::npos ? path : path.substr(owner + 1));
}

/// One stage, operation by operation.
class StageView {
 public:
  StageView(const TraceForest& forest, StageId id, JitSource& source, const Terminal& terminal)
      : forest_(forest),
        stage_(forest.stage(id)),
        source_(source),
        terminal_(terminal),
        unicode_(terminal.charset == Charset::kUnicode),
        disassembler_(forest.info().machine, forest.info().word_bits) {
    for (const jit::GuardBridge& one : forest.bridges(stage_.trace)) bridge_at_[one.guard.descr] = one.bridge;
    for (const jit::Label& label : forest.labels(stage_.trace)) label_counts_[label.descr] = label.count;
    for (const jit::Link& link : forest.links(stage_.trace)) {
      if (link.target) targets_[link.descr] = *link.target;
    }
  }

  Result<std::string> text() {
    auto body = forest_.read(id());
    if (!body) return body.error();
    title(*body);
    const std::vector<MergePoint>* points = &body->merge_points;
    StageBody optimised;
    if (stage_.kind == StageKind::kAssembled && stage_.optimised) {
      auto read = forest_.read(*stage_.optimised);
      if (!read) return read.error();
      const auto places = jit::assembledPlaces(forest_, *body, *read);
      for (std::size_t i = 0; i < places.size(); ++i) body->operations[i].merge_point = places[i];
      optimised = std::move(*read);
      points = &optimised.merge_points;
    }
    if (auto told = begin(*body, *points); !told) return told.error();
    std::uint32_t shown = 0;
    for (std::size_t i = 0; i < body->operations.size(); ++i) {
      const Operation& op = body->operations[i];
      if (op.merge_point > shown) mergePoints(*points, shown, op.merge_point);
      shown = std::max(shown, op.merge_point);
      operation(i, op);
    }
    mergePoints(*points, shown, static_cast<std::uint32_t>(points->size()));
    return std::move(out_);
  }

 private:
  static constexpr int kNumber = 5, kIndent = 9;

  StageId id() const { return StageId{static_cast<std::uint32_t>(&stage_ - forest_.allStages().data())}; }

  void title(const StageBody& body) {
    std::string what = "as recorded";
    if (stage_.kind == StageKind::kOptimised) what = "optimised";
    if (stage_.kind == StageKind::kAssembled) what = "as assembled";
    std::string figures =
        fmt::format("{} operations, {} guards", countText(stage_.operations), countText(stage_.guards));
    if (!stage_.code.empty()) {
      figures += fmt::format(", {} of code from {:#x}", bytesText(stage_.code.size()), stage_.code.start);
    }
    out_ += "\n" + StyledLine(terminal_).add(what, Style::kBold).add("  ").rest(figures, Style::kDim).text();
    if (!body.inputs.empty()) {
      out_ += paragraph(terminal_, std::string(kIndent, ' ') + "inputs ", joined(body.inputs), Style::kDim);
    }
  }

  /// Where a bridge begins has no merge point of its own.
  Result<void> begin(const StageBody& body, const std::vector<MergePoint>& points) {
    if (forest_.trace(stage_.trace).kind != jit::TraceKind::kBridge || body.operations.empty() ||
        body.operations.front().merge_point > 0)
      return {};
    auto place = jit::resumePlace(forest_, stage_.trace);
    if (!place) return place.error();
    if (*place) {
      begun_ = std::move(*place);
      sourceLine(begun_->point());
      const std::string opcode(begun_->point().opcode);
      out_ += paragraph(
          terminal_, std::string(kIndent, ' '),
          fmt::format("{}where it goes on from operation {} of trace {}", opcode.empty() ? "" : opcode + ", ",
                      begun_->operation, forest_.trace(begun_->trace).number),
          Style::kDim);
    } else if (!points.empty()) {
      sourceLine(points.front());
      out_ += paragraph(terminal_, std::string(kIndent, ' '),
                        "before its first instruction; the log does not tell where it begins", Style::kDim);
    }
    return {};
  }

  /// The source line when it is another one, and the instructions on it; those of one line together.
  void mergePoints(const std::vector<MergePoint>& points, std::uint32_t from, std::uint32_t to) {
    while (from < to) {
      const MergePoint& first = points[from];
      if (first.line != line_ || first.file != file_ || first.function != function_) sourceLine(first);
      std::string opcodes;
      for (; from < to && points[from].line == line_ && points[from].file == file_ &&
             points[from].function == function_;
           ++from) {
        const MergePoint& point = points[from];
        opcodes += opcodes.empty() ? "" : "  ";
        opcodes += point.opcode.empty() ? std::to_string(point.bytecode_index) : std::string(point.opcode);
      }
      out_ += paragraph(terminal_, std::string(kIndent, ' '), opcodes, Style::kDim);
    }
  }

  void sourceLine(const MergePoint& at) {
    if (at.file != file_ || at.function != function_) {
      StyledLine title(terminal_);
      title.blank(2).rest(at.function, Style::kBold);
      if (title.room() > 12)
        title.add("  ").leftPath(at.file, std::min(widthOf(at.file), title.room() - 2), Style::kDim);
      out_ += "\n" + title.text();
    }
    file_ = at.file;
    function_ = at.function;
    line_ = at.line;
    out_ += StyledLine(terminal_)
                .right(at.line == 0 ? "?" : std::to_string(at.line), kNumber, Style::kHeat1)
                .add(unicode_ ? " │ " : " | ", Style::kDim)
                .rest(expandTabs(source_.line(at.file, at.line)), Style::kHeat1)
                .text();
  }

  void operation(std::size_t number, const Operation& op) {
    std::string text;
    if (!op.result.empty()) text = std::string(op.result) + " = ";
    text += std::string(forest_.operationName(op.op)) + "(" + joined(op.arguments);
    if (const std::string descr = shortDescr(op); !descr.empty()) {
      text += (op.arguments.empty() ? "" : ", ") + descr;
    }
    text += ")";
    const std::string first = fmt::format("{:>{}}    ", number, kNumber);
    const std::string beside = besides(op);
    StyledLine line(terminal_);
    if (kIndent + widthOf(text) > terminal_.width) {
      out_ += paragraph(terminal_, first, text);
      if (!beside.empty())
        out_ += StyledLine(terminal_).blank(kIndent + 2).rest(beside, Style::kHeat2).text();
    } else {
      line.add(first, Style::kDim).add(text, op.role == jit::OpRole::kPlain ? Style::kPlain : Style::kBold);
      if (!beside.empty() && widthOf(beside) + 2 <= line.room()) {
        line.add("  ").add(beside, Style::kHeat2);
      } else if (!beside.empty()) {
        out_ += line.text();
        line = StyledLine(terminal_);
        line.blank(kIndent + 2).rest(beside, Style::kHeat2);
      }
      const std::string fails = "[" + joined(op.fail_arguments) + "]";
      if (!op.fail_arguments.empty() && widthOf(fails) + 2 <= line.room())
        line.add("  ").add(fails, Style::kDim);
      out_ += line.text();
    }
    if (stage_.kind == StageKind::kAssembled) machineCode(op);
  }

  int widthOf(std::string_view text) const { return displayWidth(printable(text, terminal_.charset)); }

  /// Where an operation leads, and how often it was taken.
  std::string besides(const Operation& op) const {
    const std::string_view arrow = unicode_ ? "→" : "->";
    if (op.role == jit::OpRole::kGuard) {
      const auto found = bridge_at_.find(op.descr_number);
      if (found == bridge_at_.end() || stage_.kind == StageKind::kRecorded) return {};
      const Trace& bridge = forest_.trace(found->second);
      std::string text = fmt::format("{} bridge {}", arrow, bridge.number);
      if (forest_.info().counters > 0) text += fmt::format(", {}", timesText(bridge.entries));
      return text;
    }
    if (op.role == jit::OpRole::kLabel) {
      const auto found = label_counts_.find(op.descr_number);
      if (found == label_counts_.end() || found->second == 0) return {};
      return fmt::format("passed {}", timesText(found->second));
    }
    if (stage_.kind == StageKind::kRecorded) return {};
    if (op.role == jit::OpRole::kJump || op.role == jit::OpRole::kCallAssembler) {
      const auto found = targets_.find(op.descr_number);
      if (found == targets_.end()) return fmt::format("{} a trace that the log does not have", arrow);
      return found->second == stage_.trace
                 ? fmt::format("{} this trace", arrow)
                 : fmt::format("{} trace {}", arrow, forest_.trace(found->second).number);
    }
    return {};
  }

  void machineCode(const Operation& op) {
    if (!op.has_code || op.code.empty()) return;
    const int digits = forest_.info().word_bits == 32 ? 8 : 12;
    const bool with_bytes = terminal_.width >= 100;
    for (const auto& one : disassembler_.disassemble(op.code, stage_.code.start + op.code_offset)) {
      StyledLine line(terminal_);
      line.blank(kIndent + 2).add(fmt::format("{:0{}x}  ", one.address, digits), Style::kDim);
      if (with_bytes) {
        std::string hex;
        for (const std::byte byte : one.bytes) hex += fmt::format("{:02x} ", std::to_integer<unsigned>(byte));
        line.left(hex, 32, Style::kDim);
      }
      out_ += line.rest(one.text, Style::kDim).text();
    }
  }

  const TraceForest& forest_;
  const Stage& stage_;
  JitSource& source_;
  const Terminal& terminal_;
  bool unicode_;
  jit::Disassembler disassembler_;
  std::unordered_map<jit::DescrNumber, TraceId> bridge_at_, targets_;
  std::unordered_map<jit::DescrNumber, std::uint64_t> label_counts_;
  std::optional<jit::ResumePlace> begun_;  ///< file_ and function_ may point into it
  std::string_view file_, function_;
  std::uint32_t line_ = UINT32_MAX;
  std::string out_;
};

/// What is known of the trace as a whole.
std::string headText(const TraceForest& forest, TraceId id, const Terminal& terminal) {
  const Trace& trace = forest.trace(id);
  StyledLine title(terminal);
  title.add(fmt::format("trace {}", trace.number), Style::kBold);
  title.add(
      fmt::format("  {}{}", kindText(trace.kind),
                  trace.end == jit::TraceEnd::kCompiled ? "" : fmt::format(", {}", endText(trace.end))));
  if (trace.first_place) {
    const auto& place = forest.sources().place(*trace.first_place);
    title.add("  ").rest(forest.sources().function(place.function).name);
    const std::string at = fmt::format("{}:{}", forest.sources().file(place.file), place.line);
    if (title.room() > 12) {
      const int width = std::min(displayWidth(printable(at, terminal.charset)), title.room() - 2);
      title.add("  ").leftPath(at, width, Style::kDim);
    }
  } else if (!trace.driver.empty()) {
    title.add("  ").rest(trace.driver, Style::kDim);
  }
  std::string out = title.text();

  std::string runs;
  if (forest.info().counters == 0) {
    runs = "the log has no counters: the program was killed, or is still running";
  } else {
    runs =
        trace.entries == 0 ? "never counted as entered" : fmt::format("entered {}", timesText(trace.entries));
    if (trace.iterations > 0) runs += fmt::format("; its label passed {}", timesText(trace.iterations));
    if (trace.failures > 0) runs += fmt::format("; left by bridges {}", timesText(trace.failures));
  }
  out += paragraph(terminal, "  ", runs);
  std::string sizes = fmt::format("{} operations recorded", countText(trace.recorded_operations));
  if (trace.optimised_operations > 0) {
    sizes += fmt::format(", {} optimised with {} guards", countText(trace.optimised_operations),
                         countText(trace.guards));
  }
  if (trace.code_bytes > 0) sizes += fmt::format(", {} of code", bytesText(trace.code_bytes));
  out += paragraph(terminal, "  ", sizes);
  if (trace.parent) {
    out += paragraph(terminal, "  ",
                     fmt::format("hangs on operation {} of trace {}", trace.guard->operation,
                                 forest.trace(*trace.parent).number));
  } else if (trace.kind == jit::TraceKind::kBridge) {
    out += paragraph(terminal, "  ", "hangs on a guard of a trace that the log does not have");
  }
  std::string bridges;
  for (const jit::GuardBridge& one : forest.bridges(id)) {
    bridges += fmt::format("{}{} at operation {}", bridges.empty() ? "" : ", ",
                           forest.trace(one.bridge).number, one.guard.operation);
  }
  if (!bridges.empty()) out += paragraph(terminal, "  bridges: ", bridges);
  if (trace.code_reused) {
    out += paragraph(terminal, "  ", "its code's memory was used for other traces as well, before or after");
  }
  return out;
}

}  // namespace

Result<std::vector<StageId>> stagesToShow(const TraceForest& forest, TraceId trace,
                                          std::optional<StageKind> stage) {
  std::vector<StageId> found;
  std::string others;
  const auto stages = forest.stages(trace);
  const auto collect = [&](StageKind kind) {
    for (const StageId id : stages) {
      if (forest.stage(id).kind == kind) found.push_back(id);
    }
  };
  if (stage) {
    collect(*stage);
  } else {
    collect(StageKind::kOptimised);
    if (found.empty()) collect(StageKind::kRecorded);
    if (found.empty()) collect(StageKind::kAssembled);
    return found;
  }
  if (!found.empty()) return found;
  for (const StageKind kind : {StageKind::kRecorded, StageKind::kOptimised, StageKind::kAssembled}) {
    const bool has =
        std::any_of(stages.begin(), stages.end(), [&](StageId id) { return forest.stage(id).kind == kind; });
    if (has) others.append(others.empty() ? "" : ", ").append(stageText(kind));
  }
  return Error{fmt::format("trace {} has no stage {}; {}", forest.trace(trace).number, stageText(*stage),
                           others.empty() ? "it has none at all: it was started and came to nothing"
                                          : "it has " + others),
               forest.info().path};
}

Result<std::string> jitTraceView(const TraceForest& forest, TraceId trace, std::optional<StageKind> stage,
                                 const Terminal& terminal) {
  const auto stages = stagesToShow(forest, trace, stage);
  if (!stages) return stages.error();
  std::string out = headText(forest, trace, terminal);
  if (stages->empty()) {
    out += paragraph(terminal, "  ", "It was started and came to nothing; the log does not say why.");
  }
  JitSource source(forest);
  for (const StageId id : *stages) {
    auto text = StageView(forest, id, source, terminal).text();
    if (!text) return text;
    out += *text;
  }
  if (source.fromDisk()) {
    out +=
        "\n" + paragraph(terminal,
                         "note: ", "the log holds no sources; lines are those of the files as they are now");
  }
  return out;
}

}  // namespace pyrometer
