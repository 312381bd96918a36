// Made by protocol/generate.py of protocol/schema.json and protocol/lsp.json. Change those, and run it again.
#include "protocol/messages.h"

#include <nlohmann/json.hpp>

#include "protocol/json_definitions.h"

namespace pyrometer::protocol {
namespace conversion {

template <>
struct Words<RunMode> {
  static constexpr bool kNumbers = false;
  static constexpr Word kWords[] = {
      {"cpu", static_cast<int>(RunMode::kCpu)},
      {"wall", static_cast<int>(RunMode::kWall)},
  };
};

template <>
struct Words<ProfileState> {
  static constexpr bool kNumbers = false;
  static constexpr Word kWords[] = {
      {"running", static_cast<int>(ProfileState::kRunning)},
      {"finished", static_cast<int>(ProfileState::kFinished)},
      {"file", static_cast<int>(ProfileState::kFile)},
  };
};

template <>
struct Words<Verdict> {
  static constexpr bool kNumbers = false;
  static constexpr Word kWords[] = {
      {"fine", static_cast<int>(Verdict::kFine)},
      {"limited", static_cast<int>(Verdict::kLimited)},
      {"broken", static_cast<int>(Verdict::kBroken)},
  };
};

template <>
struct Words<TableOrder> {
  static constexpr bool kNumbers = false;
  static constexpr Word kWords[] = {
      {"self", static_cast<int>(TableOrder::kSelf)},
      {"total", static_cast<int>(TableOrder::kTotal)},
  };
};

template <>
struct Shape<Filter> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("from", value.from);
    fields("to", value.to);
    fields("processes", value.processes);
    fields("threads", value.threads);
    fields("vmStates", value.vmStates);
    fields("threadStates", value.threadStates);
  }
};

template <>
struct Shape<Interval> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("low", value.low);
    fields("high", value.high);
  }
};

template <>
struct Shape<StateShare> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("vm", value.vm);
    fields("thread", value.thread);
    fields("samples", value.samples);
    fields("time", value.time);
  }
};

template <>
struct Shape<ThreadInfo> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("number", value.number);
    fields("name", value.name);
    fields("tid", value.tid);
    fields("pid", value.pid);
  }
};

template <>
struct Shape<ProcessInfo> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("number", value.number);
    fields("pid", value.pid);
    fields("parent", value.parent);
    fields("generation", value.generation);
    fields("forked", value.forked);
    fields("command", value.command);
    fields("start", value.start);
    fields("end", value.end);
    fields("exitStatus", value.exitStatus);
  }
};

template <>
struct Shape<Profile> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("id", value.id);
    fields("title", value.title);
    fields("state", value.state);
    fields("selected", value.selected);
    fields("file", value.file);
    fields("command", value.command);
    fields("interpreter", value.interpreter);
    fields("mode", value.mode);
    fields("startUnixTime", value.startUnixTime);
    fields("duration", value.duration);
    fields("samples", value.samples);
    fields("sampledTime", value.sampledTime);
    fields("importTime", value.importTime);
    fields("rate", value.rate);
    fields("dropped", value.dropped);
    fields("exitStatus", value.exitStatus);
    fields("processes", value.processes);
    fields("threads", value.threads);
    fields("notes", value.notes);
  }
};

template <>
struct Shape<RunParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("program", value.program);
    fields("command", value.command);
    fields("args", value.args);
    fields("cwd", value.cwd);
    fields("env", value.env);
    fields("python", value.python);
    fields("mode", value.mode);
    fields("rate", value.rate);
    fields("memory", value.memory);
    fields("outside", value.outside);
    fields("children", value.children);
    fields("columns", value.columns);
    fields("rows", value.rows);
    fields("workDoneToken", value.workDoneToken);
  }
};

template <>
struct Shape<RunResult> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("run", value.run);
    fields("pid", value.pid);
    fields("command", value.command);
  }
};

template <>
struct Shape<AttachParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("pid", value.pid);
    fields("mode", value.mode);
    fields("rate", value.rate);
    fields("memory", value.memory);
    fields("children", value.children);
    fields("blocking", value.blocking);
    fields("duration", value.duration);
    fields("workDoneToken", value.workDoneToken);
  }
};

template <>
struct Shape<DoctorParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("python", value.python);
  }
};

template <>
struct Shape<Finding> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("name", value.name);
    fields("verdict", value.verdict);
    fields("text", value.text);
    fields("advice", value.advice);
  }
};

template <>
struct Shape<DoctorResult> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("findings", value.findings);
  }
};

