#include "daemon/cli/json_views.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "daemon/analysis/functions.h"
#include "daemon/analysis/hot_expressions.h"
#include "daemon/analysis/interval.h"
#include "daemon/analysis/line_heat.h"
#include "daemon/analysis/memory_timeline.h"
#include "daemon/cli/charges.h"
#include "daemon/cli/expression_texts.h"
#include "daemon/cli/figures.h"
#include "daemon/cli/folded_tree.h"
#include "daemon/cli/origins.h"
#include "daemon/cli/source_text.h"
#include "daemon/profile/thread_title.h"

namespace pyrometer {
namespace {

using Json = nlohmann::ordered_json;

std::string written(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string_view ownerText(Owner owner) {
  switch (owner) {
    case Owner::kUser:
      return "user";
    case Owner::kLibrary:
      return "library";
    case Owner::kImport:
      return "import";
    case Owner::kNative:
      return "native";
  }
  return "library";
}

Json runJson(const Profile& profile) {
  const RunInfo& info = profile.info();
  Json drops = Json::object();
  for (int i = 0; i < static_cast<int>(DropReason::kCount); ++i) {
    if (info.drops[i] != 0) drops[std::string(dropReasonText(static_cast<DropReason>(i)))] = info.drops[i];
  }
  const double hz =
      profile.totalWeight() == 0 || !info.true_weights
          ? 0
          : static_cast<double>(profile.sampleCount()) * 1e9 / static_cast<double>(profile.totalWeight());
  return {{"command", titleOf(info)},
          {"interpreter", info.interpreter},
          {"mode", modeText(info.mode)},
          {"samples", profile.sampleCount()},
          {"effectiveSamples", profile.effectiveSamples()},
          {"time", profile.totalWeight()},
          {"duration", info.duration_ns},
          {"cpu", info.cpu_ns},
          {"rate", hz},
          {"dropped", dropCount(info)},
          {"drops", drops}};
}

Json document(const char* view, const Profile& profile) {
  return {{"view", view}, {"run", runJson(profile)}};
}

Json part(const StackWeight& sum, const Profile& profile) {
  return {
      {"samples", sum.count}, {"time", sum.weight}, {"share", shareOf(sum.weight, profile.totalWeight())}};
}

void addCounters(Json& to, const Counters& c) {
  to["self"] = c.self;
  to["total"] = c.total;
  to["native"] = c.native;
  to["charged"] = c.charged;
  to["selfTime"] = c.self_time;
  to["totalTime"] = c.total_time;
  to["nativeTime"] = c.native_time;
  to["chargedTime"] = c.charged_time;
}

/// The share that a view colours by, with its 95 % interval.
void addShare(Json& to, std::uint64_t time, const Profile& profile) {
  const double share = shareOf(time, profile.totalWeight());
  const auto n = static_cast<double>(profile.effectiveSamples());
  const Interval interval = wilson(share * n, n);
  to["share"] = share;
  to["low"] = interval.low;
  to["high"] = interval.high;
}

Json lineJson(const Profile& profile, const LineHeat& heat, std::uint64_t time) {
  Json line = {{"line", heat.line}};
  addCounters(line, heat.counters);
  addShare(line, time, profile);
  line["heat"] = heatClass(shareOf(time, profile.totalWeight()));
  return line;
}

/// The parts of a line, hottest first; `code` are the lines of its file.
Json expressionsJson(const LineExpressions& line, const std::vector<std::string_view>& code) {
  Json list = Json::array();
  for (const HotExpression& expression : line.expressions) {
    const ExpressionPlace place = placeOf(expression.columns, line.line, code);
    Json part = {{"column", place.column},
                 {"endLine", place.end_line},
                 {"endColumn", place.end_column},
                 {"text", place.text}};
    addCounters(part, expression.counters);
    part["share"] = expression.share;
    part["shareOfLine"] = expression.share_of_line;
    part["inside"] = {{"samples", expression.inside.count}, {"time", expression.inside.weight}};
    part["within"] = expression.within ? Json(*expression.within) : Json();
    list.push_back(std::move(part));
  }
  return list;
}

std::string pathOf(const Profile& profile, FileId file) {
  return std::string(profile.string(profile.file(file).path));
}

template <class Rows>
void limitTo(Rows& rows, std::size_t limit) {
  if (limit != 0 && rows.size() > limit) rows.resize(limit);
}

}  // namespace

std::string flatJson(const Profile& profile, const ViewOptions& options) {
  Json out = document("flat", profile);
  const Charges charges = chargesOf(profile);
  const bool by_self = options.all || charges.user.count == 0;
  out["by"] = by_self ? "self" : "charged";
  SourceText source(profile);
  Json lines = Json::array();
  for (const LineHeat& heat : hotLines(profile, by_self ? Charge::kSelf : Charge::kMyCode, options.limit)) {
    const std::uint64_t time = by_self ? heat.counters.self_time : heat.counters.charged_time;
    if (time == 0) continue;
    const FileId file = profile.line(heat.id).file;
    Json line = {{"file", pathOf(profile, file)}};
    line.update(lineJson(profile, heat, time));
    line["code"] = source.codeAt(heat.id);
    const auto below = charges.below.find(index(heat.id));
    if (!by_self && below != charges.below.end()) {
      const Function& most = profile.function(below->second.most);
      line["library"] = part(below->second.all, profile);
      line["library"]["most"] = {{"name", profile.string(most.name)}, {"file", pathOf(profile, most.file)}};
    }
    lines.push_back(std::move(line));
  }
  out["lines"] = std::move(lines);

  std::vector<FunctionHeat> heat = functionHeat(profile);
  const auto charged = [&](const FunctionHeat& f) {
    return by_self ? f.counters.self_time : f.counters.charged_time;
  };
  std::stable_sort(heat.begin(), heat.end(),
                   [&](const FunctionHeat& a, const FunctionHeat& b) { return charged(a) > charged(b); });
  limitTo(heat, options.limit);
  Json functions = Json::array();
  for (const FunctionHeat& f : heat) {
    const Function& row = profile.function(f.function);
    Json function = {{"name", profile.string(row.name)},
                     {"file", pathOf(profile, row.file)},
                     {"line", row.first_line},
                     {"owner", ownerText(profile.file(row.file).owner)}};
    addCounters(function, f.counters);
    addShare(function, charged(f), profile);
    functions.push_back(std::move(function));
  }
  out["functions"] = std::move(functions);
  out["imports"] = part(charges.importing, profile);
  StackWeight uncharged = charges.nobody;
  for (const auto& [function, weight] : charges.no_python) uncharged += weight;
  out["uncharged"] = part(uncharged, profile);
  out["notes"] = profile.info().notes;
  return written(out);
}

std::string treeJson(const Profile& profile, const ViewOptions& options) {
  Json out = document("tree", profile);
  const FoldedTree tree = groupedTree(profile, options.by, options.all);
  // Flat, with parents: as deep as a program recurses is deeper than JSON readers like.
  Json nodes = Json::array();
  for (std::uint32_t i = 1; i < tree.nodes.size(); ++i) {
    const FoldedTree::Node& node = tree.nodes[i];
    if (options.limit != 0 && nodes.size() == options.limit) break;
    nodes.push_back({{"id", i},
                     {"parent", node.parent == 0 ? Json() : Json(node.parent)},
                     {"name", node.name},
                     {"place", node.place},
                     {"library", node.folded},
                     {"group", node.group},
                     {"deepest", node.deepest},
                     {"self", node.self},
                     {"total", node.total},
                     {"selfTime", node.self_time},
                     {"totalTime", node.total_time}});
  }
  out["nodes"] = std::move(nodes);
  return written(out);
}

std::string sourceJson(const Profile& profile, std::optional<FileId> wanted, std::string_view text) {
  Json out = document("lines", profile);
  if (!wanted) {
    out["file"] = nullptr;
    out["lines"] = Json::array();
    return written(out);
  }
  const FileId file = *wanted;
  out["file"] = pathOf(profile, file);
  out["owner"] = ownerText(profile.file(file).owner);
  const Source* source = profile.findSource(file);
  out["recorded"] = source != nullptr;
  out["changedDuringRun"] = source != nullptr && source->changed_during_run;
  SourceText recorded(profile);
  const auto* code = recorded.linesOf(file);
  const std::vector<std::string_view> given =
      code == nullptr ? splitLines(text) : std::vector<std::string_view>();
  if (code == nullptr) code = &given;
  const std::vector<LineExpressions> parts = hotExpressions(profile, file);
  auto part_of = parts.begin();
  Json lines = Json::array();
  for (const LineHeat& heat : lineHeat(profile, file)) {
    const bool charged = profile.file(file).owner == Owner::kUser;
    Json line = lineJson(profile, heat, charged ? heat.counters.charged_time : heat.counters.self_time);
    if (heat.line >= 1 && heat.line <= code->size()) line["code"] = (*code)[heat.line - 1];
    while (part_of != parts.end() && part_of->line < heat.line) ++part_of;
    if (part_of != parts.end() && part_of->line == heat.line)
      line["expressions"] = expressionsJson(*part_of, *code);
    lines.push_back(std::move(line));
  }
  out["lines"] = std::move(lines);
  return written(out);
}

std::string memoryJson(const Profile& profile, const ViewOptions& options) {
  Json out = document("memory", profile);
  Json processes = Json::array();
  constexpr std::size_t kSlots = 1000;
  for (std::uint32_t p = 0; p < profile.processes().size(); ++p) {
    Json slots = Json::array();
    std::uint64_t peak = 0;
    for (const MemorySlot& slot : memoryTimeline(profile, ProcessId{p}, kSlots)) {
      peak = std::max(peak, slot.high);
      slots.push_back({{"from", slot.from},
                       {"to", slot.to},
                       {"low", slot.low},
                       {"high", slot.high},
                       {"last", slot.last}});
    }
    if (peak == 0) continue;
    processes.push_back(
        {{"pid", profile.process(ProcessId{p}).pid}, {"peak", peak}, {"slots", std::move(slots)}});
  }
  out["processes"] = std::move(processes);
  Json sum = Json::array();
  for (const MemorySlot& slot : memorySum(profile, kSlots)) {
    sum.push_back(
        {{"from", slot.from}, {"to", slot.to}, {"low", slot.low}, {"high", slot.high}, {"last", slot.last}});
  }
  out["sum"] = std::move(sum);
  std::vector<MemoryGrowth> growth = memoryGrowth(profile);
  std::stable_sort(growth.begin(), growth.end(),
                   [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
  limitTo(growth, options.limit);
  SourceText source(profile);
  Json lines = Json::array();
  for (const MemoryGrowth& g : growth) {
    const Counters counters = profile.lineCounters(g.line);
    lines.push_back({{"file", pathOf(profile, profile.line(g.line).file)},
                     {"line", profile.line(g.line).line},
                     {"self", counters.self},
                     {"total", counters.total},
                     {"bytes", g.bytes},
                     {"code", source.codeAt(g.line)}});
  }
  out["lines"] = std::move(lines);
  return written(out);
}

std::string statesJson(const Profile& profile) {
  Json out = document("states", profile);
  Json states = Json::array();
  for (const StateShare& row : stateShares(profile)) {
    Json state = {{"thread", threadStateText(row.state.thread)},
                  {"vm", vmStateText(row.state.vm)},
                  {"samples", row.samples},
                  {"time", row.time}};
    addShare(state, row.time, profile);
    states.push_back(std::move(state));
  }
  out["states"] = std::move(states);
  if (!profile.jitBlocks().empty()) {
    const JitShare jit = jitShare(profile);
    out["jit"] = {{"blocks", profile.jitBlocks().size()},
                  {"samples", jit.own.count},
                  {"time", jit.own.weight},
                  {"inlinedSamples", jit.inlined.count},
                  {"inlinedTime", jit.inlined.weight}};
  }
  return written(out);
}

namespace {

Json threadsJson(const Profile& profile, ProcessId process, const std::vector<StackWeight>& weights) {
  Json threads = Json::array();
  for (std::uint32_t i = 0; i < profile.threads().size(); ++i) {
    const Thread& thread = profile.threads()[i];
    if (thread.process != process) continue;
    Json row = {{"tid", thread.tid}, {"name", threadTitle(profile, thread)}};
    row.update(part(weights[i], profile));
    threads.push_back(std::move(row));
  }
  return threads;
}

Json processesJson(const Profile& profile) {
  const OriginWeights weights = originWeights(profile);
  Json processes = Json::array();
  for (std::uint32_t i = 0; i < profile.processes().size(); ++i) {
    const Process& process = profile.processes()[i];
    const bool known = process.wait_status != Process::kUnknownStatus;
    const std::string end = processEndText(profile, ProcessId{i});
    Json row = {{"pid", process.pid},
                {"parent", process.parent},
                {"generation", process.generation},
                {"forked", process.forked},
                {"command", profile.string(process.command)},
                {"interpreter", profile.string(process.interpreter)},
                {"start", process.start},
                {"stop", process.end ? Json(*process.end) : Json()},
                {"waitStatus", known ? Json(process.wait_status) : Json()},
                {"end", end.empty() ? Json() : Json(end)}};
    row.update(part(weights.by_process[i], profile));
    row["threads"] = threadsJson(profile, ProcessId{i}, weights.by_thread);
    processes.push_back(std::move(row));
  }
  return processes;
}

}  // namespace

std::string infoJson(const Profile& profile) {
  const RunInfo& info = profile.info();
  Json out = document("info", profile);
  out["format"] = info.format;
  out["argv"] = info.argv;
  out["workingDirectory"] = info.working_directory;
  out["host"] = info.host;
  out["outside"] = info.outside;
  out["attached"] = info.attached;
  out["blocking"] = info.blocking;
  out["looks"] = {{"stacks", info.looks.stacks},
                  {"again", info.looks.again},
                  {"completed", info.looks.completed},
                  {"torn", info.looks.torn},
                  {"unreadable", info.looks.unreadable}};
  out["hasLines"] = info.has_lines;
  out["hasTimes"] = info.has_times;
  out["trueWeights"] = info.true_weights;
  out["rateAsked"] = info.rate_auto ? Json("auto") : Json(info.rate_asked_hz);
  out["start"] = info.start_unix_ns;
  out["finished"] = info.finished;
  const bool told = info.finished && isOurs(info);
  out["waitStatus"] = told && !info.attached ? Json(info.exit_status) : Json();
  out["end"] = !told           ? Json()
               : info.attached ? Json(attachedEndText(profile))
                               : Json(endText(info.exit_status));
  out["unknownCodeSamples"] = info.unknown_code_samples;
  out["threads"] = threadCount(profile);
  out["processes"] = profile.processes().size();
  out["processList"] = processesJson(profile);
  Json files = Json::array();
  for (std::uint32_t i = 0; i < profile.files().size(); ++i) {
    files.push_back({{"path", pathOf(profile, FileId{i})},
                     {"owner", ownerText(profile.file(FileId{i}).owner)},
                     {"source", profile.findSource(FileId{i}) != nullptr}});
  }
  out["files"] = std::move(files);
  out["part"] = info.part + 1;
  out["parts"] = info.parts;
  out["notes"] = info.notes;
  Json damage = Json::array();
  for (const Damage& d : info.damage) damage.push_back({{"offset", d.offset}, {"what", d.what}});
  out["damage"] = std::move(damage);
  out["meta"] = info.meta;
  return written(out);
}

}  // namespace pyrometer
