#include "daemon/server/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include "daemon/server/run_saver.h"
#include "daemon/support/file_uri.h"

namespace pyrometer {
namespace {

constexpr std::uint64_t kMaxTerminal = 10'000;
constexpr std::uint64_t kMaxPage = 1000;

template <class State>
struct Name {
  State state;
  const char* name;
};
constexpr std::array<Name<VmState>, 6> kVmStates = {{{VmState::kInterpreter, "interpreter"},
                                                     {VmState::kWarmup, "warmup"},
                                                     {VmState::kJit, "jit"},
                                                     {VmState::kGc, "gc"},
                                                     {VmState::kNative, "native"},
                                                     {VmState::kUnknown, "unknown"}}};
constexpr std::array<Name<ThreadState>, 4> kThreadStates = {{{ThreadState::kRunning, "running"},
                                                             {ThreadState::kWaitingForGil, "gil"},
                                                             {ThreadState::kOffCpu, "offCpu"},
                                                             {ThreadState::kUnknown, "unknown"}}};

template <class State, std::size_t kSize>
Result<std::vector<State>> statesOf(const std::optional<std::vector<std::string>>& names,
                                    const std::array<Name<State>, kSize>& known, const char* field) {
  std::vector<State> states;
  for (std::size_t i = 0; names && i < names->size(); ++i) {
    const auto found =
        std::ranges::find_if(known, [&](const Name<State>& name) { return name.name == (*names)[i]; });
    if (found == known.end()) {
      std::string all;
      for (const Name<State>& name : known) all += (all.empty() ? "" : ", ") + std::string(name.name);
      return Error{fmt::format("there is no state '{}'; there are {}", (*names)[i], all),
                   fmt::format("params.filter.{}[{}]", field, i)};
    }
    states.push_back(found->state);
  }
  return states;
}

template <class State, std::size_t kSize>
std::string nameOf(State state, const std::array<Name<State>, kSize>& known) {
  return std::ranges::find_if(known, [&](const Name<State>& name) { return name.state == state; })->name;
}

Result<std::uint32_t> terminalSize(std::optional<std::uint64_t> size, std::uint32_t usual,
                                   const char* field) {
  if (!size) return usual;
  if (*size == 0 || *size > kMaxTerminal) {
    return Error{fmt::format("{} characters are no size of a terminal", *size), field};
  }
  return static_cast<std::uint32_t>(*size);
}

std::uint32_t narrow(std::uint64_t number) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(number, std::numeric_limits<std::uint32_t>::max()));
}

std::optional<std::uint64_t> wide(std::optional<std::uint32_t> number) {
  return number ? std::optional<std::uint64_t>(*number) : std::nullopt;
}

std::uint64_t unsignedOf(std::int64_t number) { return number < 0 ? 0 : static_cast<std::uint64_t>(number); }

}  // namespace

TextPosition positionOf(const protocol::Position& position) {
  return {.line = narrow(position.line), .character = narrow(position.character)};
}

Result<HeldId> heldIdOf(std::uint64_t number, const std::string& field) {
  if (number == 0 || number > std::numeric_limits<std::uint32_t>::max()) {
    return Error{fmt::format("there is no profile {}", number), field};
  }
  return static_cast<HeldId>(number);
}

Result<std::optional<HeldId>> heldIdOf(std::optional<std::uint64_t> number) {
  if (!number) return std::optional<HeldId>();
  const Result<HeldId> id = heldIdOf(*number, "params.profile");
  if (!id.ok()) return id.error();
  return std::optional<HeldId>(*id);
}

Result<Filter> filterOf(const std::optional<protocol::Filter>& filter, const Profile& profile) {
  Filter out;
  if (!filter) return out;
  out.from = filter->from;
  out.to = filter->to;
  for (std::size_t i = 0; filter->processes && i < filter->processes->size(); ++i) {
    const std::uint64_t number = (*filter->processes)[i];
    if (number >= profile.processes().size()) {
      return Error{
          fmt::format("there is no process {}; the profile has {}", number, profile.processes().size()),
          fmt::format("params.filter.processes[{}]", i)};
    }
    out.processes.push_back(static_cast<ProcessId>(number));
  }
  for (std::size_t i = 0; filter->threads && i < filter->threads->size(); ++i) {
    const std::uint64_t number = (*filter->threads)[i];
    if (number >= profile.threads().size()) {
      return Error{fmt::format("there is no thread {}; the profile has {}", number, profile.threads().size()),
                   fmt::format("params.filter.threads[{}]", i)};
    }
    out.threads.push_back(static_cast<ThreadId>(number));
  }
  auto vm = statesOf(filter->vmStates, kVmStates, "vmStates");
  if (!vm.ok()) return vm.error();
  out.vm_states = std::move(*vm);
  auto thread = statesOf(filter->threadStates, kThreadStates, "threadStates");
  if (!thread.ok()) return thread.error();
  out.thread_states = std::move(*thread);
  return out;
}

