#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/run/native_watch.h"
#include "daemon/run/outside_stacks.h"
#include "daemon/run/pacer.h"
#include "daemon/run/process_files.h"
#include "daemon/run/sample_log.h"
#include "daemon/run/session_server.h"
#include "daemon/run/unsampled_processes.h"

namespace pyrometer {

/// The Python processes of a run: the program that was started and all that it starts, or (without children)
/// the program alone; where that is a shell or a launcher script, the Python that it starts. Each image (a
/// pid before and after exec) is a process of the stream. Thread: the strand's.
class SampledProcesses {
 public:
  struct Options {
    Mode mode = Mode::kCpu;
    bool outside = false;
    bool memory = true;
    bool keep_argv = true;
    bool late = false;  ///< and `chosen`, `blocking`: see PacedTarget
    std::shared_ptr<const ChosenThreads> chosen{};
    bool blocking = false;
    bool children = true;
    bool native = false;
    bool program_is_python = false;  ///< then, without children, nothing else is the program
  };
  SampledProcesses(const Options& options, SampleLog& log, Pacer& pacer);

  void setProgram(std::int32_t pid, std::int64_t start);
  SessionServer::Events sessionEvents();

  /// Every 10 ms: resident memory, processes that ended, and what is to be found from outside. Bounded: with
  /// many processes each has its turn less often.
  void tick(std::int64_t now);
  /// Before samples are drained: tells of native code that they may have met.
  void followNativeCode();
  /// Processes besides the program often end right after it (multiprocessing's helpers do): gives them a
  /// moment to do so. For after the pacer's end.
  void waitForOthers() const;
  /// The program has ended (or nobody watches it any more); `wait_status` is its own.
  void endAll(std::int64_t now, std::uint32_t wait_status);

  bool any() const { return first_version_ != 0 || count_ != 0; }
  /// Whether there is a note on why a process that came is not sampled.
  bool toldWhy() const { return told_why_ || unsampled_.any(); }
  std::uint32_t firstVersion() const { return first_version_; }

 private:
  struct Process {
    std::uint32_t number = 0;
    std::int32_t pid = 0;
    std::uint64_t start_ticks = 0;
    std::uint32_t generation = 0;
    std::uint64_t runtime = 0;
    std::uint32_t py_version = 0, pypy_version = 0;
    std::string interpreter;
    std::uint32_t blocks = 0;
    std::uint32_t segments_of_first = 0;
    std::shared_ptr<SharedBlock> first;  ///< where it tells how it exits
    std::string image;                   ///< changes at exec
    std::unique_ptr<ResidentMemory> memory;
    std::uint32_t turns = 0;
  };
  /// What is known of a Python that comes to be sampled.
  struct Arrival {
    std::int32_t pid = 0;
    std::uint32_t py_version = 0, pypy_version = 0;
    std::uint64_t runtime = 0;
    bool forked = false;
    std::string interpreter = {};  ///< empty: the file that it runs
  };
  /// An image that ended by exec: the next one of the pid counts on.
  struct Replaced {
    std::uint64_t start_ticks = 0;
    std::uint32_t generation = 0;
  };

  Process* living(std::int32_t pid);
  bool accepts(std::int32_t pid);
  std::optional<SessionServer::BlockOrder> order(std::int32_t pid, bool next);
  void registered(const SessionServer::Registration& told, std::shared_ptr<SharedBlock> block);
  void watchNativeCode(const Process& process);
  void addRing(Process& process, std::shared_ptr<SharedBlock> block);
  void add(const Arrival& arrival, std::shared_ptr<SharedBlock> block);
  void unsampled(std::int32_t pid, const std::string& path, const std::string& why);
  std::string shownCommand(std::int32_t pid) const;
  void end(Process& process, std::int64_t now, std::uint32_t wait_status);
  std::uint32_t statusOf(const Process& process) const;
  /// Whether the process is still what it was.
  bool check(Process& process);
  void takeForks();
  bool addFork(const ForkWatch::Fork& fork);
  void takeEndedForks(std::int64_t now, bool last);
  void searchOutside(std::int64_t now);
  bool attachOutside(std::int32_t pid);

  Options options_;
  SampleLog& log_;
  Pacer& pacer_;
  std::int32_t program_ = 0;
  std::int64_t program_start_ = 0;
  std::vector<std::unique_ptr<Process>> living_;
  std::unordered_map<std::int32_t, Process*> by_pid_;
  std::map<std::int32_t, Replaced> replaced_;
  std::size_t next_ = 0;  ///< whose turn it is
  std::size_t count_ = 0;
  std::uint32_t first_version_ = 0;
  bool jit_noted_ = false;
  std::uint64_t ticks_ = 0;
  std::int64_t searched_ = 0;
  /// Descendants that are no Python as far as their image tells, or cannot be read: not looked into again.
  std::unordered_map<std::int32_t, std::string> passed_over_;
  UnsampledProcesses unsampled_;
  struct EndedFork {
    std::int32_t pid = 0;
    std::int64_t seen = 0;
  };
  std::vector<EndedFork> ended_forks_;   ///< what they said may not have been heard yet
  std::unique_ptr<NativeWatch> native_;  ///< null: native code is not sampled
  bool told_why_ = false;
  std::string refused_note_;
};

}  // namespace pyrometer
