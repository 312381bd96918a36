#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>

#include "sampler/unwind_area.h"

/// Walks the native frames of one thread from the leaf to the root by the tables of an unwind_area.h. No
/// allocation, no recursion, no lock; nothing outside of the area and of the given stack is read.
namespace pyrometer::sampler {

/// The part of the stack that may be read.
struct StackBounds {
  std::uint64_t low = 0, high = 0;
  bool holds(std::uint64_t address) const {
    return address % 8 == 0 && address >= low && address < high && high - address >= 8;
  }
};

struct NativeRegisters {
  std::uint64_t place = 0, stack_pointer = 0, frame_pointer = 0;
};

/// The rules for the code of one process.
class UnwindRules {
 public:
  UnwindRules(const std::uint8_t* area, std::uint64_t bytes, std::uint32_t process)
      : area_(area), bytes_(bytes) {
    if (area == nullptr || !holds(process * unwind::kUnit, sizeof(unwind::Process))) return;
    process_ = reinterpret_cast<const unwind::Process*>(area + process * unwind::kUnit);
    generation_ = process_->generation.load(std::memory_order_acquire);
    const std::uint64_t list = process_->ranges.load(std::memory_order_acquire);
    const std::uint64_t place = (list >> 32) * unwind::kUnit;
    count_ = static_cast<std::uint32_t>(list);
    if (place == 0 || !holds(place, count_ * std::uint64_t{sizeof(unwind::Range)})) {
      count_ = 0;
      return;
    }
    ranges_ = reinterpret_cast<const unwind::Range*>(area + place);
  }

  bool any() const { return count_ != 0; }
  /// What was read stood still meanwhile.
  bool good() const {
    std::atomic_thread_fence(std::memory_order_acquire);
    return process_ != nullptr && process_->generation.load(std::memory_order_relaxed) - generation_ < 2;
  }
  bool isEvaluation(std::uint64_t place) const {
    return process_ != nullptr && place >= process_->evaluation[0] && place < process_->evaluation[1];
  }

  const unwind::Range* rangeOf(std::uint64_t place) const {
    std::uint32_t low = 0, high = count_;
    while (low < high) {
      const std::uint32_t middle = (low + high) / 2;
      if (ranges_[middle].end <= place) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < count_ && place >= ranges_[low].begin ? &ranges_[low] : nullptr;
  }

  unwind::Rule ruleAt(const unwind::Range& range, std::uint64_t place) const {
    const std::uint64_t at = range.table * unwind::kUnit;
    unwind::Table table;
    if (at == 0 || !holds(at, sizeof table)) return {};
    std::memcpy(&table, area_ + at, sizeof table);
    const std::uint64_t distance = place - range.bias - table.start;
    const std::uint64_t block = distance >> unwind::kBlockBits;
    if (!holds(at, unwind::tableBytes(table)) || block >= table.blocks) return {};
    const auto* first = reinterpret_cast<const std::uint32_t*>(area_ + at + sizeof table);
    const std::uint32_t* rows = first + table.blocks + 1;
    const auto* rules = reinterpret_cast<const std::uint16_t*>(rows + table.rows);
    std::uint32_t low = first[block], high = first[block + 1];
    if (low > table.rows || high > table.rows) return {};
    while (low < high) {
      const std::uint32_t middle = (low + high) / 2;
      if (rows[middle] <= distance) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == 0 || rules[low - 1] >= table.rules) return {};
    unwind::Rule rule;
    std::memcpy(
        &rule,
        area_ + at + unwind::tableBytes(table) - (std::uint64_t{table.rules} - rules[low - 1]) * sizeof rule,
        sizeof rule);
    return rule;
  }

 private:
  bool holds(std::uint64_t at, std::uint64_t size) const { return at <= bytes_ && size <= bytes_ - at; }

  const std::uint8_t* area_;
  std::uint64_t bytes_;
  const unwind::Process* process_ = nullptr;
  std::uint32_t generation_ = 0, count_ = 0;
  const unwind::Range* ranges_ = nullptr;
};

/// One native frame after another.
class Unwinder {
 public:
  enum class State : std::uint8_t {
    kFrame,  ///< there is a frame
    kRoot,   ///< it was the last one
    kLost,   ///< the callers cannot be told
  };

  Unwinder(const UnwindRules& rules, const NativeRegisters& at, const StackBounds& stack)
      : rules_(rules), at_(at), stack_(stack) {
    find();
  }

  State state() const { return state_; }
  /// The leaf: the instruction that comes next. Callers: the one behind the call.
  std::uint64_t place() const { return at_.place; }
  /// The frame's part of the stack: [stackPointer, end). Where the callers are lost it has no end.
  std::uint64_t stackPointer() const { return at_.stack_pointer; }
  std::uint64_t end() const { return knows_caller_ ? caller_.stack_pointer : at_.stack_pointer; }
  bool leaf() const { return leaf_; }
  /// The frame's code is mapped from no file that is known.
  bool unmapped() const { return unmapped_; }