Result<std::string> filePathOf(const std::string& uri, const std::string& field) {
  if (uri.starts_with("untitled:")) {
    return Error{"the document has no file yet; save it first", field};
  }
  std::optional<std::string> path = pathOfUri(uri);
  if (!path) return Error{fmt::format("'{}' is no URI of a file here (file:///...)", uri), field};
  return *std::move(path);
}

namespace {

Result<std::optional<double>> rateOf(const std::optional<double>& asked) {
  // Written so that a number that is none is refused too.
  if (asked && *asked != 0 && !(*asked >= 1 && *asked <= 10'000))
    return Error{"must be 1 to 10000 samples a second, or 0: auto", "params.rate"};
  return asked;
}

}  // namespace

Result<AttachRequest> attachRequestOf(const protocol::AttachParams& params) {
  constexpr std::int64_t kHighestPid = 1 << 30;
  constexpr double kLongest = 366.0 * 24 * 3600;
  AttachRequest request;
  if (params.pid < 1 || params.pid > kHighestPid) return Error{"is no process id", "params.pid"};
  request.pid = static_cast<std::int32_t>(params.pid);
  request.mode = params.mode == protocol::RunMode::kWall ? Mode::kWall : Mode::kCpu;
  const auto rate = rateOf(params.rate);
  if (!rate.ok()) return rate.error();
  request.rate_hz = *rate;
  request.memory = params.memory.value_or(true);
  request.children = params.children.value_or(true);
  request.blocking = params.blocking.value_or(false);
  if (params.duration && !(*params.duration >= 0.001 && *params.duration <= kLongest))
    return Error{"must be seconds, 0.001 or more", "params.duration"};
  request.duration_s = params.duration.value_or(0);
  return request;
}

Result<RunRequest> runRequestOf(const protocol::RunParams& params) {
  RunRequest request;
  if (params.program.has_value() == params.command.has_value()) {
    return Error{"name what to run: either `program` or `command`", "params"};
  }
  if (params.program) {
    Result<std::string> path = filePathOf(*params.program, "params.program");
    if (!path.ok()) return path.error();
    request.program = std::move(*path);
  } else {
    if (params.command->empty() || params.command->front().empty()) {
      return Error{"names no program", "params.command"};
    }
    request.command = *params.command;
  }
  if (params.args) request.args = *params.args;
  if (params.cwd && params.cwd->starts_with('/')) {
    request.cwd = *params.cwd;
  } else if (params.cwd && !params.cwd->empty()) {
    Result<std::string> path = filePathOf(*params.cwd, "params.cwd");
    if (!path.ok()) return path.error();
    request.cwd = std::move(*path);
  }
  if (params.env) request.env = *params.env;
  request.python = params.python.value_or("");
  request.mode = params.mode == protocol::RunMode::kWall ? Mode::kWall : Mode::kCpu;
  const auto rate = rateOf(params.rate);
  if (!rate.ok()) return rate.error();
  request.rate_hz = *rate;
  request.memory = params.memory.value_or(true);
  request.outside = params.outside.value_or(false);
  request.children = params.children.value_or(true);
  const auto columns = terminalSize(params.columns, request.columns, "params.columns");
  if (!columns.ok()) return columns.error();
  request.columns = *columns;
  const auto rows = terminalSize(params.rows, request.rows, "params.rows");
  if (!rows.ok()) return rows.error();
  request.rows = *rows;
  return request;
}

Result<ServerSettings> settingsOf(const protocol::Settings& settings, ServerSettings present) {
  if (settings.python) present.python = *settings.python;
  if (settings.rate) {
    const std::optional<double> number = settings.rate->asNumber();
    if (settings.rate->asString() == "auto" || number == 0) {
      present.rate_hz = 0;
    } else if (number && *number >= 1 && *number <= 10'000) {
      present.rate_hz = *number;
    } else {
      return Error{
          fmt::format("is {}; it must be \"auto\" or 1 to 10000 samples a second", settings.rate->json()),
          "pyrometer.rate"};
    }
  }
  if (settings.threshold) {
    if (!(*settings.threshold >= 0 && *settings.threshold <= 100)) {
      return Error{fmt::format("is {}; it must be 0 to 100 percent", *settings.threshold),
                   "pyrometer.threshold"};
    }
    present.threshold = *settings.threshold;
  }
  if (settings.myCode) present.my_code = *settings.myCode;
  return present;
}

std::vector<TextChange> changesOf(const std::vector<protocol::TextDocumentContentChangeEvent>& changes) {
  std::vector<TextChange> out;
  out.reserve(changes.size());
  for (const protocol::TextDocumentContentChangeEvent& change : changes) {
    out.push_back({.range = {}, .text = change.text});
    if (change.range) {
      out.back().range = TextRange{positionOf(change.range->start), positionOf(change.range->end)};
    }
  }
  return out;
}

Result<std::size_t> pageLimitOf(std::optional<std::uint64_t> limit) {
  if (!limit) return std::size_t{100};
  if (*limit == 0 || *limit > kMaxPage) return Error{"must be 1 to 1000", "params.limit"};
  return static_cast<std::size_t>(*limit);
}

std::uint64_t numberOf(HeldId id) { return static_cast<std::uint32_t>(id); }

protocol::Interval protocolOf(const Interval& interval) {
  return {.low = interval.low, .high = interval.high};
}

protocol::LineHeat protocolOf(const DocumentLine& line) {
  const Counters& counters = line.heat.counters;
  std::optional<std::vector<protocol::HotExpression>> expressions;
  for (const DocumentExpression& part : line.expressions) {
    if (!expressions) expressions.emplace();
    expressions->push_back({.start = part.start,
                            .end = part.end,
                            .self = part.counters.self,
                            .selfTime = part.counters.self_time,
                            .share = part.share,
                            .hot = part.hot});
  }
  return {.line = line.line,
          .self = counters.self,
          .total = counters.total,
          .charged = counters.charged,
          .native = counters.native,
          .selfTime = counters.self_time,
          .totalTime = counters.total_time,
          .chargedTime = counters.charged_time,
          .share = line.heat.share,
          .interval = protocolOf(line.interval),
          .heat = line.heat.heat,
          .text = line.text,
          .memory = line.memory,
          .stale = line.stale,
          .traces = 0,
          .expressions = std::move(expressions)};
}

protocol::Finding protocolOf(const Finding& finding) {
  protocol::Finding out;
  out.name = finding.name;
  out.verdict = finding.verdict == Finding::Verdict::kFine      ? protocol::Verdict::kFine
                : finding.verdict == Finding::Verdict::kLimited ? protocol::Verdict::kLimited
                                                                : protocol::Verdict::kBroken;
  out.text = finding.text;
  out.advice = finding.advice;
  return out;
}

protocol::ProfileState protocolOf(HeldState state) {
  switch (state) {
    case HeldState::kRunning:
      return protocol::ProfileState::kRunning;
    case HeldState::kFinished:
      return protocol::ProfileState::kFinished;
    case HeldState::kFile:
      return protocol::ProfileState::kFile;
  }
  return protocol::ProfileState::kFile;
}

protocol::Profile protocolOf(const HeldProfile& held) {
  const ProfileFacts facts = held.profile ? factsOf(*held.profile) : *held.facts;
  const RunInfo& info = facts.info;
  protocol::Profile out;
  out.id = numberOf(held.id);
  out.title = held.title;
  out.state = protocolOf(held.state);
  out.selected = held.selected;
  if (!held.file.empty()) out.file = fileUri(held.file);
  out.command = held.command;
  out.interpreter = info.interpreter;
  out.mode = info.mode == Mode::kWall ? protocol::RunMode::kWall : protocol::RunMode::kCpu;
  if (info.start_unix_ns != 0) out.startUnixTime = static_cast<double>(info.start_unix_ns) / 1e9;
  out.duration = unsignedOf(info.duration_ns);
  out.samples = facts.samples;
  out.sampledTime = facts.sampled_time;
  out.importTime = facts.import_time;
  out.rate = held.rate_hz;
  out.dropped = held.dropped;
  out.exitStatus = held.exit_status;
  for (std::size_t i = 0; i < facts.processes.size(); ++i) {
    const HeldProcess& process = facts.processes[i];
    const bool ended = process.row.wait_status != Process::kUnknownStatus;
    out.processes.push_back(
        {.number = i,
         .pid = process.row.pid,
         .parent = process.row.parent,
         .generation = process.row.generation,
         .forked = process.row.forked,
         .command = process.command,
         .start = process.row.start,
         .end = process.row.end,
         .exitStatus =
             ended ? std::optional(exitStatusOf(static_cast<int>(process.row.wait_status))) : std::nullopt});
  }
  for (std::size_t i = 0; i < facts.threads.size(); ++i) {
    const HeldThread& thread = facts.threads[i];
    out.threads.push_back({.number = i, .name = thread.name, .tid = thread.tid, .pid = thread.pid});
  }
  out.notes = held.notes;
  return out;
}

protocol::FunctionRow protocolOf(const FunctionPage::Row& row) {
  return {.function = index(row.place.function),
          .name = row.place.name,
          .uri = row.place.uri,
          .line = wide(row.place.line),
          .user = row.place.user,
          .native = row.place.native,
          .self = row.counters.self,
          .total = row.counters.total,
          .selfTime = row.counters.self_time,
          .totalTime = row.counters.total_time,
          .selfInterval = protocolOf(row.self),
          .totalInterval = protocolOf(row.total)};
}

protocol::TreeNode protocolOf(const TreePage::Row& row) {
  return {.function = index(row.place.function),
          .name = row.place.name,
          .uri = row.place.uri,
          .line = wide(row.place.line),
          .user = row.place.user,
          .self = row.self,
          .total = row.total,
          .selfTime = row.self_time,
          .totalTime = row.total_time,
          .children = row.children};
}

protocol::FlameResult protocolOf(HeldId profile, const FlamePicture& picture) {
  protocol::FlameResult out;
  out.profile = numberOf(profile);
  out.time = picture.flame.time;
  for (const FunctionPlace& place : picture.places) {
    out.functions.push_back({.function = index(place.function),
                             .name = place.name,
                             .uri = place.uri,
                             .line = wide(place.line),
                             .user = place.user});
  }
  for (const Flame::Rectangle& rectangle : picture.flame.rectangles) {
    out.function.push_back(rectangle.function);
    out.level.push_back(rectangle.level);
    out.begin.push_back(rectangle.begin);
    out.width.push_back(rectangle.width);
    out.self.push_back(rectangle.self);
  }
  out.omitted = picture.flame.omitted;
  return out;
}

protocol::TimelineResult protocolOf(const ProfileView& view, const Timeline& timeline) {
  protocol::TimelineResult out;
  out.profile = numberOf(view.id());
  out.from = timeline.from;
  out.to = timeline.to;
  for (const Timeline::Track& track : timeline.threads) {
    protocol::TimelineTrack& to = out.threads.emplace_back();
    to.thread = index(track.thread);
    for (const StackWeight& slot : track.slots) {
      to.time.push_back(slot.weight);
      to.samples.push_back(slot.count);
    }
  }
  for (const Timeline::Memory& memory : timeline.memory) {
    protocol::MemoryTrack& to = out.memory.emplace_back();
    to.pid = view.profile().process(memory.process).pid;
    for (const MemorySlot& slot : memory.slots) {
      to.low.push_back(slot.low);
      to.high.push_back(slot.high);
      to.last.push_back(slot.last);
    }
  }
  for (const StateShare& state : timeline.states) {
    out.states.push_back({.vm = nameOf(state.state.vm, kVmStates),
                          .thread = nameOf(state.state.thread, kThreadStates),
                          .samples = state.samples,
                          .time = state.time});
  }
  return out;
}

protocol::Range wholeLine(std::uint32_t line) {
  return {.start = {.line = line, .character = 0}, .end = {.line = std::uint64_t{line} + 1, .character = 0}};
}

}  // namespace pyrometer
