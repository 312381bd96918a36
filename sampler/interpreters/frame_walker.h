#pragma once

#include <cstdint>

#include "sampler/interpreters/layouts.h"
#include "sampler/interpreters/memory.h"

/// Walks the Python frames of one thread from the leaf to the root, over any Memory. No allocation, no
/// recursion; believes nothing it reads. Frames that are no Python function of the program are left out:
/// shims (marks of C functions that evaluate), and the trampoline that a specialised class instantiation
/// pushes (3.13 and later), once its code object is known (see isTrampoline).
namespace pyrometer::interpreters {

struct RawFrame {
  std::uint64_t address = 0;
  std::uint64_t code = 0;   ///< address of the code object, tags removed; not yet checked to be one
  std::int64_t offset = 0;  ///< of the instruction in the code, in bytes; negative: not begun
  std::uint8_t owner = 0;
};

/// Where a walk begins, and what it must meet on its way.
struct Leaf {
  std::uint64_t frame = 0;       ///< 0: no Python frame
  std::uint64_t base_frame = 0;  ///< 3.15: where it must end; 0: at a null pointer
  /// 3.11, 3.12: the frame below the innermost C evaluation. While a call is being set up, the thread state
  /// may point at a C frame not yet filled in, whose "current frame" is rubbish; the first entry mark then
  /// disagrees with this.
  bool checks_entry = false;
  std::uint64_t below_entry = 0;
  bool readable = true;  ///< false: not even this could be read
};

/// The addresses that a thread state leads to; `thread_state` itself must be readable at once.
template <Memory M>
Leaf findLeaf(const Layout& layout, M& memory, std::uint64_t thread_state) {
  Leaf leaf;
  std::uint64_t first = 0;
  leaf.readable = read(memory, thread_state + layout.thread.frame, first);
  if (!leaf.readable || layout.kind != FrameKind::kCFrames) {
    leaf.frame = first;
    if (leaf.readable && layout.thread.base_frame != kAbsent) {
      leaf.readable = read(memory, thread_state + layout.thread.base_frame, leaf.base_frame);
    }
    return leaf;
  }
  std::uint64_t previous = 0;
  leaf.readable = first != 0 && read(memory, first + layout.cframe.current_frame, leaf.frame) &&
                  read(memory, first + layout.cframe.previous, previous);
  if (leaf.readable && previous != 0) {
    leaf.checks_entry = true;
    leaf.readable = read(memory, previous + layout.cframe.current_frame, leaf.below_entry);
  }
  return leaf;
}

/// Longest chain followed. Recursion of pure Python goes as deep as its limit allows; a circle goes for ever.
inline constexpr std::uint32_t kLongestChain = 200'000;

template <Memory M>
class FrameWalker {
 public:
  /// `trampoline`: the code object to leave out, 0 if not known.
  FrameWalker(const Layout& layout, M& memory, const Leaf& leaf, std::uint64_t trampoline)
      : layout_(layout),
        memory_(memory),
        next_(leaf.frame),
        base_frame_(leaf.base_frame),
        trampoline_(trampoline),
        below_entry_(leaf.below_entry),
        checks_entry_(leaf.checks_entry),
        torn_(!leaf.readable) {}

  /// False at the end, also at an untimely one.
  bool next(RawFrame& frame) {
    while (nextOrShim(frame)) {
      if (!shim_) return true;
    }
    return false;
  }
  /// The same with shims, whose address alone counts: below it lies what a C function evaluates.
  bool nextOrShim(RawFrame& frame) {
    while (!torn_ && !ended_) {
      if (next_ == base_frame_) {  // null unless 3.15
        ended_ = true;
        break;
      }
      if (!step(frame)) break;
      if (shim_ || frame.code != trampoline_) return true;
    }
    return false;
  }
  bool atShim() const { return shim_; }
  /// 3.11: the frame at hand is the first one of a C function that evaluates.
  bool atEntry() const { return entry_; }

  /// The chain broke off; what came before is right as far as it goes.
  bool torn() const { return torn_; }
  /// The walk began in a C frame that was not filled in: forget it and begin at Leaf::below_entry.
  bool misplaced() const { return misplaced_; }
  /// The entry mark that would prove the beginning right was not met yet.
  bool beforeEntry() const { return checks_entry_; }