  void next() {
    if (state_ != State::kFrame) return;
    if (!knows_caller_) {
      state_ = outermost_ ? State::kRoot : State::kLost;
      return;
    }
    leaf_ = false;
    after_signal_ = signal_;
    at_ = caller_;
    find();
  }

 private:
  static constexpr std::uint32_t kMostFrames = 4096;
  static constexpr std::uint64_t kMostAbove = 4096;
  // Where the kernel puts the registers (struct ucontext), counted from the stack pointer in a signal's
  // return.
  static constexpr std::uint64_t kSavedStackPointer = 160, kSavedPlace = 168, kSavedFramePointer = 120;

  static std::uint64_t word(std::uint64_t address) {
    std::uint64_t value = 0;
    std::memcpy(&value, reinterpret_cast<const void*>(address), sizeof value);
    return value;
  }
  bool read(std::uint64_t address, std::uint64_t& value) const {
    if (!stack_.holds(address)) return false;
    value = word(address);
    return true;
  }

  /// Looks for the caller of the frame at hand.
  void find() {
    knows_caller_ = outermost_ = signal_ = unmapped_ = false;
    // A call that never returns may be a function's last instruction; the place behind it is another's.
    const std::uint64_t asked = leaf_ || after_signal_ ? at_.place : at_.place - 1;
    const unwind::Range* range = rules_.rangeOf(asked);
    unmapped_ = range == nullptr;
    if (range == nullptr || ++frames_ > kMostFrames) return;
    const unwind::Rule rule = rules_.ruleAt(*range, asked);
    outermost_ = rule.cfa == unwind::Cfa::kOutermost;
    std::uint64_t cfa = 0;
    caller_ = at_;
    if (rule.cfa == unwind::Cfa::kSignal) {
      signal_ = true;
      knows_caller_ = read(at_.stack_pointer + kSavedStackPointer, cfa) &&
                      read(at_.stack_pointer + kSavedPlace, caller_.place) &&
                      read(at_.stack_pointer + kSavedFramePointer, caller_.frame_pointer);
    } else if (frameAddress(rule, cfa)) {
      knows_caller_ =
          read(cfa + static_cast<std::uint64_t>(std::int64_t{rule.return_offset}), caller_.place) &&
          framePointer(rule, cfa);
    }
    caller_.stack_pointer = cfa;
    // Each frame lies above the one before, or it is none. The outermost one that is known of a thread may
    // end above what is known of its stack.
    if (cfa <= at_.stack_pointer) knows_caller_ = false;
    if (cfa > stack_.high && at_.stack_pointer < stack_.high && cfa - stack_.high < kMostAbove)
      outermost_ = true;
    if (knows_caller_ && caller_.place == 0) {
      knows_caller_ = false;
      outermost_ = true;
    }
  }

  bool frameAddress(const unwind::Rule& rule, std::uint64_t& cfa) const {
    const auto offset = static_cast<std::uint64_t>(std::int64_t{rule.cfa_offset});
    switch (rule.cfa) {
      case unwind::Cfa::kStackPointer:
        cfa = at_.stack_pointer + offset;
        return true;
      case unwind::Cfa::kFramePointer:
        cfa = at_.frame_pointer + offset;
        return true;
      case unwind::Cfa::kAtStackPointer:
        return read(at_.stack_pointer + offset, cfa);
      case unwind::Cfa::kAtFramePointer:
        return read(at_.frame_pointer + offset, cfa);
      case unwind::Cfa::kPlt:
        cfa = at_.stack_pointer + ((at_.place & 15) >= 11 ? 16 : 8);
        return true;
      default:
        return false;
    }
  }

  bool framePointer(const unwind::Rule& rule, std::uint64_t cfa) {
    const auto offset = static_cast<std::uint64_t>(std::int64_t{rule.pointer_offset});
    switch (rule.pointer) {
      case unwind::Pointer::kSame:
        return true;
      case unwind::Pointer::kAtCfa:
        return read(cfa + offset, caller_.frame_pointer);
      case unwind::Pointer::kAtFramePointer:
        return read(at_.frame_pointer + offset, caller_.frame_pointer);
      default:
        caller_.frame_pointer = 0;
        return true;
    }
  }

  const UnwindRules& rules_;
  NativeRegisters at_, caller_;
  StackBounds stack_;
  State state_ = State::kFrame;
  std::uint32_t frames_ = 0;
  bool leaf_ = true, after_signal_ = false, signal_ = false;
  bool knows_caller_ = false, outermost_ = false, unmapped_ = false;
};

}  // namespace pyrometer::sampler
