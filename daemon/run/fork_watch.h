#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/run/process_files.h"
#include "daemon/run/shared_block.h"
#include "daemon/run/task_files.h"

namespace pyrometer {

/// Children that were forked and have not registered. Each left its pid in the memory of its parent; who is
/// still the same image a little later, and runs, is sent a signal, upon which its handler registers. Most
/// children exec at once or end: they are never disturbed. One that sleeps is only asked how long it ran, and
/// looked at again when that has moved. Lives on the pacer's thread.
class ForkWatch {
 public:
  /// A forked process, and the sampled one that it comes from (its number in the log).
  struct Fork {
    std::int32_t pid = 0;
    std::uint32_t parent = 0;
    std::uint32_t place = 0;                ///< the number that it took in `memory`
    std::shared_ptr<SharedBlock> memory{};  ///< null: not told
  };

  /// Takes the pids that were left in a sampled process's memory since the last call.
  class Source {
   public:
    explicit Source(std::uint32_t process) : process_(process) {}
    void take(const std::shared_ptr<SharedBlock>& memory, std::int64_t now, ForkWatch& watch);
    std::uint32_t process() const { return process_; }

   private:
    std::uint32_t process_;
    std::uint32_t taken_ = 0;
    std::int64_t missing_since_ = 0;
  };

  /// `asleep_too`: also those that sleep are told of (takeSleeping), since their time counts.
  explicit ForkWatch(bool asleep_too) : asleep_too_(asleep_too), begun_(monotonicNow()) {}

  void add(Fork fork, std::int64_t now);
  /// It cannot register.
  void giveUp(Fork fork);
  /// It has registered.
  void remove(std::int32_t pid);
  bool awaits(std::int32_t pid) const;
  /// A process has ended. Children of its children that never registered still write to its memory (a program
  /// that makes itself a daemon forks twice): it is read on as long as there are any.
  void keep(const Source& source, std::shared_ptr<SharedBlock> memory);
  /// Signals those whose time has come. Cheap where there are none; those that sleep get a small share of the
  /// period, in rotation.
  void look(std::int64_t now, std::int64_t period);

  /// Those that answer no signal, or that cannot register; and that sleep: each is given once.
  std::vector<Fork> takeDeaf() { return std::exchange(deaf_, {}); }
  std::vector<Fork> takeSleeping() { return std::exchange(sleeping_, {}); }
  /// Those that ended without another program or a registration: pids, each once. 0: its pid is not known.
  std::vector<std::int32_t> takeEnded() { return std::exchange(ended_, {}); }
  /// The last look, for takeEnded: also at those that have only just begun.
  void lookAtTheLast(std::int64_t now);

 private:
  struct Waiting {
    Fork fork;
    std::string image, name;           ///< when it was first seen
    std::unique_ptr<TaskFiles> files;  ///< likewise
    TaskFiles::RunTime slept_at;
    bool asleep = false;
    bool over = false;  ///< not to be waited for any longer
    std::int64_t since = 0;
    std::int64_t signalled = 0;  ///< for the first time
    bool told = false;
  };
  void lookAt(Waiting& waiting, std::int64_t now);
  void lookAtSleeping(Waiting& waiting, std::int64_t now);
  void noteEnd(const Waiting& waiting);

  bool hasChildOf(std::uint32_t process) const;

  struct Left {
    Source source;
    std::shared_ptr<SharedBlock> memory;
  };

  bool asleep_too_;
  std::int64_t begun_;
  std::vector<Left> left_;
  std::vector<Waiting> waiting_;
  std::size_t next_ = 0, next_asleep_ = 0;
  std::vector<Fork> deaf_, sleeping_;
  std::vector<std::int32_t> ended_;
};

}  // namespace pyrometer
