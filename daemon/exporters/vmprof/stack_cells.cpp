#include "daemon/exporters/vmprof/stack_cells.h"

#include <algorithm>

#include "daemon/exporters/vmprof/file_words.h"

namespace pyrometer::vmprof {
namespace {

constexpr std::size_t kPairSize = 16;

}  // namespace

StackCells::StackCells(const Profile& profile, const CodeIds& ids, const Shape& shape)
    : profile_(profile), ids_(ids), shape_(shape) {
  if (shape.pypy) return;
  frames_.resize(profile.frames().size());
  for (std::uint32_t i = 0; i < frames_.size(); ++i) {
    const Frame& frame = profile.frames()[i];
    const bool native = profile.function(frame.function).kind == FunctionKind::kNative;
    if (shape.lines) appendWord(frames_[i], native ? 0 : profile.line(frame.line).line);
    appendWord(frames_[i], ids.cell(frame.function));
  }
}

void StackCells::append(std::string& out, const Sample& sample) {
  if (shape_.pypy) {
    appendPypy(out, sample);
  } else {
    appendPlain(out, sample);
  }
}

/// A stack without a frame has one in the model that says so.
bool StackCells::isEmpty(StackId stack) const {
  const StackNode& node = profile_.stack(stack);
  const Function& function = profile_.function(profile_.frame(node.frame).function);
  return node.depth == 1 && function.kind == FunctionKind::kNative &&
         profile_.string(function.name) == kNoPythonCode;
}

void StackCells::appendPlain(std::string& out, const Sample& sample) const {
  const bool empty = isEmpty(sample.stack);
  const std::size_t depth =
      empty ? 0 : std::min<std::size_t>(profile_.stack(sample.stack).depth, shape_.maxFrames());
  appendWord(out, depth * shape_.cellsPerFrame());
  std::optional<StackId> at = sample.stack;
  for (std::size_t i = 0; i < depth; ++i) {
    const StackNode& node = profile_.stack(*at);
    out += frames_[index(node.frame)];
    at = node.parentId();
  }
}

/// Frames in machine code are written as PyPy writes them: the block, the frames in it, and the outermost
/// once more as interpreted code, which readers show once. That frame also keeps groups apart.
void StackCells::appendPypy(std::string& out, const Sample& sample) {
  pairs_.clear();
  const auto block_of_leaf = profile_.frame(profile_.stack(sample.stack).frame).blockId();
  // Where the leaf does not tell of machine code, a block without a frame does. The format has kinds for the
  // collector and the JIT at work too, but nobody ever wrote them, and vmprof's own reader fails on them.
  if (sample.state.vm == VmState::kJit && !block_of_leaf) appendPair(pairs_, CellKind::kAssembler, 0);
  constexpr std::size_t kMost = kMaxCells * 8 - 3 * kPairSize;
  std::optional<StackId> at = isEmpty(sample.stack) ? std::nullopt : std::optional(sample.stack);
  std::uint32_t block = Frame::kInterpreted;
  while (at && pairs_.size() < kMost) {
    const StackNode& node = profile_.stack(*at);
    const Frame& frame = profile_.frame(node.frame);
    const std::uint64_t cell = ids_.cell(frame.function);
    at = node.parentId();
    if (frame.block == Frame::kInterpreted) {
      const bool native = profile_.function(frame.function).kind == FunctionKind::kNative;
      appendPair(pairs_, native ? CellKind::kNative : CellKind::kCode, cell);
    } else {
      if (frame.block != block) appendPair(pairs_, CellKind::kAssembler, profile_.jitBlocks()[frame.block]);
      appendPair(pairs_, CellKind::kJitted, cell);
      const bool last = !at || profile_.frame(profile_.stack(*at).frame).block != frame.block;
      if (last) appendPair(pairs_, CellKind::kCode, cell);
    }
    block = frame.block;
  }
  appendWord(out, pairs_.size() / 8);
  out += pairs_;
}

}  // namespace pyrometer::vmprof