template <>
struct Shape<RunIdParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("run", value.run);
  }
};

template <>
struct Shape<InputParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("run", value.run);
    fields("text", value.text);
    fields("columns", value.columns);
    fields("rows", value.rows);
  }
};

template <>
struct Shape<OutputParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("run", value.run);
    fields("text", value.text);
  }
};

template <>
struct Shape<HotLine> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("uri", value.uri);
    fields("line", value.line);
    fields("share", value.share);
    fields("text", value.text);
  }
};

template <>
struct Shape<ProfileChangedParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("profile", value.profile);
    fields("state", value.state);
    fields("selected", value.selected);
    fields("samples", value.samples);
    fields("exitStatus", value.exitStatus);
    fields("hotLine", value.hotLine);
    fields("message", value.message);
  }
};

template <>
struct Shape<OpenParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("uri", value.uri);
    fields("part", value.part);
    fields("workDoneToken", value.workDoneToken);
  }
};

template <>
struct Shape<ProfileParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("profile", value.profile);
  }
};

template <>
struct Shape<SelectParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("profile", value.profile);
    fields("workDoneToken", value.workDoneToken);
  }
};

template <>
struct Shape<ProfilesResult> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("profiles", value.profiles);
  }
};

template <>
struct Shape<Settings> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("python", value.python);
    fields("rate", value.rate);
    fields("threshold", value.threshold);
    fields("myCode", value.myCode);
  }
};

template <>
struct Shape<SettingsSection> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("pyrometer", value.pyrometer);
  }
};

template <>
struct Shape<InitializationOptions> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("paints", value.paints);
    fields("settings", value.settings);
  }
};

template <>
struct Shape<Empty> {
  template <class Fields, class Value>
  static void visit(Fields& /*fields*/, Value& /*value*/) {}
};

template <>
struct Shape<LineHeatParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("uri", value.uri);
    fields("profile", value.profile);
    fields("filter", value.filter);
  }
};

template <>
struct Shape<HotExpression> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("start", value.start);
    fields("end", value.end);
    fields("self", value.self);
    fields("selfTime", value.selfTime);
    fields("share", value.share);
    fields("hot", value.hot);
  }
};

template <>
struct Shape<LineHeat> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("line", value.line);
    fields("self", value.self);
    fields("total", value.total);
    fields("charged", value.charged);
    fields("native", value.native);
    fields("selfTime", value.selfTime);
    fields("totalTime", value.totalTime);
    fields("chargedTime", value.chargedTime);
    fields("share", value.share);
    fields("interval", value.interval);
    fields("heat", value.heat);
    fields("text", value.text);
    fields("memory", value.memory);
    fields("stale", value.stale);
    fields("traces", value.traces);
    fields("expressions", value.expressions);
  }
};

template <>
struct Shape<LineHeatResult> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("profile", value.profile);
    fields("version", value.version);
    fields("lines", value.lines);
    fields("fileShare", value.fileShare);
    fields("lost", value.lost);
    fields("memory", value.memory);
  }
};

template <>
struct Shape<FunctionsParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("profile", value.profile);
    fields("filter", value.filter);
    fields("order", value.order);
    fields("search", value.search);
    fields("offset", value.offset);
    fields("limit", value.limit);
  }
};

template <>
struct Shape<FunctionRow> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("function", value.function);
    fields("name", value.name);
    fields("uri", value.uri);
    fields("line", value.line);
    fields("user", value.user);
    fields("native", value.native);
    fields("self", value.self);
    fields("total", value.total);
    fields("selfTime", value.selfTime);
    fields("totalTime", value.totalTime);
    fields("selfInterval", value.selfInterval);
    fields("totalInterval", value.totalInterval);
  }
};

template <>
struct Shape<FunctionsResult> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("profile", value.profile);
    fields("count", value.count);
    fields("samples", value.samples);
    fields("time", value.time);
    fields("rows", value.rows);
  }
};

template <>
struct Shape<CallTreeParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("profile", value.profile);
    fields("filter", value.filter);
    fields("inverted", value.inverted);
    fields("path", value.path);
    fields("offset", value.offset);
    fields("limit", value.limit);
  }
};

template <>
struct Shape<TreeNode> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("function", value.function);
    fields("name", value.name);
    fields("uri", value.uri);
    fields("line", value.line);
    fields("user", value.user);
    fields("self", value.self);
    fields("total", value.total);
    fields("selfTime", value.selfTime);
    fields("totalTime", value.totalTime);
    fields("children", value.children);
  }
};

