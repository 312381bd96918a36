#pragma once

#include <cstdint>

/// The sample stream: what a run is made of on its way from the signal handler to the profile, and in the
/// `samples` entry of a bundle. Two layers share this header.
///
///   *Records* are written by the signal handler into its thread's segment of the ring (shared_ring.h), and
///   by the daemon's walker for stacks read from outside. They follow one another without padding. *Blocks*
///   are written by the daemon: it wraps the records it drained, and adds what only it knows. A recording is
///   kStreamMagic followed by blocks; each block is its kind (1 byte), its payload's length (varint), the
///   payload.
///
/// varint = unsigned LEB128 of at most 64 bits. text = varint length in bytes, then UTF-8. All times are ns
/// of CLOCK_MONOTONIC, absolute unless called a delta.
///
/// Everything here comes from the sampled program's memory or from a file and is not to be trusted by its
/// reader.
namespace pyrometer::stream {

inline constexpr char kStreamMagic[8] = {'P', 'Y', 'R', 'O', 'S', 'M', 'P', '1'};

/// Depth to which stacks are recorded: the leaf's side and the root's side; the middle of a deeper one is
/// counted.
inline constexpr std::uint32_t kMaxFrames = 1024;
inline constexpr std::uint32_t kLeafFrames = 768;
inline constexpr std::uint32_t kRootFrames = kMaxFrames - kLeafFrames;

/// Code bytes (names and line table) written by one signal at most.
inline constexpr std::uint32_t kMaxCodeBytesPerSignal = 64 * 1024;
/// Characters of one name kept; a longer one is cut and marked.
inline constexpr std::uint32_t kMaxNameLength = 2048;

// ----------------------------------------------------------------------------------------------------
// records

enum class Record : std::uint8_t {
  /// A stack and the time it stands for, as the difference to the last kSample of the same thread and source:
  ///   varint wall delta (the first record of a source: absolute)
  ///   varint thread CPU clock delta (likewise; 0 throughout where the clock cannot be read)
  ///   u8 flags (SampleFlag)
  ///   varint number of frames left out, only with kElided. They lie between the kLeafFrames leaf-most and
  ///   the
  ///     kRootFrames root-most frames, so the stack then has exactly kMaxFrames.
  ///   varint keep: how many frames at the root's side equal the last stack's
  ///   varint fresh: how many frames follow, leaf first; the stack has keep + fresh frames
  ///   fresh times a frame:
  ///     varint v; low bit 0: Python frame, v >> 1 = code reference, then varint position
  ///               low bit 1: native frame, v >> 1 = address (of a caller: within its call); 0: frames that
  ///               could not be told
  ///   position = byte offset of the instruction in the code + 1; 0: the frame has not begun (use the first
  ///   line).
  kSample = 1,

  /// A code object, at the first time a stack of its process had it:
  ///   varint code reference, varint address, varint first line, u8 flags (CodeFlag)
  ///   three strings: name, qualified name, file name. String = u8 character size (1: Latin-1, 2: UCS-2, 4:
  ///   UCS-4,
  ///     0: not readable), varint length in characters, then the characters, little endian
  ///   varint full size of the line table, varint n, n bytes: its beginning.
  /// Code references count from 0 within one process image and source (inside, outside), with a gap now and
  /// then.
  /// Reference 0 is never described: code that could not be told. A description may come later than the first
  /// stack that refers to it (it is written by whichever thread got to it), or twice (the second is as good
  /// as the first).
  kCode = 2,

  /// A later part of a line table: varint code reference, varint offset, varint n, n bytes.
  kLineTable = 3,

  /// The last stack of this thread was still there: varint how often, varint wall delta to the last of them.
  /// The samples lie evenly between. Used for sleeping threads read from outside. The next record's wall
  /// delta counts on from the last of them.
  kRepeat = 4,

  /// What Python calls the thread: string, as in kCode. Once it is known, and again when it changes.
  kThreadName = 5,

  /// The name of the asyncio task that the samples after it were taken in: string, as in kCode; empty: in
  /// none.
  kTask = 6,

