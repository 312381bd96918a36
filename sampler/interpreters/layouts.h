#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

/// Where a CPython keeps what a walker has to read: offsets in bytes, for one minor version with or without
/// free threading. 3.9 to 3.12 are written down here (from CPython's headers; they did not change within a
/// minor version); from 3.13 on the interpreter carries a table of its own (_Py_DebugOffsets at _PyRuntime),
/// which is read with the positions of that minor version and refused if it looks odd. Nothing else in the
/// project knows these numbers.
///
/// No allocation, no exceptions: shared by the library in the sampled program and by the daemon.
namespace pyrometer::interpreters {

inline constexpr std::uint32_t kAbsent = UINT32_MAX;  ///< this version has no such field

/// How a stack hangs together.
enum class FrameKind : std::uint8_t {
  kHeapFrames,  ///< 3.9, 3.10: PyFrameObject, the position is f_lasti
  kCFrames,     ///< 3.11, 3.12: frames on the data stack, found through a struct on the C stack
  kDirect,      ///< 3.13 and later: the thread state points at the innermost frame
};

struct Layout {
  std::uint32_t version_hex = 0;
  std::uint8_t minor = 0;
  bool free_threaded = false;
  FrameKind kind = FrameKind::kDirect;

  struct Runtime {
    std::uint32_t interpreters_head, finalizing;
    std::uint32_t gil;         ///< to 3.11: the lock itself
    std::uint32_t gil_holder;  ///< to 3.11: the thread state that has it
  } runtime;
  struct Interpreter {
    std::uint32_t next, threads_head;
    std::uint32_t gc_collecting;  ///< an int
    std::uint32_t gil;            ///< from 3.12: pointer to the lock
  } interpreter;
  /// Within the lock.
  struct Gil {
    std::uint32_t holder, locked, size;
  } gil;
  struct ThreadState {
    std::uint32_t next, interpreter;
    std::uint32_t frame;  ///< by kind: the frame, the C frame, the frame
    std::uint32_t base_frame, thread_id, native_thread_id;
    std::uint32_t datastack_chunk;  ///< its top lies 8 bytes on
    std::uint32_t attachment;       ///< without a GIL: an int, is the thread in the interpreter?
  } thread;
  struct CFrame {
    std::uint32_t current_frame, previous;
  } cframe;
  struct Frame {
    std::uint32_t previous, code, position, owner;
    std::uint32_t is_entry;  ///< 3.11: first frame of an evaluation
    std::uint32_t tlbc_index;
    std::uint32_t locals;          ///< the first local variable
    std::uint32_t size;            ///< bytes to read, all fields but locals included
    std::uint32_t position_scale;  ///< kHeapFrames: bytes per unit of f_lasti
    std::uint32_t generator;       ///< kHeapFrames: a pointer, null where the frame is a function's
    std::uint32_t execution;       ///< kHeapFrames: a byte, 3.9: 1 as long as it runs; 3.10: its state
  } frame;
  struct Code {
    std::uint32_t filename, name, qualname, linetable, first_line, adaptive, tlbc;
    std::uint32_t version;  ///< 3.12 and later: a number that each code object gets when it is made
    std::uint32_t size;     ///< bytes to read, all fields included
  } code;
  struct Text {
    std::uint32_t length, state, ascii, compact;
    std::uint8_t kind_shift, compact_bit, ascii_bit;
  } text;
  struct Bytes {
    std::uint32_t length, data;
  } bytes;
  std::uint32_t type;  ///< of an object
  /// Objects whose attributes are read (see attributes.h).
  struct Objects {
    std::uint32_t header;     ///< of every object, type included
    std::uint32_t type_name;  ///< of a type; its other fields lie at fixed distances from it
    std::uint32_t type_keys;  ///< ht_cached_keys of a class written in Python
    std::uint32_t task_name;  ///< of _asyncio.Task; the coroutine lies 8 bytes before
    std::uint32_t coroutine_qualname;
  } objects;
};

/// Frame owners from this value on are no Python frames but marks of a C function that evaluates (3.12 and
/// later).
inline constexpr std::uint8_t kFirstShimOwner = 3;
/// Owner of a frame on the data stack; the others of a Python frame lie in objects on the heap.
inline constexpr std::uint8_t kOwnedByThread = 0;
inline constexpr std::uint8_t kOwnedByGenerator = 1;
inline constexpr std::uint8_t kOwnedByFrameObject = 2;
/// A thread state's attachment while its thread may touch objects; others have left the interpreter, or were
/// stopped.
inline constexpr std::int32_t kAttached = 1;

/// Bytes at _PyRuntime that findLayout() wants to see, from 3.13 on.
inline constexpr std::size_t kRuntimeBytes = 1024;

enum class LayoutProblem : std::uint8_t { kNone, kUnknownVersion, kOddTable };

struct LayoutSearch {
  LayoutProblem problem = LayoutProblem::kNone;
  Layout layout{};
  char reason[192] = {};  ///< for a person; empty if found

  bool found() const { return problem == LayoutProblem::kNone; }
};

/// `version_hex` is PY_VERSION_HEX, of which major and minor count; `runtime` the first bytes of _PyRuntime,
/// of which versions before 3.13 need none.
LayoutSearch findLayout(std::uint32_t version_hex, std::span<const std::byte> runtime);

}  // namespace pyrometer::interpreters
