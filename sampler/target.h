#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "sampler/interpreters/code_table.h"
#include "sampler/interpreters/layouts.h"
#include "sampler/shared_ring.h"

/// What the library in the sampled program knows: of the process, and of each thread. Plain zeros until
/// registration has gone well, and nothing of it is used before that.
namespace pyrometer::sampler {

/// The process. Written once by the constructor, before `active`; read by all threads and their handlers.
struct Target {
  /// Samples are taken. Off in a fork's child until it has registered.
  std::atomic<bool> active;
  /// Our handler stands for SIGURG: while active, and in a fork's child that has not registered.
  std::atomic<bool> installed;
  bool children;  ///< processes that this one starts are to be sampled, too
  pid_t pid;
  pid_t daemon_pid;  ///< as signals show it
  /// Threads in our handler. The shared memory is unmapped only when there are none (late.h).
  std::atomic<std::uint32_t> handlers;
  /// Above 0 the program wants no samples; `pauses` counts how often it wanted them again.
  std::atomic<std::uint32_t> paused, pauses;
  bool pypy;  ///< the interpreter is PyPy: see pypy/
  std::uint64_t runtime;
  std::uint64_t code_type;  ///< address of PyCode_Type
  void* (*thread_state)();  ///< PyGILState_GetThisThreadState
  /// From 3.12: the attached thread state of this thread, or null. Null pointer before.
  void* (*attached_thread_state)();
  interpreters::Layout layout;
  std::atomic<std::uint64_t> trampoline;  ///< code object to leave out, see frame_walker.h
  /// Code objects whose frames tell what a thread and a task are called, see thread_labels.h; 0: not seen
  /// yet.
  std::atomic<std::uint64_t> thread_start, task_runner;
  std::atomic<bool> understood;  ///< self_check.h found the layout to be right
  std::atomic<std::uint32_t> doubts;
  std::uint64_t interpreter;  ///< the one in which that was found; set before `understood`
  /// How native code is unwound; null: it is not. The place is of this process.
  std::atomic<const std::uint8_t*> unwind_area;
  std::atomic<std::uint32_t> unwind_place;
  interpreters::CodeTable codes;
};

extern Target g_target;

/// One thread, in initial-exec TLS: reading it in a handler never allocates.
struct ThreadContext {
  ring::Segment* segment;
  std::uint32_t session;     ///< whose segment it is: see ring.cpp
  std::uint32_t pauses;      ///< Target::pauses at its last sample
  std::uint64_t stack_high;  ///< no frame of this thread lies at or above; 0: not known
  std::uint64_t stack_size;  ///< its stack reaches down no further than that
  bool busy;                 ///< in our own code: a signal now is a drop
  bool ended;                ///< its segment is released and it must take no other
  bool blocked;              ///< has SIGURG blocked
  std::uint32_t cuts;        ///< waiting calls that a signal of ours cut short
};

extern thread_local constinit ThreadContext t_thread;

}  // namespace pyrometer::sampler