  /// A code object of PyPy: varint code reference, varint length, then what PyPy calls it:
  /// "py:function:first line:file", function and file cut at 110 bytes, colons in them as semicolons.
  kPypyCode = 7,
};

enum SampleFlag : std::uint8_t {
  kStateMask = 3,       ///< ThreadStateBits
  kGcRunning = 1 << 2,  ///< the garbage collector was at work in this interpreter
  kElided = 1 << 3,     ///< the stack was deeper than kMaxFrames
  kTorn = 1 << 4,  ///< the chain broke off: frames are right as far as they go, the root's side is missing
  kNoPython = 1 << 5,  ///< the thread had no Python frames: no frames, or native ones only
  kJitCode = 1 << 6,   ///< the innermost Python frame ran as machine code made by a JIT
  kShutdown = 1 << 7,  ///< with kNoPython: the interpreter was shutting down, its objects being freed
};
/// Both together: no sample. What the thread's clocks have counted until then is nobody's.
inline constexpr std::uint8_t kMark = std::uint8_t{kNoPython} | std::uint8_t{kJitCode};
enum ThreadStateBits : std::uint8_t {
  kStateUnknown = 0,
  kStateRunning = 1,
  kStateWaitsForGil = 2,
  kStateOffCpu = 3
};

enum CodeFlag : std::uint8_t {
  kNameCut = 1,      ///< one of the names was longer than kMaxNameLength
  kNotReadable = 2,  ///< the object could not be read; strings and table are empty
  /// In bundles made from other files only: what kind of function it is (FunctionKind of profile/tables.h),
  /// times 16.
  kKindMask = 0x30,
};

// -----------------------------------------------------------------------------------------------------
// blocks

enum class Block : std::uint8_t {
  /// A process image: varint process number (from 0, by order of appearance), varint pid, varint parent's
  /// pid, varint generation (0; +1 for each exec of the same pid), varint PY_VERSION_HEX, u8 LineTableFormat,
  /// varint time, text command, text interpreter's path, text working directory, text sys.prefix or empty,
  /// u8 ProcessFlag (missing in older recordings).
  kProcess = 1,
  /// varint thread number (from 0, in the whole recording), varint process number, varint tid, varint time,
  /// text name
  kThread = 2,
  kThreadName = 3,  ///< varint thread number, text
  kThreadEnd = 4,   ///< varint thread number, varint time
  kProcessEnd = 5,  ///< varint process number, varint time, varint status as of waitpid (UINT32_MAX: unknown)

  kInside = 6,   ///< varint thread number, then whole records of that thread, written by its signal handler
  kOutside = 7,  ///< varint thread number, then whole records read from outside by the daemon
  kMemory = 8,   ///< varint process number, varint time, varint resident bytes
  /// varint time. No later block holds a sample older than this: what came before may be sorted and shown.
  kBatchEnd = 9,
  kDrop = 10,  ///< varint thread number + 1 (0: of no thread), u8 DropReason (profile/run_info.h), varint how
               ///< many
  kNote = 11,  ///< text: a sentence for the user
  /// varint number n of the address range, varint process number, varint start, varint end, varint file
  /// offset, text path, text build id in hex: a mapped file, for native addresses.
  kModule = 12,
  /// varint thread number, varint how often, varint time of the first and of the last: looks that found the
  /// thread
  /// asleep while its memory may not be read. Each is taken for a sample of the thread's last stack from
  /// inside, off
  /// the CPU, evenly between. The thread's clocks for the next record are not moved.
  kAsleep = 13,
  /// Names of a place in native code, before the first batch with a sample of it: text module (the build id
  /// in
  /// hex; the path where there is none), varint file offset, text function (empty: nameless), varint where it
  /// begins in the file's own counting + 1 (0: not known), text source file or empty, varint line. Where
  /// there
  /// is none, module and offset must do.
  kSymbol = 14,
};

enum ProcessFlag : std::uint8_t {
  kForked = 1,  ///< a copy of its parent; it has begun with what the parent was doing
};

/// How a code object's line table is read (PEP 626, PEP 657; Objects/locations.md of CPython).
enum class LineTableFormat : std::uint8_t {
  kLnotab = 0,      ///< CPython 3.9
  kLineRanges = 1,  ///< CPython 3.10, co_linetable
  kLocations = 2,   ///< CPython 3.11 and later
  /// PyPy, which tells no lines. PY_VERSION_HEX is its own version then, 7.3.11 for example, and a sample's
  /// frames are the cells of its stack:
  ///   code reference r, position 0: an interpreted frame of the code object that PyPy numbers 4 * r
  ///   code reference r, position 1: a frame that was compiled into the block in front of it
  ///   native frame, even address: where a block of machine code begins; odd: a C function's address + 1,
  ///     with kInInterpreter where it is one of PyPy itself (one stands for all that follow each other)
  ///   code reference 0, position p: at the leaf only, and only where a block follows. The offset in that
  ///     block where the thread was, + 1; where there are several, the first that lies in the block's code.
  kPypy = 3,
};

/// Added to the address of a function of the interpreter itself (LineTableFormat::kPypy).
inline constexpr std::uint64_t kInInterpreter = std::uint64_t{1} << 62;

}  // namespace pyrometer::stream
