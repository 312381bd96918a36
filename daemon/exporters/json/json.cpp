#include "daemon/exporters/json/json.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/exporters/buffered_sink.h"
#include "daemon/exporters/json_text.h"

namespace pyrometer {
namespace {

constexpr int kFormatVersion = 1;

std::string_view word(bool value) { return value ? "true" : "false"; }

std::string_view wordOf(Owner owner) {
  constexpr std::array<std::string_view, 4> kWords = {"user", "library", "import", "native"};
  return kWords.at(static_cast<std::size_t>(owner));
}

std::string_view wordOf(FunctionKind kind) {
  constexpr std::array<std::string_view, 4> kWords = {"python", "native", "elided", "unknown"};
  return kWords.at(static_cast<std::size_t>(kind));
}

std::string_view wordOf(DropReason reason) {
  constexpr std::array<std::string_view, static_cast<std::size_t>(DropReason::kCount)> kWords = {
      "ringFull", "noSegment", "tornStack", "unanswered", "unreadable", "damagedRecord"};
  return kWords.at(static_cast<std::size_t>(reason));
}

/// What a sample's two states are called, by their numbers; the document says it itself.
constexpr std::string_view kVmStates = R"(["unknown","interpreter","warmup","jit","gc","native"])";
constexpr std::string_view kThreadStates = R"(["unknown","running","waitingForGil","offCpu"])";

class Writer {
 public:
  Writer(const Profile& profile, ByteSink& sink) : profile_(profile), out_(sink) {}

  Result<void> write() {
    out_.put(fmt::format(R"({{"format":"pyrometer-profile","version":{},)", kFormatVersion));
    out_.put("\n");
    putRun();
    putRows("files", profile_.files(), [&](std::uint32_t i) { return fileText(profile_.files()[i]); });
    putRows("functions", profile_.functions(),
            [&](std::uint32_t i) { return functionText(profile_.functions()[i]); });
    putRows("spans", profile_.spans(), [&](std::uint32_t i) { return spanText(profile_.spans()[i]); });
    putRows("frames", profile_.frames(), [&](std::uint32_t i) { return frameText(profile_.frames()[i]); });
    // As text: the numbers of many a language would lose some of their bits.
    putRows("jitBlocks", profile_.jitBlocks(),
            [&](std::uint32_t i) { return fmt::format("\"{:#x}\"", profile_.jitBlocks()[i]); });
    putRows("stacks", profile_.stacks(), [&](std::uint32_t i) { return stackText(profile_.stacks()[i]); });
    putRows("processes", profile_.processes(),
            [&](std::uint32_t i) { return processText(profile_.processes()[i]); });
    putRows("threads", profile_.threads(),
            [&](std::uint32_t i) { return threadText(profile_.threads()[i]); });
    putRows("memory", profile_.memory(), [&](std::uint32_t i) { return memoryText(profile_.memory()[i]); });
    putRows("sources", profile_.sources(),
            [&](std::uint32_t i) { return sourceText(profile_.sources()[i]); });
    putSamples();
    out_.put("}\n");
    return out_.flush();
  }

 private:
  std::string text(StringId id) const { return jsonText(profile_.string(id)); }

  template <class Column, class RowText>
  void putRows(std::string_view name, const Column& column, RowText row) {
    out_.put(fmt::format("\"{}\":[", name));
    for (std::uint32_t i = 0; i < column.size() && out_.good(); ++i) {
      out_.put(i == 0 ? "\n" : ",\n");
      out_.put(row(i));
    }
    out_.put("],\n");
  }

  template <class Items, class ItemText>
  static std::string list(const Items& items, ItemText item_text) {
    std::string texts = "[";
    for (const auto& item : items) {
      if (texts.size() > 1) texts += ',';
      texts += item_text(item);
    }
    return texts += ']';
  }

