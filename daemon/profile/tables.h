#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/profile/ids.h"

/// The rows of a profile's tables. Plain data; see Profile for how they hang together.
namespace pyrometer {

/// Whose code a file is; decides whom its time is charged to (design: *My code*).
enum class Owner : std::uint8_t {
  kUser,     ///< below a root of the user's; text without a file (see File::generated)
  kLibrary,  ///< site-packages, the standard library, anything else
  kImport,   ///< the import machinery: time below it is import time
  kNative,   ///< no Python file
};

struct File {
  StringId path;  ///< as the code object says; relative ones start from the run's working directory
  Owner owner = Owner::kLibrary;
  bool generated = false;  ///< text without a file, "<string>": run by exec, or given by -c or standard input
};

enum class FunctionKind : std::uint8_t {
  kPython,
  kNative,
  kElided,   ///< stands for frames that a very deep stack left out
  kUnknown,  ///< a code object that was never described
};

/// What the only frame of a stack without any frame is called; it is a native function of no file.
inline constexpr std::string_view kNoPythonCode = "(no Python code)";

struct Function {
  StringId name;  ///< qualified where known: "Class.method", "outer.<locals>.inner"
  FileId file;
  std::uint32_t first_line = 0;  ///< from 1; 0: unknown
  FunctionKind kind = FunctionKind::kPython;
};

/// A line of a file, from 1; 0 stands for "somewhere in this file". `previous` chains the lines of one file,
/// the newest first (Profile::fileLines walks it).
struct Line {
  FileId file;
  std::uint32_t line = 0;
  std::optional<LineId> previous;
};

/// Where in a line an instruction comes from (PEP 657), in bytes of the line's UTF-8 from 0: [begin, end). It
/// ends `lines` further down; then `end` counts in that line.
struct Columns {
  std::uint32_t begin = 0, lines = 0, end = 0;

  bool empty() const { return lines == 0 && end <= begin; }
  /// Nothing of `other` (which begins in the same line) lies outside.
  bool contains(const Columns& other) const {
    return begin <= other.begin && (other.lines != lines ? other.lines < lines : other.end <= end);
  }
  bool operator==(const Columns&) const = default;
};

/// A part of the source that has instructions of its own: an expression, or a piece of a statement. `line` is
/// where it begins. `previous` chains the spans of one line, the newest first (Profile::lineSpans walks it).
struct Span {
  LineId line;
  Columns columns;
  std::optional<SpanId> previous;
};

/// The span is known of CPython 3.11 and later. Views that do not ask for it merge frames by function (and
/// line).
struct Frame {
  FunctionId function;
  LineId line;
  std::optional<SpanId> span;
  /// Index of the machine code that it ran in, made by a JIT; kInterpreted otherwise, and where nobody knows.
  /// Frames of one stack that follow each other in the same block were inlined into the outermost of them.
  static constexpr std::uint32_t kInterpreted = UINT32_MAX;
  std::uint32_t block = kInterpreted;

  std::optional<BlockId> blockId() const {
    return block == kInterpreted ? std::nullopt : std::optional(BlockId{block});
  }
};

/// One stack: its leaf frame, and the stack of its caller. Parents come before children, so a loop over the
/// table from the back sums children into parents without recursion. Whom a sample of this stack counts for
/// is decided once, when the node is made.
struct StackNode {
  static constexpr std::uint32_t kNoParent = UINT32_MAX;
  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr std::uint32_t kImporting = UINT32_MAX - 1;

  std::uint32_t parent = kNoParent;  ///< index of the caller's node
  FrameId frame;
  std::uint32_t depth = 1;
  std::uint32_t python =
      kNone;  ///< node of the innermost Python frame, this one included: its line has the self
  std::uint32_t charged =
      kNone;  ///< node whose line is charged, or kImporting, or kNone (no frame of the user's)
  bool first_of_function : 1 = true;  ///< no caller has the same function: counts for its total
  bool first_of_line : 1 = true;      ///< no caller is on the same line: counts for its total
  bool first_of_span : 1 = true;      ///< likewise of its span; false where it has none

