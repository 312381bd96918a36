#include "daemon/importers/vmprof/stack_builder.h"

#include <fmt/format.h>

#include "daemon/importers/vmprof/legacy_stacks.h"

namespace pyrometer::vmprof {

StackBuilder::StackBuilder(const RawProfile& raw, const Names& names, ProfileBuilder& target)
    : raw_(raw),
      nodes_(raw.stacks()),
      names_(names),
      target_(target),
      map_(raw.maps),
      answers_(nodes_.size()) {
  if (!raw.layout.pairs && !raw.layout.legacy) buildAll();
}

StackBuilder::Answer StackBuilder::stackOf(std::uint32_t node) {
  if (node == CellStacks::kEmpty) return empty(VmState::kUnknown);
  if (!answers_[node].done) answers_[node] = buildOne(node);
  return answers_[node];
}

/// Where every node is a frame, and parents have smaller numbers.
void StackBuilder::buildAll() {
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    const std::uint32_t parent = nodes_.parent(i);
    const RawFrame& frame = nodes_.frame(i);
    const bool root = parent == RawStacks::kNone;
    const bool native = raw_.layout.isNative(frame.place);
    const Known known = frameOf(frame.place, native, frame.code, 0);
    Answer& answer = answers_[i];
    answer.stack =
        target_.internStack(root ? std::nullopt : std::optional(answers_[parent].stack), known.frame);
    answer.done = true;
    answer.unknown_code = known.unknown || (!root && answers_[parent].unknown_code);
    answer.state = native ? VmState::kNative : VmState::kInterpreter;
  }
}

StackBuilder::Answer StackBuilder::buildOne(std::uint32_t node) {
  cells_.clear();
  for (std::uint32_t at = node; at != RawStacks::kNone; at = nodes_.parent(at))
    cells_.push_back(nodes_.frame(at));
  if (raw_.layout.legacy) {
    legacyFrames(cells_, names_, map_, stack_);
  } else {
    pypyFrames(cells_, raw_.layout.native, stack_);
  }
  if (stack_.frames.empty()) return empty(stack_.state);
  Answer answer{.done = true, .state = stack_.state};
  std::optional<StackId> stack;
  for (auto frame = stack_.frames.rbegin(); frame != stack_.frames.rend(); ++frame) {
    const Known known = frameOf(frame->id, frame->native, 0, frame->block);
    answer.unknown_code = answer.unknown_code || known.unknown;
    stack = target_.internStack(stack, known.frame);
  }
  answer.stack = *stack;
  return answer;
}

StackBuilder::Answer StackBuilder::empty(VmState state) {
  const FunctionId function =
      target_.internFunction(kNoPythonCode, target_.internFile(""), 0, FunctionKind::kNative);
  return {.stack = target_.internStack(std::nullopt, target_.internFrame(function, 0)),
          .done = true,
          .state = state};
}

StackBuilder::Known StackBuilder::frameOf(std::uint64_t id, bool native, std::uint32_t line,
                                          std::uint64_t block) {
  if (line > INT32_MAX) line = 0;
  auto [found, fresh] = functions_.try_emplace(id);
  if (fresh) found->second = functionOf(id, native);
  FrameId frame = target_.internFrame(found->second.function, line);
  if (block != 0) frame = target_.internJitFrame(frame, target_.internJitBlock(block));
  return {frame, found->second.unknown};
}

StackBuilder::KnownFunction StackBuilder::functionOf(std::uint64_t id, bool native) {
  if (const auto name = names_.find(id)) {
    const ParsedName parsed = parseName(*name, raw_.pypy);
    return {target_.internFunction(parsed.function, target_.internFile(parsed.file), parsed.first_line,
                                   parsed.native || native ? FunctionKind::kNative : FunctionKind::kPython),
            false};
  }
  std::string name = fmt::format("(code {:#x})", id);
  if (native) {
    const auto* module = map_.find(id);
    name = module != nullptr ? "(" + module->name + ")" : fmt::format("{:#x}", id & ~std::uint64_t{1});
  }
  const auto kind = native ? FunctionKind::kNative : FunctionKind::kUnknown;
  return {target_.internFunction(name, target_.internFile(""), 0, kind), !native};
}

}  // namespace pyrometer::vmprof
