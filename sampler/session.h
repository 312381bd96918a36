#pragma once

#include <cstdint>

/// How a process image makes itself known to the daemon. The session folder (0700) holds a stream socket
/// (0600); a connection carries one Hello from the target, one Welcome back with the memfd of a ring::Block
/// as SCM_RIGHTS, then one Ready from the target, and is closed by the target. A process that needs more
/// segments connects again with kMoreSegments and gets one further block. Fixed-size structs, same machine,
/// same build: kVersion of the ring tells.
///
/// A forked child says its pid in the ring of its parent (ring::Control::forks) and does nothing more. Where
/// it goes on running the daemon signals it, and its handler registers (kForked). So a child that execs at
/// once pays for two stores. A process that becomes a program which cannot be sampled says so on its way
/// (kUnsampled) and does not wait for an answer.
namespace pyrometer::session {

inline constexpr char kFolderVariable[] =
    "PYROMETER_SESSION";                          ///< the folder's path; the switch that turns us on
inline constexpr char kSocketName[] = "sampler";  ///< in the folder
/// In the folder, too: a folder with the sitecustomize.py by which sampling begins in PyPy.
inline constexpr char kPypyFolder[] = "pypy";

enum class Purpose : std::uint32_t {
  kRegister = 1,
  kMoreSegments = 2,
  kForked = 3,  ///< a child of fork, with its parent's interpreter
  kUnsampled =
      4,  ///< no process yet: `path` is about to be executed and cannot be sampled, `detail` says why
};

struct Hello {
  std::uint32_t magic;    ///< ring::kMagic
  std::uint32_t version;  ///< ring::kVersion
  Purpose purpose;
  std::int32_t pid;          ///< as the target sees it; the kernel's word (SO_PEERCRED) is what counts
  std::uint32_t py_version;  ///< PY_VERSION_HEX, 0 if it could not be told
  std::uint32_t free_threaded;
  std::uint32_t pypy_version;  ///< of PyPy itself, as py_version is of Python; 0: CPython
  std::uint64_t runtime;       ///< address of _PyRuntime
  std::uint32_t refused;       ///< Refusal: the process runs on unsampled; no Welcome is expected
  char detail[220];            ///< what was found, for a person; zero-terminated
  char path[256];              ///< kUnsampled: the file; zero-terminated
};

enum class Refusal : std::uint32_t {
  kNone = 0,
  kUnknownVersion,  ///< not in the table of layouts
  kOddLayout,       ///< the debug offsets are not what they should be
  kMissingSymbol,   ///< the interpreter lacks a function we need
  kNoSafeRead,      ///< the kernel does not let us check an address before it is read
  kNotPrepared,     ///< PyPy, without what sampling it takes
};

struct Welcome {
  std::uint32_t magic, version;
  std::uint32_t accepted;   ///< 0: no descriptor comes along, run on unsampled
  std::int32_t daemon_pid;  ///< unused where SO_PEERCRED gives it; signals from this pid are ours
  std::uint32_t children;   ///< 1: what this process starts is to be sampled too
  /// The place of this process in the area for unwinding native code (unwind_area.h), whose memfd comes along
  /// as a second descriptor, but for a forked child, which has it mapped. 0: native frames are not wanted.
  std::uint32_t unwind = 0;
};

struct Ready {
  std::uint32_t magic;
  std::uint32_t mapped;  ///< 1: mapped and the handler is in place; 0: could not map (see error)
  std::int32_t error;    ///< errno
};

}  // namespace pyrometer::session