  /// Reads one frame by its address; false if it cannot be one.
  static bool decode(const Layout& layout, M& memory, std::uint64_t address, RawFrame& frame,
                     std::uint64_t& previous, bool& entry) {
    if (address % 8 != 0 || address < kLowestAddress) return false;
    const std::uint8_t* bytes = memory.view(address, layout.frame.size);
    if (bytes == nullptr) return false;
    previous = load<std::uint64_t>(bytes, layout.frame.previous);
    frame.address = address;
    frame.code = load<std::uint64_t>(bytes, layout.frame.code) & ~std::uint64_t{7};
    if (layout.kind == FrameKind::kHeapFrames) {
      frame.owner =
          load<std::uint64_t>(bytes, layout.frame.generator) != 0 ? kOwnedByGenerator : kOwnedByFrameObject;
      entry = false;
      const auto last = load<std::int32_t>(bytes, layout.frame.position);
      frame.offset = last < 0 ? -1 : std::int64_t{last} * layout.frame.position_scale;
      return frame.code != 0;
    }
    frame.owner = load<std::uint8_t>(bytes, layout.frame.owner);
    const bool shim = frame.owner >= kFirstShimOwner;
    entry =
        shim || (layout.frame.is_entry != kAbsent && load<std::uint8_t>(bytes, layout.frame.is_entry) != 0);
    if (shim) return true;
    if (frame.code == 0) return false;  // 3.14 and later: a popped frame
    const auto instruction = load<std::uint64_t>(bytes, layout.frame.position);
    std::uint64_t begin = frame.code + layout.code.adaptive;
    if (layout.code.tlbc != kAbsent) {
      const auto index = load<std::uint32_t>(bytes, layout.frame.tlbc_index);
      if (index > kMostBytecodeCopies) return false;
      std::uint64_t copies = 0;
      if (!read(memory, frame.code + layout.code.tlbc, copies)) return false;
      if (copies != 0 && !read(memory, copies + 8 + 8 * std::uint64_t{index}, begin)) return false;
    }
    frame.offset = static_cast<std::int64_t>(instruction - begin);
    if (frame.offset < 0 || frame.offset > kLongestCode) frame.offset = -1;
    return true;
  }

 private:
  static constexpr std::uint64_t kLowestAddress = 4096;
  static constexpr std::uint32_t kMostBytecodeCopies = 1 << 16;
  static constexpr std::int64_t kLongestCode = std::int64_t{1} << 30;

  bool step(RawFrame& frame) {
    std::uint64_t previous = 0;
    bool entry = false;
    if (++steps_ > kLongestChain || !decode(layout_, memory_, next_, frame, previous, entry) ||
        previous == next_) {
      // A chain that breaks before it reached an entry mark was rubbish from the start.
      misplaced_ = checks_entry_;
      torn_ = true;
      return false;
    }
    shim_ = frame.owner >= kFirstShimOwner && layout_.kind != FrameKind::kHeapFrames;
    entry_ = entry;
    if (checks_entry_ && entry) {
      checks_entry_ = false;
      if (previous != below_entry_) {
        misplaced_ = true;
        torn_ = true;
        return false;
      }
    }
    if (previous == 0) endAt(frame, entry);
    if (misplaced_) return false;
    next_ = previous;
    return true;
  }

  /// The chain ends in this frame: rightly? If not, the frame itself may still be good.
  void endAt(const RawFrame& frame, bool entry) {
    // A generator that has just yielded is linked to nothing any more.
    if (layout_.kind == FrameKind::kHeapFrames) {
      torn_ = frame.owner == kOwnedByGenerator;
      return;
    }
    // Gone by without the mark: it does not begin in a frame that is linked.
    misplaced_ = checks_entry_;
    // The outermost frame was entered from C.
    torn_ = misplaced_ || base_frame_ != 0 || !entry || frame.owner == kOwnedByGenerator;
  }

  const Layout& layout_;
  M& memory_;
  std::uint64_t next_;
  std::uint64_t base_frame_;
  std::uint64_t trampoline_;
  std::uint64_t below_entry_;
  std::uint32_t steps_ = 0;
  bool checks_entry_;
  bool torn_;
  bool ended_ = false;
  bool shim_ = false, entry_ = false;
  bool misplaced_ = false;
};

/// The code object of the frame that a specialised instantiation pushes: the file name is the name, and no
/// line.
constexpr bool isTrampoline(std::uint64_t name, std::uint64_t filename, std::int32_t first_line) {
  return name == filename && first_line <= 0;
}

}  // namespace pyrometer::interpreters
