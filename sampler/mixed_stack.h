#pragma once

#include <cstdint>

#include "sampler/interpreters/frame_walker.h"
#include "sampler/interpreters/layouts.h"
#include "sampler/interpreters/memory.h"
#include "sampler/interpreters/stack_buffer.h"
#include "sampler/unwinder.h"

/// Puts the native and the Python frames of one thread into their true order. A C function that evaluates
/// Python has a struct on the C stack that the interpreter's own chain leads to (a *mark*): the native frame
/// in whose part of the stack it lies stands for the Python frames that the function evaluates, and they take
/// its place.
///
///   3.12 and later: the shim that each evaluation begins with
///   3.10, 3.11: the C frame (tstate->cframe and its `previous`); 3.11 has one for each frame that is an
///     entry, 3.10 for each frame, and while a frame is made or unmade one more or less than frames
///   3.9: nothing: the evaluation loop's own addresses tell, and there are as many as frames, or one more
///
/// No allocation, no recursion.
namespace pyrometer::sampler {

/// As PackedFrame (stack_encoder.h) has it. Addresses of Python frames have the bit clear.
inline constexpr std::uint64_t kNativeBit = std::uint64_t{1} << 63;
/// Stands for native frames that could not be told.
inline constexpr std::uint64_t kLostFrames = kNativeBit;

/// What the Python walk over the same stack found before.
struct PythonStack {
  std::uint64_t thread_state = 0;
  interpreters::Leaf leaf;
  std::uint32_t frames = 0;
  bool misplaced = false;  ///< the innermost C evaluation has begun and is not linked yet (3.11)
  bool whole = false;
};

/// The marks of the C frame chain, innermost first.
template <interpreters::Memory M>
class CFrameMarks {
 public:
  // 3.10, checked against the headers of 3.10.0 to 3.10.13: the thread state's cframe, the C frame's
  // previous.
  static constexpr std::uint32_t kCFrame310 = 48, kPrevious310 = 8;

  CFrameMarks(const interpreters::Layout& layout, M& memory, const PythonStack& python)
      : memory_(memory), previous_(layout.minor == 10 ? kPrevious310 : layout.cframe.previous) {
    if (layout.minor != 10 && layout.minor != 11) return;
    const bool old = layout.minor == 10;
    if (!interpreters::read(memory, python.thread_state + (old ? kCFrame310 : layout.thread.frame), at_))
      at_ = 0;
    if (python.misplaced) next();
    if (!old) return;
    std::uint32_t count = 0;
    const std::uint64_t innermost = at_;
    while (next() != 0) ++count;
    at_ = innermost;
    for (; count > python.frames; --count) next();
    missing_ = python.frames - count;
  }

  /// 0: there is none (any more). The outermost one belongs to no evaluation.
  std::uint64_t next() {
    if (missing_ > 0) {
      --missing_;
      return 0;
    }
    if (at_ == 0 || at_ % 8 != 0 || ++steps_ > interpreters::kLongestChain) return 0;
    std::uint64_t above = 0;
    if (!interpreters::read(memory_, at_ + previous_, above)) above = 0;
    const std::uint64_t mark = above == 0 ? 0 : at_;
    at_ = above;
    return mark;
  }

 private:
  M& memory_;
  std::uint32_t previous_;
  std::uint64_t at_ = 0;
  std::uint32_t missing_ = 0, steps_ = 0;
};

/// The Python frames that one C function evaluates, group after group.
template <interpreters::Memory M>
class PythonGroups {
 public:
  PythonGroups(const interpreters::Layout& layout, M& memory, const PythonStack& python,
               std::uint64_t trampoline)
      : layout_(layout),
        walker_(layout, memory, python.leaf, trampoline),
        marks_(layout, memory, python),
        left_(python.frames),
        by_chain_(layout.minor == 10 || layout.minor == 11) {
    find();
  }

  bool any() const { return size_ != 0 || shim_; }
  /// Address on the C stack; 0 if the group has none.
  std::uint64_t mark() const { return mark_; }

  /// Adds the group's frames and goes on to the next one.
  void emit(interpreters::StackBuffer<std::uint64_t>& out) {
    interpreters::RawFrame frame;
    for (; size_ > 0; --size_) {
      if (!walker_.next(frame)) break;
      out.add(frame.address);
    }
    if (shim_) walker_.nextOrShim(frame);
    find();
  }

