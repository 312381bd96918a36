#include "daemon/importers/vmprof/raw_profile.h"

#include <fmt/format.h>

#include <charconv>

#include "daemon/importers/vmprof/jit_frames.h"

namespace pyrometer::vmprof {
namespace {

/// Written by our exporter: what a sample stands for, where end minus start does not tell it.
constexpr char kWeightMeta[] = "pyrometer.weight_ns";
constexpr std::uint64_t kMaxWeight = 3'600'000'000'000;  // an hour: longer is a clock that was set
constexpr std::uint64_t kDefaultPeriod = 1'000'000;

/// Turns raw stacks into the profile's.
class StackBuilder {
 public:
  StackBuilder(const RawProfile& raw, const RawStacks& nodes, const Names& names, ProfileBuilder& target)
      : raw_(raw), nodes_(nodes), names_(names), target_(target), answers_(nodes.size()) {
    if (!raw.layout.pairs) buildAll();
  }

  struct Answer {
    StackId stack{};
    bool done = false, unknown_code = false;
    VmState state = VmState::kUnknown;
  };

  Answer stackOf(std::uint32_t node) {
    if (node == CellStacks::kEmpty) return empty(VmState::kUnknown);
    if (!answers_[node].done) answers_[node] = buildPypy(node);
    return answers_[node];
  }

 private:
  struct Known {
    FrameId frame;
    bool unknown = false;
  };

  /// Without pairs every node is a frame, and parents have smaller numbers.
  void buildAll() {
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
      const std::uint32_t parent = nodes_.parent(i);
      const RawFrame& frame = nodes_.frame(i);
      const bool root = parent == RawStacks::kNone;
      const bool native = raw_.layout.isNative(frame.place);
      const Known known = frameOf(frame.place, native, frame.code);
      Answer& answer = answers_[i];
      answer.stack =
          target_.internStack(root ? std::nullopt : std::optional(answers_[parent].stack), known.frame);
      answer.done = true;
      answer.unknown_code = known.unknown || (!root && answers_[parent].unknown_code);
      answer.state = native ? VmState::kNative : VmState::kInterpreter;
    }
  }

  Answer buildPypy(std::uint32_t node) {
    cells_.clear();
    for (std::uint32_t at = node; at != RawStacks::kNone; at = nodes_.parent(at))
      cells_.push_back(nodes_.frame(at));
    pypyFrames(cells_, raw_.layout.native, pypy_);
    if (pypy_.frames.empty()) return empty(pypy_.state);
    Answer answer{.done = true, .state = pypy_.state};
    std::optional<StackId> stack;
    for (auto frame = pypy_.frames.rbegin(); frame != pypy_.frames.rend(); ++frame) {
      const Known known = frameOf(frame->id, frame->native, 0);
      answer.unknown_code = answer.unknown_code || known.unknown;
      stack = target_.internStack(stack, known.frame);
    }
    answer.stack = *stack;
    return answer;
  }

  Answer empty(VmState state) {
    const FunctionId function =
        target_.internFunction("(no Python code)", target_.internFile(""), 0, FunctionKind::kNative);
    return {.stack = target_.internStack(std::nullopt, target_.internFrame(function, 0)),
            .done = true,
            .state = state};
  }

  Known frameOf(std::uint64_t id, bool native, std::uint32_t line) {
    if (line > INT32_MAX) line = 0;
    auto [found, fresh] = functions_.try_emplace(id);
    if (fresh) found->second = functionOf(id, native);
    return {target_.internFrame(found->second.function, line), found->second.unknown};
  }

  struct KnownFunction {
    FunctionId function{};
    bool unknown = false;
  };
  KnownFunction functionOf(std::uint64_t id, bool native) {
    if (const auto name = names_.find(id)) {
      const ParsedName parsed = parseName(*name, raw_.pypy);
      return {target_.internFunction(parsed.function, target_.internFile(parsed.file), parsed.first_line,
                                     parsed.native || native ? FunctionKind::kNative : FunctionKind::kPython),
              false};
    }
    const auto kind = native ? FunctionKind::kNative : FunctionKind::kUnknown;
    const std::string name =
        native ? fmt::format("{:#x}", id & ~std::uint64_t{1}) : fmt::format("(code {:#x})", id);
    return {target_.internFunction(name, target_.internFile(""), 0, kind), !native};
  }