  void putRun() {
    const RunInfo& run = profile_.info();
    const auto quoted = [](const std::string& words) { return jsonText(words); };
    std::string drops, meta;
    for (std::size_t i = 0; i < static_cast<std::size_t>(DropReason::kCount); ++i) {
      drops +=
          fmt::format("{}\"{}\":{}", i == 0 ? "" : ",", wordOf(static_cast<DropReason>(i)), run.drops[i]);
    }
    for (const auto& [key, value] : run.meta)
      meta += fmt::format("{}{}:{}", meta.empty() ? "" : ",", jsonText(key), jsonText(value));
    const std::string damage = list(run.damage, [](const Damage& each) {
      return fmt::format(R"({{"offset":{},"what":{}}})", each.offset, jsonText(each.what));
    });
    out_.put(fmt::format(
        R"("run":{{"format":{},"interpreter":{},"command":{},"argv":{},"workingDirectory":{},"host":{},)"
        R"("mode":"{}","outside":{},"hasLines":{},"hasTimes":{},"trueWeights":{},"rateAskedHz":{},"rateAuto":{},)"
        R"("startUnixNs":{},"durationNs":{},"cpuNs":{},"finished":{},"waitStatus":{},"part":{},"parts":{},)"
        R"("samples":{},"totalWeightNs":{},"importSamples":{},"importTimeNs":{},"unknownCodeSamples":{},)"
        R"("drops":{{{}}},"notes":{},"damage":{},"meta":{{{}}}}},)",
        jsonText(run.format), jsonText(run.interpreter), jsonText(run.command), list(run.argv, quoted),
        jsonText(run.working_directory), jsonText(run.host), run.mode == Mode::kWall ? "wall" : "cpu",
        word(run.outside), word(run.has_lines), word(run.has_times), word(run.true_weights),
        run.rate_asked_hz, word(run.rate_auto), run.start_unix_ns, run.duration_ns, run.cpu_ns,
        word(run.finished), run.format.starts_with("vmprof") ? "null" : std::to_string(run.exit_status),
        run.part + 1, run.parts, profile_.sampleCount(), profile_.totalWeight(), profile_.importSamples(),
        profile_.importTime(), run.unknown_code_samples, drops, list(run.notes, quoted), damage, meta));
    out_.put("\n");
  }

  std::string fileText(const File& file) const {
    return fmt::format(R"({{"path":{},"owner":"{}","generated":{}}})", text(file.path), wordOf(file.owner),
                       word(file.generated));
  }
  std::string functionText(const Function& function) const {
    return fmt::format(R"({{"name":{},"file":{},"line":{},"kind":"{}"}})", text(function.name),
                       index(function.file), function.first_line, wordOf(function.kind));
  }
  std::string spanText(const Span& span) const {
    const Line& line = profile_.line(span.line);
    return fmt::format("[{},{},{},{},{}]", index(line.file), line.line, span.columns.begin,
                       span.columns.lines, span.columns.end);
  }
  std::string frameText(const Frame& frame) const {
    const std::string span = frame.span ? std::to_string(index(*frame.span)) : "null";
    const std::string block = frame.blockId() ? std::to_string(frame.block) : "null";
    return fmt::format("[{},{},{},{}]", index(frame.function), profile_.line(frame.line).line, span, block);
  }
  static std::string stackText(const StackNode& stack) {
    return stack.parentId() ? fmt::format("[{},{}]", index(*stack.parentId()), index(stack.frame))
                            : fmt::format("[null,{}]", index(stack.frame));
  }
  std::string processText(const Process& process) const {
    return fmt::format(R"({{"pid":{},"command":{},"interpreter":{}}})", process.pid, text(process.command),
                       text(process.interpreter));
  }
  std::string threadText(const Thread& thread) const {
    return fmt::format(R"({{"process":{},"tid":{},"name":{},"task":{},"thread":{}}})", index(thread.process),
                       thread.tid, text(thread.name), text(thread.task), index(thread.thread));
  }
  static std::string memoryText(const MemoryPoint& point) {
    return fmt::format("[{},{},{}]", index(point.process), point.time, point.rss);
  }
  std::string sourceText(const Source& source) const {
    return fmt::format(R"({{"file":{},"changedDuringRun":{},"text":{}}})", index(source.file),
                       word(source.changed_during_run), text(source.text));
  }

  void putSamples() {
    out_.put(fmt::format("\"vmStates\":{},\"threadStates\":{},\n\"samples\":[", kVmStates, kThreadStates));
    std::string row;
    for (std::size_t i = 0; i < profile_.sampleCount() && out_.good(); ++i) {
      const Sample sample = profile_.sample(i);
      row.clear();
      fmt::format_to(std::back_inserter(row), "{}[{},{},{},{},{},{}]", i == 0 ? "\n" : ",\n",
                     index(sample.stack), index(sample.thread), sample.time, sample.weight,
                     static_cast<unsigned>(sample.state.vm), static_cast<unsigned>(sample.state.thread));
      out_.put(row);
    }
    out_.put("]");
  }

  const Profile& profile_;
  BufferedSink out_;
};

class JsonExporter : public Exporter {
 public:
  std::string_view name() const override { return "json"; }
  std::string_view description() const override { return "everything, as JSON for programs of any language"; }
  std::string_view extension() const override { return ".json"; }
  std::vector<std::string> losses(const Profile&, const ExportOptions&) const override { return {}; }
  Result<void> write(const Profile& profile, const ExportOptions&, ByteSink& sink) const override {
    return Writer(profile, sink).write();
  }
};

}  // namespace

const Exporter& jsonExporter() {
  static const JsonExporter kExporter;
  return kExporter;
}

}  // namespace pyrometer
