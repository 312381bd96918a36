#include "daemon/importers/samplestream/stack_resolver.h"

#include "daemon/importers/samplestream/frame_marks.h"

namespace pyrometer::samplestream {

ResolvedStack StackResolver::resolve(std::uint32_t node) {
  if (node < answers_.size() && answers_[node].generation == kSettled && !answers_[node].stack.empty)
    return answers_[node].stack;
  if (answers_.size() < raw_.size()) answers_.resize(raw_.size());
  if (pypy_) return resolvePypy(node);

  const std::uint64_t now = generation();
  const auto fresh = [&](std::uint32_t n) {
    return answers_[n].generation == kSettled || answers_[n].generation == now;
  };
  to_do_.clear();
  std::uint32_t at = node;
  for (; at != RawStacks::kNone && !fresh(at); at = raw_.parent(at)) to_do_.push_back(at);

  for (; !to_do_.empty(); to_do_.pop_back()) {
    const std::uint32_t child = to_do_.back();
    const ResolvedFrame& frame = frameOf(child, now);
    const Answer caller =
        at == RawStacks::kNone ? Answer{.stack = {.empty = true}, .generation = kSettled} : answers_[at];
    const auto parent = caller.stack.empty ? std::nullopt : std::optional(caller.stack.stack);
    Answer& answer = answers_[child];
    if (frame.folded || (frame.starter && caller.stack.empty)) {
      answer = caller;
      if (!frame.settled) answer.generation = now;
      at = child;
      continue;
    }
    answer.stack.empty = false;
    answer.stack.stack = builder_->internStack(parent, frame.frame);
    answer.stack.unknown_code = caller.stack.unknown_code || frame.unknown;
    answer.stack.native_leaf = frame.native;
    answer.stack.awaits_table = caller.stack.awaits_table || frame.awaits_table;
    answer.generation = frame.settled && caller.generation == kSettled ? kSettled : now;
    at = child;
  }
  ResolvedStack stack = answers_[node].stack;
  if (stack.empty) {
    stack.stack = builder_->internStack(std::nullopt, namedFrame(kNoPythonCode, FunctionKind::kNative));
    stack.native_leaf = true;
  }
  return stack;
}

ResolvedStack StackResolver::resolvePypy(std::uint32_t node) {
  Answer& answer = answers_[node];
  if (answer.generation == generation()) return answer.stack;
  answer = {.stack = {}, .generation = kSettled};
  cells_.clear();
  std::optional<StackId> stack;
  for (std::uint32_t at = node; at != RawStacks::kNone; at = raw_.parent(at)) {
    const RawFrame& raw = raw_.frame(at);
    const auto cell = [&](std::uint64_t value, vmprof::Kind kind) {
      cells_.push_back({.place = value, .code = static_cast<std::uint32_t>(kind)});
    };
    if (raw.code == kNativeFrame) {
      // Functions of PyPy itself have no names, and are how its Python code runs.
      if ((raw.place & stream::kInInterpreter) == 0)
        cell(raw.place, (raw.place & 1) != 0 ? vmprof::Kind::kNative : vmprof::Kind::kAssembler);
    } else if (raw.code > kNativeFrame) {
      stack = builder_->internStack(std::nullopt, resolveFrame(raw).frame);
    } else if (raw.code != 0 || raw.place == 0) {
      cell(std::uint64_t{raw.code} * 4, raw.place == 0 ? vmprof::Kind::kCode : vmprof::Kind::kJitted);
    }
  }
  vmprof::pypyFrames(cells_, true, pypy_stack_);
  answer.stack.state = pypy_stack_.state;
  answer.stack.native_leaf = pypy_stack_.frames.empty();
  for (auto frame = pypy_stack_.frames.rbegin(); frame != pypy_stack_.frames.rend(); ++frame) {
    if (const auto shown = pypyFrame(*frame, answer)) stack = builder_->internStack(stack, *shown);
  }
  // A block alone is no frame.
  if (!stack) stack = builder_->internStack(std::nullopt, namedFrame(kNoPythonCode, FunctionKind::kNative));
  answer.stack.stack = *stack;
  return answer.stack;
}

std::optional<FrameId> StackResolver::pypyFrame(const vmprof::PypyStack::Frame& frame, Answer& answer) {
  if (frame.native) {
    const ResolvedFrame native = nativeFrame(frame.id - 1);
    if (!native.settled) answer.generation = generation();
    return native.folded ? std::nullopt : std::optional(native.frame);
  }
  // Any position but the beginning: its line is not known.
  const auto place = codes_.place(static_cast<std::uint32_t>(frame.id / 4), 1, *builder_);
  if (!place) {
    answer.generation = generation();
    answer.stack.unknown_code = true;
    return namedFrame("(unknown code)", FunctionKind::kUnknown);
  }
  return frame.block == 0 ? place->frame
                          : builder_->internJitFrame(place->frame, builder_->internJitBlock(frame.block));
}

const StackResolver::ResolvedFrame& StackResolver::frameOf(std::uint32_t node, std::uint64_t now) {
  const std::uint32_t number = raw_.frameNumber(node);
  if (frames_.size() <= number) frames_.resize(raw_.frameCount());
  KnownFrame& known = frames_[number];
  if (known.generation != kSettled && known.generation != now) {
    known.frame = resolveFrame(raw_.frame(node));
    known.generation = known.frame.settled ? kSettled : now;
  }
  return known.frame;
}

StackResolver::ResolvedFrame StackResolver::resolveFrame(const RawFrame& raw) {
  switch (raw.code) {
    case kNativeFrame:
      return nativeFrame(raw.place);
    case kElidedFrames:
      return {.frame = namedFrame("(frames left out)", FunctionKind::kElided)};
    case kTornFrames:
      return {.frame = namedFrame("(callers not readable)", FunctionKind::kElided)};
    case kNoFrames:
      return {.frame = namedFrame("(no Python code)", FunctionKind::kNative), .native = true};
    case kShutdownFrames:
      return {.frame = namedFrame("(interpreter shutting down)", FunctionKind::kNative), .native = true};
    default:
      break;
  }
  const auto place = codes_.place(raw.code, raw.place, *builder_);
  if (!place) {
    return {.frame = namedFrame("(unknown code)", FunctionKind::kUnknown), .settled = false, .unknown = true};
  }
  return {.frame = place->frame,
          .settled = place->settled,
          .unknown = place->kind == FunctionKind::kUnknown,
          .native = place->kind == FunctionKind::kNative,
          .awaits_table = !place->settled};
}

StackResolver::ResolvedFrame StackResolver::nativeFrame(std::uint64_t address) {
  const NativePlace place = modules_->placeOf(address);
  ResolvedFrame frame{
      .settled = place.settled, .native = true, .folded = place.plumbing, .starter = place.interpreter};
  if (frame.folded) return frame;
  const FileId file = builder_->internFile(place.file, Owner::kNative);
  frame.frame =
      builder_->internFrame(builder_->internFunction(place.name, file, 0, FunctionKind::kNative), place.line);
  return frame;
}

FrameId StackResolver::namedFrame(std::string_view name, FunctionKind kind) {
  return builder_->internFrame(builder_->internFunction(name, builder_->internFile(""), 0, kind), 0);
}

}  // namespace pyrometer::samplestream