  const RawProfile& raw_;
  const RawStacks& nodes_;
  const Names& names_;
  ProfileBuilder& target_;
  std::vector<Answer> answers_;
  std::vector<RawFrame> cells_;
  PypyStack pypy_;
  std::unordered_map<std::uint64_t, KnownFunction> functions_;
};

/// Weights that add up to a total exactly.
class WeightSequence {
 public:
  WeightSequence(std::uint64_t total, std::uint64_t samples)
      : each_(total / samples), rest_(total % samples), samples_(samples) {}
  std::uint64_t next() {
    carried_ += rest_;
    if (carried_ < samples_) return each_;
    carried_ -= samples_;
    return each_ + 1;
  }

 private:
  std::uint64_t each_, rest_, samples_, carried_ = 0;
};

WeightSequence weightsOf(const RawProfile& raw, std::uint64_t samples, RunInfo& info) {
  if (const auto told = raw.meta.find(kWeightMeta); told != raw.meta.end()) {
    std::uint64_t weight = 0;
    const std::string& text = told->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
    if (error == std::errc() && weight > 0 && weight <= kMaxWeight) return {weight * samples, samples};
  }
  if (raw.start_ns && raw.end_ns) {
    if (*raw.end_ns > *raw.start_ns) {
      const std::uint64_t total =
          static_cast<std::uint64_t>(*raw.end_ns) - static_cast<std::uint64_t>(*raw.start_ns);
      if (total / samples > 0 && total / samples <= kMaxWeight) return {total, samples};
    }
    info.notes.emplace_back(
        "the file's start and end time make no sense; every sample counts for the period asked for");
  }
  return {(raw.period_ns > 0 ? raw.period_ns : kDefaultPeriod) * samples, samples};
}

}  // namespace

void RawProfile::addSample(const std::byte* cells, std::size_t frames, std::uint64_t thread,
                           std::uint64_t memory_kb) {
  if (samples_.empty() || threads_[samples_.back().thread] != thread) {
    const auto [found, fresh] =
        thread_index_.try_emplace(thread, static_cast<std::uint32_t>(threads_.size()));
    if (fresh) threads_.push_back(thread);
    samples_.push_back({0, found->second});
  } else {
    samples_.push_back({0, samples_.back().thread});
  }
  samples_.back().stack = stacks_.intern(cells, frames, layout);
  if (layout.memory) memory_kb_.push_back(memory_kb);
}

void RawProfile::build(const Names& names, ProfileBuilder& target) const {
  if (samples_.empty()) return;
  RunInfo& info = target.info();
  const ProcessId process = target.addProcess(0, "", info.interpreter);
  std::vector<ThreadId> threads;
  threads.reserve(threads_.size());
  for (const std::uint64_t id : threads_) {
    threads.push_back(target.addThread(process, static_cast<std::int64_t>(id), ""));
  }
  StackBuilder stacks(*this, stacks_.nodes(), names, target);
  WeightSequence weights = weightsOf(*this, samples_.size(), info);
  for (const Row& row : samples_) {
    const StackBuilder::Answer answer = stacks.stackOf(row.stack);
    if (answer.unknown_code) ++info.unknown_code_samples;
    target.addSample({.time = 0,
                      .weight = weights.next(),
                      .stack = answer.stack,
                      .thread = threads[row.thread],
                      .state = {.vm = answer.state}});
  }
  // The curve is a step function: its corners are enough.
  for (std::size_t i = 0; i < memory_kb_.size(); ++i) {
    const bool corner = i == 0 || i + 1 == memory_kb_.size() || memory_kb_[i] != memory_kb_[i - 1] ||
                        memory_kb_[i] != memory_kb_[i + 1];
    if (!corner) continue;
    target.addMemory({.time = static_cast<std::int64_t>(i), .rss = memory_kb_[i] * 1024, .process = process});
  }
}

}  // namespace pyrometer::vmprof