template <>
struct Shape<CallTreeResult> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("profile", value.profile);
    fields("count", value.count);
    fields("samples", value.samples);
    fields("time", value.time);
    fields("nodes", value.nodes);
  }
};

template <>
struct Shape<FlameParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("profile", value.profile);
    fields("filter", value.filter);
    fields("inverted", value.inverted);
    fields("path", value.path);
    fields("width", value.width);
    fields("depth", value.depth);
  }
};

template <>
struct Shape<FlameFunction> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("function", value.function);
    fields("name", value.name);
    fields("uri", value.uri);
    fields("line", value.line);
    fields("user", value.user);
  }
};

template <>
struct Shape<FlameResult> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("profile", value.profile);
    fields("time", value.time);
    fields("functions", value.functions);
    fields("function", value.function);
    fields("level", value.level);
    fields("begin", value.begin);
    fields("width", value.width);
    fields("self", value.self);
    fields("omitted", value.omitted);
  }
};

template <>
struct Shape<TimelineParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("profile", value.profile);
    fields("from", value.from);
    fields("to", value.to);
    fields("slots", value.slots);
  }
};

template <>
struct Shape<TimelineTrack> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("thread", value.thread);
    fields("time", value.time);
    fields("samples", value.samples);
  }
};

template <>
struct Shape<MemoryTrack> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("pid", value.pid);
    fields("low", value.low);
    fields("high", value.high);
    fields("last", value.last);
  }
};

template <>
struct Shape<TimelineResult> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("profile", value.profile);
    fields("from", value.from);
    fields("to", value.to);
    fields("threads", value.threads);
    fields("memory", value.memory);
    fields("states", value.states);
  }
};

template <>
struct Shape<ExportParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("profile", value.profile);
    fields("format", value.format);
    fields("uri", value.uri);
  }
};

template <>
struct Shape<ExportResult> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("uri", value.uri);
    fields("notes", value.notes);
  }
};

}  // namespace conversion

