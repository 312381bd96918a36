#pragma once

#include <cstdint>

#include "sampler/interpreters/attributes.h"
#include "sampler/interpreters/frame_walker.h"
#include "sampler/interpreters/layouts.h"
#include "sampler/interpreters/memory.h"

/// Is the interpreter laid out as we believe? Looks at one thread that runs Python: what its thread state
/// says of itself must be true, its stack must lead to its root, and each code object must look like one.
/// Done once before the first sample counts; an interpreter that was patched, or built in another way, is
/// noticed so, and not believed. Over any Memory, without allocation.
namespace pyrometer::interpreters {

enum class Doubt : std::uint32_t {
  kNone = 0,
  kNoFrames,     ///< no doubt yet: the thread runs no Python, nothing can be said
  kThreadId,     ///< the thread state does not hold this thread's id
  kInterpreter,  ///< the thread state's interpreter is not in the runtime's list
  kStack,        ///< the frames do not lead to the root
  kCode,         ///< a frame's code is no code object
  kNames,        ///< a code object's name, file or line table is none
};

/// "its thread state does not hold the thread's id": a part of a sentence for the user.
const char* doubtText(Doubt doubt);

/// The thread to look at; 0 where something is not known.
struct Witness {
  std::uint64_t runtime = 0, thread_state = 0, pthread = 0;
  std::int32_t tid = 0;
};

namespace detail {

template <Memory M>
bool isListed(const Layout& layout, M& memory, std::uint64_t runtime, std::uint64_t interpreter) {
  constexpr int kMost = 1000;
  std::uint64_t at = 0;
  if (!read(memory, runtime + layout.runtime.interpreters_head, at)) return false;
  for (int i = 0; i < kMost && at != 0 && at != interpreter; ++i) {
    if (at % 8 != 0 || !read(memory, at + layout.interpreter.next, at)) return false;
  }
  return at == interpreter && interpreter != 0;
}

template <Memory M>
Doubt checkCode(const Layout& layout, M& memory, std::uint64_t code) {
  if (!isOfType(layout, memory, code, "code")) return Doubt::kCode;
  std::uint64_t name = 0, filename = 0, table = 0;
  if (!read(memory, code + layout.code.name, name) || !read(memory, code + layout.code.filename, filename) ||
      !read(memory, code + layout.code.linetable, table)) {
    return Doubt::kCode;
  }
  if (!isText(layout, memory, name) || !isText(layout, memory, filename) ||
      !isOfType(layout, memory, name, "str") || !isOfType(layout, memory, filename, "str") ||
      !isOfType(layout, memory, table, "bytes")) {
    return Doubt::kNames;
  }
  return Doubt::kNone;
}

}  // namespace detail

template <Memory M>
Doubt checkLayout(const Layout& layout, M& memory, const Witness& witness) {
  std::uint64_t word = 0;
  const std::uint64_t state = witness.thread_state;
  if (witness.pthread != 0 &&
      (!read(memory, state + layout.thread.thread_id, word) || word != witness.pthread))
    return Doubt::kThreadId;
  if (layout.thread.native_thread_id != kAbsent &&
      (!read(memory, state + layout.thread.native_thread_id, word) ||
       word != static_cast<std::uint64_t>(witness.tid))) {
    return Doubt::kThreadId;
  }
  if (!read(memory, state + layout.thread.interpreter, word) || word % 8 != 0 ||
      !detail::isListed(layout, memory, witness.runtime, word)) {
    return Doubt::kInterpreter;
  }
  const Leaf leaf = findLeaf(layout, memory, state);
  if (leaf.readable && leaf.frame == 0) return Doubt::kNoFrames;
  FrameWalker<M> walker(layout, memory, leaf, 0);
  RawFrame frame;
  constexpr int kEnough = 200;
  int frames = 0;
  Doubt doubt = Doubt::kNone;
  while (frames < kEnough && doubt == Doubt::kNone && walker.next(frame)) {
    doubt = detail::checkCode(layout, memory, frame.code);
    ++frames;
  }
  if (doubt != Doubt::kNone) return doubt;
  if (walker.torn()) return Doubt::kStack;
  return frames == 0 ? Doubt::kNoFrames : Doubt::kNone;
}

}  // namespace pyrometer::interpreters