 private:
  void find() {
    size_ = 0;
    mark_ = 0;
    shim_ = false;
    auto ahead = walker_;
    interpreters::RawFrame frame;
    while (left_ > 0 || !by_chain_) {
      if (!ahead.nextOrShim(frame)) return;
      if (ahead.atShim()) {
        shim_ = true;
        mark_ = frame.address;
        return;
      }
      // No further than the walk before: what it found to be torn is torn.
      if (left_ == 0) return;
      ++size_;
      --left_;
      if (layout_.kind == interpreters::FrameKind::kHeapFrames || ahead.atEntry()) {
        if (by_chain_) mark_ = marks_.next();
        return;
      }
    }
  }

  const interpreters::Layout& layout_;
  interpreters::FrameWalker<M> walker_;
  CFrameMarks<M> marks_;
  std::uint32_t left_;  ///< frames of groups to come
  bool by_chain_;
  std::uint32_t size_ = 0;
  std::uint64_t mark_ = 0;
  bool shim_ = false;
};

/// Mixes into `out`, leaf first: addresses of Python frames, and native frames as kNativeBit | address within
/// the instruction (of callers: the call). Evaluation loops are left out.
class Mixer {
 public:
  Mixer(const UnwindRules& rules, const NativeRegisters& at, const StackBounds& stack,
        interpreters::StackBuffer<std::uint64_t>& out)
      : rules_(rules), at_(at), stack_(stack), out_(out), native_(rules, at, stack) {}

  /// Some code was met that no file is known for.
  bool unmapped() const { return unmapped_; }

  void withoutPython() {
    for (; native_.state() == Unwinder::State::kFrame; native_.next()) addNative();
    addLost();
  }

  template <interpreters::Memory M>
  void mix(const interpreters::Layout& layout, M& memory, const PythonStack& python,
           std::uint64_t trampoline) {
    PythonGroups<M> groups(layout, memory, python, trampoline);
    if (layout.minor == 9) {
      mixByLoops(groups, python);
    } else {
      mixByMarks(groups);
    }
    // The C stack has come to its end, or is not known further up.
    if (groups.any()) addLost();
    while (groups.any()) groups.emit(out_);
  }

 private:
  void addNative() {
    unmapped_ = unmapped_ || native_.unmapped();
    out_.add(kNativeBit | (native_.leaf() ? native_.place() : native_.place() - 1));
  }
  void addLost() {
    if (native_.state() == Unwinder::State::kLost) out_.add(kLostFrames);
  }

  template <class Groups>
  void mixByMarks(Groups& groups) {
    for (; native_.state() == Unwinder::State::kFrame; native_.next()) {
      bool evaluates = false;
      // One without a mark is innermost of all: its C function is just ending.
      while (groups.any() && groups.mark() < native_.end()) {
        evaluates = evaluates || groups.mark() >= native_.stackPointer();
        groups.emit(out_);
      }
      if (!evaluates) addNative();
    }
  }

  /// 3.9. The outermost loop evaluates the outermost frame, and so on inwards: their numbers tell how many at
  /// the leaf have no frame (yet, or any more).
  template <class Groups>
  void mixByLoops(Groups& groups, const PythonStack& python) {
    std::uint32_t loops = 0;
    Unwinder ahead(rules_, at_, stack_);
    for (; ahead.state() == Unwinder::State::kFrame; ahead.next()) loops += isLoop(ahead) ? 1 : 0;
    const bool known = ahead.state() == Unwinder::State::kRoot && python.whole && loops >= python.frames &&
                       loops - python.frames <= 1;
    std::uint32_t without_frame = loops - python.frames;
    for (; native_.state() == Unwinder::State::kFrame; native_.next()) {
      if (!isLoop(native_)) {
        addNative();
        continue;
      }
      if (!known) {
        out_.add(kLostFrames);
        return;
      }
      if (without_frame > 0) {
        --without_frame;
      } else {
        groups.emit(out_);
      }
    }
  }
  bool isLoop(const Unwinder& native) const {
    return rules_.isEvaluation(native.leaf() ? native.place() : native.place() - 1);
  }

  const UnwindRules& rules_;
  NativeRegisters at_;
  StackBounds stack_;
  interpreters::StackBuffer<std::uint64_t>& out_;
  Unwinder native_;
  bool unmapped_ = false;
};

}  // namespace pyrometer::sampler
