#pragma once

#include <atomic>
#include <cstdint>

/// The memory in which the daemon lays down how native code is unwound, for all processes of a session: a
/// memfd that each of them maps read-only. Tables come from `.eh_frame`, one for each file; a process has a
/// list of its mapped code that says which table goes for which addresses.
///
///   +------+--------+---------+-------+--------+----
///   | Head | things, one behind the other, each from a multiple of kUnit on
///   +------+--------+---------+-------+--------+----
///
/// A place is a distance from the beginning in units; 0 is none. What a place leads to is complete before the
/// place is published. Every page is there before it is used, so a read cannot raise SIGBUS; a handler checks
/// all the same that what it reads lies within the area.
namespace pyrometer::unwind {

inline constexpr std::uint64_t kAreaBytes = std::uint64_t{128} << 20;  ///< reserved, not allocated
inline constexpr std::uint64_t kUnit = 64;
/// Code is looked up by blocks of this size, then by search among the block's rows.
inline constexpr std::uint32_t kBlockBits = 8;

/// How the canonical frame address (CFA: the stack pointer after the return) is found.
enum class Cfa : std::uint8_t {
  kNone,            ///< no rule: the way ends here, and there are callers nobody knows
  kOutermost,       ///< there is no caller
  kStackPointer,    ///< stack pointer + offset
  kFramePointer,    ///< frame pointer + offset
  kAtStackPointer,  ///< the word at that address
  kAtFramePointer,  ///< likewise
  kPlt,             ///< x86-64: stack pointer + 8, and 8 more in the last five bytes of an entry
  kSignal,          ///< the frame of a signal's return: registers lie in the context on the stack
};
enum class Pointer : std::uint8_t {
  kSame,
  kAtCfa,           ///< saved at the CFA + offset
  kAtFramePointer,  ///< saved at the frame pointer + offset
  kLost,
};

/// x86-64: the frame pointer is rbp and `return_offset` always -8. A machine with a link register would give
/// `return_offset` 0 where the address is still in it.
struct Rule {
  std::int32_t cfa_offset = 0;
  std::int16_t pointer_offset = 0, return_offset = 0;
  Cfa cfa = Cfa::kNone;
  Pointer pointer = Pointer::kSame;
  std::uint16_t reserved = 0;
  bool operator==(const Rule&) const = default;
};
static_assert(sizeof(Rule) == 12);

/// Rows of one file. Behind the head: u32 first[blocks + 1] (the first row of each block, or the next one's),
/// u32 row[rows] (distance from `start`, ascending), u16 rule[rows], padding to 4, Rule rules[]. A row goes
/// up to the next one.
struct Table {
  std::uint64_t start = 0;  ///< address in the file's own counting; a multiple of a block
  std::uint32_t blocks = 0, rows = 0, rules = 0, reserved = 0;
};

/// Mapped code of a process, ascending by `begin`.
struct Range {
  std::uint64_t begin = 0, end = 0;
  std::uint64_t bias = 0;   ///< address here less the address in the file's own counting
  std::uint32_t table = 0;  ///< its place; 0: no table
  std::uint32_t reserved = 0;
};

/// What the handlers of one process begin with. The list that is not current may be written again: who sees
/// `generation` go on by two while he reads has read something else.
struct Process {
  std::atomic<std::uint32_t> generation;
  std::uint32_t reserved;
  std::atomic<std::uint64_t> ranges;  ///< the current list: its place << 32 | how many there are
  /// CPython 3.9: where the evaluation loop lies, to tell its frames; begin and end. Set before `ranges`.
  std::uint64_t evaluation[2];
};

inline constexpr std::uint32_t kAreaMagic = 0x4e575550;  // "PUWN"
struct Head {
  std::uint32_t magic, reserved;
};

constexpr std::uint64_t tableBytes(const Table& table) {
  return sizeof(Table) + (std::uint64_t{table.blocks} + 1 + table.rows) * 4 +
         (std::uint64_t{table.rows} + 1) / 2 * 4 + std::uint64_t{table.rules} * sizeof(Rule);
}

}  // namespace pyrometer::unwind