template Result<Filter> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const Filter&);
template Result<Filter> fromAny(const Any&, std::string_view);
template Any toAny(const Filter&);
template Result<Interval> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const Interval&);
template Result<Interval> fromAny(const Any&, std::string_view);
template Any toAny(const Interval&);
template Result<StateShare> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const StateShare&);
template Result<StateShare> fromAny(const Any&, std::string_view);
template Any toAny(const StateShare&);
template Result<ThreadInfo> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const ThreadInfo&);
template Result<ThreadInfo> fromAny(const Any&, std::string_view);
template Any toAny(const ThreadInfo&);
template Result<ProcessInfo> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const ProcessInfo&);
template Result<ProcessInfo> fromAny(const Any&, std::string_view);
template Any toAny(const ProcessInfo&);
template Result<Profile> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const Profile&);
template Result<Profile> fromAny(const Any&, std::string_view);
template Any toAny(const Profile&);
template Result<RunParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const RunParams&);
template Result<RunParams> fromAny(const Any&, std::string_view);
template Any toAny(const RunParams&);
template Result<RunResult> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const RunResult&);
template Result<RunResult> fromAny(const Any&, std::string_view);
template Any toAny(const RunResult&);
template Result<AttachParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const AttachParams&);
template Result<AttachParams> fromAny(const Any&, std::string_view);
template Any toAny(const AttachParams&);
template Result<DoctorParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const DoctorParams&);
template Result<DoctorParams> fromAny(const Any&, std::string_view);
template Any toAny(const DoctorParams&);
template Result<Finding> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const Finding&);
template Result<Finding> fromAny(const Any&, std::string_view);
template Any toAny(const Finding&);
template Result<DoctorResult> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const DoctorResult&);
template Result<DoctorResult> fromAny(const Any&, std::string_view);
template Any toAny(const DoctorResult&);
template Result<RunIdParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const RunIdParams&);
template Result<RunIdParams> fromAny(const Any&, std::string_view);
template Any toAny(const RunIdParams&);
template Result<InputParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const InputParams&);
template Result<InputParams> fromAny(const Any&, std::string_view);
template Any toAny(const InputParams&);
template Result<OutputParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const OutputParams&);
template Result<OutputParams> fromAny(const Any&, std::string_view);
template Any toAny(const OutputParams&);
template Result<ProfileChangedParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const ProfileChangedParams&);
template Result<ProfileChangedParams> fromAny(const Any&, std::string_view);
template Any toAny(const ProfileChangedParams&);
template Result<HotLine> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const HotLine&);
template Result<HotLine> fromAny(const Any&, std::string_view);
template Any toAny(const HotLine&);
template Result<OpenParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const OpenParams&);
template Result<OpenParams> fromAny(const Any&, std::string_view);
template Any toAny(const OpenParams&);
template Result<ProfileParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const ProfileParams&);
template Result<ProfileParams> fromAny(const Any&, std::string_view);
template Any toAny(const ProfileParams&);
template Result<SelectParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const SelectParams&);
template Result<SelectParams> fromAny(const Any&, std::string_view);
template Any toAny(const SelectParams&);
template Result<ProfilesResult> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const ProfilesResult&);
template Result<ProfilesResult> fromAny(const Any&, std::string_view);
template Any toAny(const ProfilesResult&);
template Result<Settings> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const Settings&);
template Result<Settings> fromAny(const Any&, std::string_view);
template Any toAny(const Settings&);
template Result<SettingsSection> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const SettingsSection&);
template Result<SettingsSection> fromAny(const Any&, std::string_view);
template Any toAny(const SettingsSection&);
template Result<InitializationOptions> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const InitializationOptions&);
template Result<InitializationOptions> fromAny(const Any&, std::string_view);
template Any toAny(const InitializationOptions&);
template Result<Empty> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const Empty&);
template Result<Empty> fromAny(const Any&, std::string_view);
template Any toAny(const Empty&);
template Result<LineHeatParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const LineHeatParams&);
template Result<LineHeatParams> fromAny(const Any&, std::string_view);
template Any toAny(const LineHeatParams&);
template Result<HotExpression> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const HotExpression&);
template Result<HotExpression> fromAny(const Any&, std::string_view);
template Any toAny(const HotExpression&);
template Result<LineHeat> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const LineHeat&);
template Result<LineHeat> fromAny(const Any&, std::string_view);
template Any toAny(const LineHeat&);
template Result<LineHeatResult> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const LineHeatResult&);
template Result<LineHeatResult> fromAny(const Any&, std::string_view);
template Any toAny(const LineHeatResult&);
template Result<FunctionsParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const FunctionsParams&);
template Result<FunctionsParams> fromAny(const Any&, std::string_view);
template Any toAny(const FunctionsParams&);
template Result<FunctionRow> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const FunctionRow&);
template Result<FunctionRow> fromAny(const Any&, std::string_view);
template Any toAny(const FunctionRow&);
template Result<FunctionsResult> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const FunctionsResult&);
template Result<FunctionsResult> fromAny(const Any&, std::string_view);
template Any toAny(const FunctionsResult&);
template Result<CallTreeParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const CallTreeParams&);
template Result<CallTreeParams> fromAny(const Any&, std::string_view);
template Any toAny(const CallTreeParams&);
template Result<TreeNode> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const TreeNode&);
template Result<TreeNode> fromAny(const Any&, std::string_view);
template Any toAny(const TreeNode&);
template Result<CallTreeResult> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const CallTreeResult&);
template Result<CallTreeResult> fromAny(const Any&, std::string_view);
template Any toAny(const CallTreeResult&);
template Result<FlameParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const FlameParams&);
template Result<FlameParams> fromAny(const Any&, std::string_view);
template Any toAny(const FlameParams&);
template Result<FlameResult> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const FlameResult&);
template Result<FlameResult> fromAny(const Any&, std::string_view);
template Any toAny(const FlameResult&);
template Result<FlameFunction> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const FlameFunction&);
template Result<FlameFunction> fromAny(const Any&, std::string_view);
template Any toAny(const FlameFunction&);
template Result<TimelineParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const TimelineParams&);
template Result<TimelineParams> fromAny(const Any&, std::string_view);
template Any toAny(const TimelineParams&);
template Result<TimelineTrack> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const TimelineTrack&);
template Result<TimelineTrack> fromAny(const Any&, std::string_view);
template Any toAny(const TimelineTrack&);
template Result<MemoryTrack> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const MemoryTrack&);
template Result<MemoryTrack> fromAny(const Any&, std::string_view);
template Any toAny(const MemoryTrack&);
template Result<TimelineResult> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const TimelineResult&);
template Result<TimelineResult> fromAny(const Any&, std::string_view);
template Any toAny(const TimelineResult&);
template Result<ExportParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const ExportParams&);
template Result<ExportParams> fromAny(const Any&, std::string_view);
template Any toAny(const ExportParams&);
template Result<ExportResult> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const ExportResult&);
template Result<ExportResult> fromAny(const Any&, std::string_view);
template Any toAny(const ExportResult&);

}  // namespace pyrometer::protocol
