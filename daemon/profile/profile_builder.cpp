#include "daemon/profile/profile_builder.h"

#include <cassert>
#include <filesystem>
#include <functional>
#include <unordered_map>

#include "daemon/profile/id_map.h"
#include "daemon/profile/stack_counts.h"
#include "daemon/profile/stack_table.h"
#include "daemon/profile/string_arena.h"

namespace pyrometer {
namespace {

struct FunctionKey {
  StringId name;
  FileId file;
  std::uint32_t first_line;
  FunctionKind kind;
  bool operator==(const FunctionKey&) const = default;
};

struct FunctionKeyHash {
  std::size_t operator()(const FunctionKey& key) const {
    const std::uint64_t names = IdMap::key(index(key.name), index(key.file));
    const std::uint64_t rest = IdMap::key(key.first_line, static_cast<std::uint32_t>(key.kind));
    return std::hash<std::uint64_t>{}(names * 0x9E3779B97F4A7C15u ^ rest * 0xC2B2AE3D27D4EB4Fu);
  }
};

struct SpanKey {
  LineId line;
  Columns columns;
  bool operator==(const SpanKey&) const = default;
};

struct SpanKeyHash {
  std::size_t operator()(const SpanKey& key) const {
    const std::uint64_t place = IdMap::key(index(key.line), key.columns.begin);
    const std::uint64_t end = IdMap::key(key.columns.lines, key.columns.end);
    return std::hash<std::uint64_t>{}(place * 0x9E3779B97F4A7C15u ^ end * 0xC2B2AE3D27D4EB4Fu);
  }
};

template <class T>
std::uint32_t nextId(const AppendOnly<T>& column) {
  return static_cast<std::uint32_t>(column.size());
}

}  // namespace

struct ProfileBuilder::State {
  explicit State(MyCode mine) : my_code(std::move(mine)) {}

  MyCode my_code;
  RunInfo info;

  std::shared_ptr<StringArena> arena = std::make_shared<StringArena>();
  AppendOnly<std::string_view> strings;
  std::unordered_map<std::string_view, StringId> string_ids;
  AppendOnly<File> files;
  IdMap file_ids;
  AppendOnly<Function> functions;
  std::unordered_map<FunctionKey, FunctionId, FunctionKeyHash> function_ids;
  AppendOnly<Line> lines;
  IdMap line_ids;
  CowTable<std::uint32_t> newest_line;
  AppendOnly<Span> spans;
  std::unordered_map<SpanKey, SpanId, SpanKeyHash> span_ids;
  CowTable<std::uint32_t> newest_span;
  AppendOnly<Frame> frames;
  IdMap frame_ids;          // (function, line), without a span
  IdMap spanned_frame_ids;  // (function, span)
  AppendOnly<std::uint64_t> jit_blocks;
  std::unordered_map<std::uint64_t, BlockId> jit_block_ids;
  IdMap jit_frame_ids;
  StackTable stacks{frames, functions, files};

  AppendOnly<Thread> threads;
  AppendOnly<Process> processes;
  AppendOnly<MemoryPoint> memory;
  AppendOnly<Source> sources;
  SampleColumns samples;
  LeafTable leaves;
  StackCounts counts{leaves, stacks.nodes(), frames};
  CowTable<StackWeight> by_state;
  std::uint64_t total_weight = 0;
  double squared_weight = 0;