  std::optional<StackId> parentId() const { return idOf(parent); }
  std::optional<StackId> pythonId() const { return idOf(python); }
  std::optional<StackId> chargedId() const { return idOf(charged); }
  bool importing() const { return charged == kImporting; }

 private:
  static std::optional<StackId> idOf(std::uint32_t node) {
    return node >= kImporting ? std::nullopt : std::optional(StackId{node});
  }
};

/// State of the virtual machine when the sample was taken.
enum class VmState : std::uint8_t { kUnknown, kInterpreter, kWarmup, kJit, kGc, kNative };
/// State of the thread.
enum class ThreadState : std::uint8_t { kUnknown, kRunning, kWaitingForGil, kOffCpu };

/// Both, in one byte of a column.
struct SampleState {
  VmState vm = VmState::kUnknown;
  ThreadState thread = ThreadState::kUnknown;
  constexpr std::uint8_t packed() const {
    return static_cast<std::uint8_t>(static_cast<unsigned>(vm) | static_cast<unsigned>(thread) << 4);
  }
  static constexpr SampleState unpack(std::uint8_t b) {
    return {static_cast<VmState>(b & 15), static_cast<ThreadState>(b >> 4)};
  }
};

/// One observation, as it goes in and comes out. The columns behind it are packed tighter.
struct Sample {
  std::int64_t time = 0;     ///< ns since the run's start; 0 where the file has no times
  std::uint64_t weight = 0;  ///< ns that it stands for
  StackId stack{};
  ThreadId thread{};
  SampleState state{};
};

struct Thread {
  ProcessId process;
  std::int64_t tid = 0;  ///< the kernel's, or whatever the file has
  StringId name;         ///< may be empty
  StringId task;         ///< of a row that stands for one asyncio task of a thread: its name; else empty
  ThreadId thread{};     ///< of such a row: the thread's own; else this one
};

/// A process image: exec makes another one of the same pid. Times are ns since the run's start.
struct Process {
  static constexpr std::uint32_t kUnknownStatus = UINT32_MAX;

  std::int64_t pid = 0;
  StringId command;
  StringId interpreter;
  std::int64_t parent = 0;       ///< the pid of its parent; 0: not known
  std::uint32_t generation = 0;  ///< +1 for each exec of the same pid
  bool forked = false;           ///< began as a copy of its parent
  std::int64_t start = 0;
  std::optional<std::int64_t> end = {};  ///< empty: it was still running, or nobody saw it end
  std::uint32_t wait_status = kUnknownStatus;
};

/// How many samples, and the nanoseconds they stand for.
struct StackWeight {
  std::uint64_t count = 0, weight = 0;
  StackWeight& operator+=(const StackWeight& other) {
    count += other.count;
    weight += other.weight;
    return *this;
  }
  bool operator==(const StackWeight&) const = default;
};

/// Resident set size of a process at a time. From a file without times: `time` is the sample's row.
struct MemoryPoint {
  std::int64_t time = 0;
  std::uint64_t rss = 0;  ///< bytes
  ProcessId process{};
};

/// What one line, or one function, adds up to. Counts are samples, times are ns (see Profile for "self").
struct Counters {
  std::uint64_t self = 0, total = 0, native = 0, charged = 0;
  std::uint64_t self_time = 0, total_time = 0, native_time = 0, charged_time = 0;

  void addSelf(StackWeight w) { self += w.count, self_time += w.weight; }
  void addTotal(StackWeight w) { total += w.count, total_time += w.weight; }
  void addNative(StackWeight w) { native += w.count, native_time += w.weight; }
  void addCharged(StackWeight w) { charged += w.count, charged_time += w.weight; }
  bool operator==(const Counters&) const = default;
};

/// The text of a source file as it was when the program ran.
struct Source {
  FileId file;
  StringId text;
  bool changed_during_run = false;  ///< the file was written after the process had started: lines may be off
};

}  // namespace pyrometer
