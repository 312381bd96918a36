#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "sampler/interpreters/layouts.h"

namespace pyrometer::interpreters {

/// Reads Python stacks of another process through its memory, without stopping it, and writes them as records
/// of the sample stream (kCode, kLineTable, kSample), in the numbering of one source (outside). A sleeping
/// thread's stack is exact. A running one moves under the reader: where that is noticed, the leaf is kept,
/// since another moment would be another leaf, and its callers are those it was last seen with; where it is
/// not, a small share of stacks is wrong. One object for one process image; not thread-safe.
class OutsideReader {
 public:
  /// `runtime` is the address of _PyRuntime in that process.
  OutsideReader(pid_t pid, const Layout& layout, std::uint64_t runtime);
  ~OutsideReader();
  OutsideReader(const OutsideReader&) = delete;
  OutsideReader& operator=(const OutsideReader&) = delete;

  enum class Outcome {
    kStack,          ///< a kSample with frames was appended (perhaps marked kTorn)
    kNoPython,       ///< a kSample without frames was appended: a thread state, but no frame now
    kNoThreadState,  ///< nothing appended: the interpreter does not know this thread (now)
    kUnreadable,     ///< nothing appended: no try gave a stack that holds together
    kRefused,        ///< nothing appended: the kernel does not let us read this process (EPERM, ENOSYS)
    kGone,           ///< nothing appended: there is no such process any more
    kNotUnderstood,  ///< nothing appended, ever: the interpreter is not laid out as its version is; see
                     ///< doubt()
  };

  /// Appends one sample of the thread to `records`, whole or not at all. `tid` is the kernel's id as the
  /// *target* sees it, `wall` in ns of CLOCK_MONOTONIC; `state` is put in the sample's flags. `cpu` is
  /// the thread's CPU clock as far as the caller can tell, in ns; 0 throughout where it cannot.
  Outcome sample(std::int32_t tid, std::int64_t wall, std::uint8_t state, std::vector<std::uint8_t>& records,
                 std::int64_t cpu = 0);

  /// Is this futex, which a thread waits at, one of the interpreter's GIL?
  bool waitsForGil(std::uint64_t address) const;
  /// After kNotUnderstood: what is wrong, as a part of a sentence.
  const char* doubt() const;

  /// Appends a sample without a stack, as of a thread without Python: what the thread's clocks have counted
  /// until now is nobody's.
  void mark(std::int32_t tid, std::int64_t wall, std::uint8_t state, std::vector<std::uint8_t>& records,
            std::int64_t cpu);
  /// A kRepeat was written elsewhere for this thread: the next sample's wall delta counts from `wall`.
  void noteRepeat(std::int32_t tid, std::int64_t wall);
  /// The thread is gone; if its id comes back, its first sample is absolute again.
  void forget(std::int32_t tid);
  /// Native ids of all threads the interpreter knows; empty if they could not be read. Cheap enough to call
  /// at each change of the thread list.
  std::vector<std::int32_t> threads();

  struct Counters {
    std::uint64_t samples = 0;     ///< kStack and kNoPython
    std::uint64_t retries = 0;     ///< looked again: not even the leaf could be told
    std::uint64_t imputed = 0;     ///< it moved: the leaf as read, its callers as last seen with that leaf
    std::uint64_t torn = 0;        ///< written without all callers, marked kTorn
    std::uint64_t unreadable = 0;  ///< given up
    std::uint64_t reads = 0;       ///< system calls
  };
  const Counters& counters() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pyrometer::interpreters