  Owner ownerOf(std::string_view path) const;
  LineId internLine(FileId file, std::uint32_t line);
  SpanId internSpan(LineId line, const Columns& columns);
};

Owner ProfileBuilder::State::ownerOf(std::string_view path) const {
  const bool relative = !path.empty() && path.front() != '/' && path.front() != '<';
  if (!relative || info.working_directory.empty()) return my_code.ownerOf(path);
  return my_code.ownerOf((std::filesystem::path(info.working_directory) / path).string());
}

LineId ProfileBuilder::State::internLine(FileId file, std::uint32_t line) {
  const auto [id, added] = line_ids.findOrAdd(IdMap::key(index(file), line), nextId(lines));
  if (added) {
    std::uint32_t& newest = newest_line.at(index(file));
    lines.push_back({file, line, newest == 0 ? std::nullopt : std::optional(LineId{newest - 1})});
    newest = id + 1;
  }
  return LineId{id};
}

SpanId ProfileBuilder::State::internSpan(LineId line, const Columns& columns) {
  const auto [entry, added] = span_ids.try_emplace({line, columns}, SpanId{nextId(spans)});
  if (added) {
    std::uint32_t& newest = newest_span.at(index(line));
    spans.push_back({line, columns, newest == 0 ? std::nullopt : std::optional(SpanId{newest - 1})});
    newest = index(entry->second) + 1;
  }
  return entry->second;
}

ProfileBuilder::ProfileBuilder(MyCode my_code) : state_(std::make_unique<State>(std::move(my_code))) {
  internString("");  // StringId{0}, what an id that was never set reads as
}

ProfileBuilder::~ProfileBuilder() = default;

RunInfo& ProfileBuilder::info() { return state_->info; }

void ProfileBuilder::setDefaultMyCode(MyCode my_code) {
  if (state_->my_code.roots().empty()) state_->my_code = std::move(my_code);
}

StringId ProfileBuilder::internString(std::string_view text) {
  const auto found = state_->string_ids.find(text);
  if (found != state_->string_ids.end()) return found->second;
  const StringId id{nextId(state_->strings)};
  const std::string_view kept = state_->arena->keep(text);
  state_->strings.push_back(kept);
  state_->string_ids.emplace(kept, id);
  return id;
}

FileId ProfileBuilder::internFile(std::string_view path) {
  const StringId name = internString(path);
  const auto [id, added] = state_->file_ids.findOrAdd(index(name), nextId(state_->files));
  if (added) state_->files.push_back({name, state_->ownerOf(path), path.starts_with('<')});
  return FileId{id};
}

FileId ProfileBuilder::internFile(std::string_view path, Owner owner) {
  const StringId name = internString(path);
  const auto [id, added] = state_->file_ids.findOrAdd(index(name), nextId(state_->files));
  if (added) state_->files.push_back({name, owner, path.starts_with('<')});
  return FileId{id};
}

FunctionId ProfileBuilder::internFunction(std::string_view name, FileId file, std::uint32_t first_line,
                                          FunctionKind kind) {
  assert(index(file) < state_->files.size());
  const StringId text = internString(name);
  const FunctionId fresh{nextId(state_->functions)};
  const auto [entry, added] = state_->function_ids.try_emplace({text, file, first_line, kind}, fresh);
  if (added) state_->functions.push_back({text, file, first_line, kind});
  return entry->second;
}

FrameId ProfileBuilder::internFrame(FunctionId function, std::uint32_t line, std::optional<Columns> columns) {
  assert(index(function) < state_->functions.size());
  if (columns && !columns->empty() && line != 0) {
    const LineId at = state_->internLine(state_->functions[index(function)].file, line);
    const SpanId span = state_->internSpan(at, *columns);
    const auto [id, added] =
        state_->spanned_frame_ids.findOrAdd(IdMap::key(index(function), index(span)), nextId(state_->frames));
    if (added) state_->frames.push_back({function, at, span});
    return FrameId{id};
  }
  const auto [id, added] =
      state_->frame_ids.findOrAdd(IdMap::key(index(function), line), nextId(state_->frames));
  if (added) {
    const FileId file = state_->functions[index(function)].file;
    state_->frames.push_back({function, state_->internLine(file, line), std::nullopt});
  }
  return FrameId{id};
}

BlockId ProfileBuilder::internJitBlock(std::uint64_t start) {
  const auto [entry, added] = state_->jit_block_ids.try_emplace(start, BlockId{nextId(state_->jit_blocks)});
  if (added) state_->jit_blocks.push_back(start);
  return entry->second;
}

FrameId ProfileBuilder::internJitFrame(FrameId interpreted, BlockId block) {
  assert(index(block) < state_->jit_blocks.size());
  const auto [id, added] =
      state_->jit_frame_ids.findOrAdd(IdMap::key(index(interpreted), index(block)), nextId(state_->frames));
  if (added) {
    Frame frame = state_->frames[index(interpreted)];
    frame.block = index(block);
    state_->frames.push_back(frame);
  }
  return FrameId{id};
}

StackId ProfileBuilder::internStack(std::optional<StackId> parent, FrameId frame) {
  assert(index(frame) < state_->frames.size());
  assert(!parent || index(*parent) < state_->stacks.nodes().size());
  return state_->stacks.intern(parent, frame);
}

ProcessId ProfileBuilder::addProcess(std::int64_t pid, std::string_view command,
                                     std::string_view interpreter) {
  return addProcess({.pid = pid, .command = internString(command), .interpreter = internString(interpreter)});
}

ProcessId ProfileBuilder::addProcess(const Process& row) {
  const ProcessId id{nextId(state_->processes)};
  state_->processes.push_back(row);
  return id;
}

Process ProfileBuilder::process(ProcessId id) const { return state_->processes[index(id)]; }

void ProfileBuilder::setProcess(ProcessId id, const Process& row) {
  state_->processes.replace(index(id), row);
}

ThreadId ProfileBuilder::addThread(ProcessId process, std::int64_t tid, std::string_view name) {
  if (state_->threads.size() == kMaxThreads) return ThreadId{kMaxThreads - 1};
  const ThreadId id{nextId(state_->threads)};
  state_->threads.push_back({process, tid, internString(name), internString(""), id});
  return id;
}

ThreadId ProfileBuilder::addTask(ThreadId thread, std::string_view task) {
  if (state_->threads.size() == kMaxThreads) return thread;
  const ThreadId id{nextId(state_->threads)};
  Thread row = state_->threads[index(thread)];
  row.task = internString(task);
  state_->threads.push_back(row);
  return id;
}

void ProfileBuilder::setThreadName(ThreadId thread, std::string_view name) {
  Thread renamed = state_->threads[index(thread)];
  const StringId text = internString(name);
  if (text == renamed.name) return;
  renamed.name = text;
  state_->threads.replace(index(thread), renamed);
}

void ProfileBuilder::addSample(const Sample& sample) {
  assert(index(sample.stack) < state_->stacks.nodes().size());
  assert(index(sample.thread) < state_->threads.size());
  const LeafId leaf = state_->leaves.intern(sample.stack);
  state_->samples.append(sample, leaf);
  state_->counts.add(leaf, sample.weight);
  state_->by_state.at(sample.state.packed()) += {1, sample.weight};
  state_->total_weight += sample.weight;
  state_->squared_weight += static_cast<double>(sample.weight) * static_cast<double>(sample.weight);
}

void ProfileBuilder::addMemory(const MemoryPoint& point) { state_->memory.push_back(point); }

void ProfileBuilder::addSource(FileId file, std::string_view text, bool changed_during_run) {
  state_->sources.push_back({file, internString(text), changed_during_run});
}

std::size_t ProfileBuilder::sampleCount() const { return state_->samples.size(); }

std::shared_ptr<const Profile> ProfileBuilder::snapshot() const {
  State& state = *state_;
  state.counts.fold();
  const std::shared_ptr<Profile> profile(new Profile);
  profile->info_ = std::make_shared<const RunInfo>(state.info);
  profile->strings_ = state.strings.view();
  profile->files_ = state.files.view();
  profile->functions_ = state.functions.view();
  profile->lines_ = state.lines.view();
  profile->spans_ = state.spans.view();
  profile->frames_ = state.frames.view();
  profile->stacks_ = state.stacks.nodes().view();
  profile->jit_blocks_ = state.jit_blocks.view();
  profile->threads_ = state.threads.view();
  profile->processes_ = state.processes.view();
  profile->memory_ = state.memory.view();
  profile->sources_ = state.sources.view();
  profile->rows_ = state.samples.view(state.leaves);
  profile->line_counters_ = state.counts.byLine().view();
  profile->span_counters_ = state.counts.bySpan().view();
  profile->function_counters_ = state.counts.byFunction().view();
  profile->leaf_weights_ = state.counts.byLeaf().view();
  profile->leaf_of_stack_ = state.leaves.byStack();
  profile->state_weights_ = state.by_state.view();
  profile->newest_line_ = state.newest_line.view();
  profile->newest_span_ = state.newest_span.view();
  profile->total_weight_ = state.total_weight;
  profile->squared_weight_ = state.squared_weight;
  profile->importing_ = state.counts.importing();
  profile->text_ = state.arena;
  return profile;
}

}  // namespace pyrometer
