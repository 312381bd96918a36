#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/run/pacer.h"
#include "daemon/run/process_files.h"
#include "daemon/run/sample_log.h"
#include "daemon/run/session_server.h"

namespace pyrometer {

/// The Python processes of a run: the program that was started, or, where that is a shell or a launcher
/// script, the Python that it starts. Each image (a pid before and after exec) is a process of the stream.
/// Thread: the strand's.
class SampledProcesses {
 public:
  struct Options {
    Mode mode = Mode::kCpu;
    bool outside = false;
    bool memory = true;
    bool keep_argv = true;
    bool late = false;  ///< and `chosen`: see PacedTarget
    std::shared_ptr<const ChosenThreads> chosen{};
    bool program_is_python = false;  ///< then its children are not the program
  };
  SampledProcesses(Options options, SampleLog& log, Pacer& pacer);

  void setProgram(std::int32_t pid, std::int64_t start);
  SessionServer::Events sessionEvents();

  /// Every 10 ms: resident memory, processes that ended, and what is to be found from outside.
  void tick(std::int64_t now);
  /// The program has ended (or nobody watches it any more); `wait_status` is its own.
  void endAll(std::int64_t now, std::uint32_t wait_status);

  bool any() const { return !processes_.empty(); }
  /// Whether there is a note on why a process that came is not sampled.
  bool toldWhy() const { return told_why_; }
  std::uint32_t firstVersion() const { return processes_.empty() ? 0 : processes_.front().py_version; }

 private:
  struct Process {
    std::uint32_t number = 0;
    std::int32_t pid = 0;
    std::uint32_t generation = 0;
    std::uint32_t py_version = 0;
    std::uint32_t blocks = 0;
    std::string image;  ///< changes at exec
    std::unique_ptr<ResidentMemory> memory;
    bool ended = false;
  };

  Process* living(std::int32_t pid);
  bool anyLiving() const;
  bool accepts(std::int32_t pid);
  void add(std::int32_t pid, std::uint32_t py_version, std::uint64_t runtime,
           std::shared_ptr<SharedBlock> block);
  void end(Process& process, std::int64_t now, std::uint32_t wait_status);
  void searchOutside();
  bool attachOutside(std::int32_t pid);
  void noteUnsampled();

  Options options_;
  SampleLog& log_;
  Pacer& pacer_;
  std::int32_t program_ = 0;
  std::int64_t program_start_ = 0;
  std::vector<Process> processes_;
  std::uint64_t ticks_ = 0;
  std::vector<std::string> unsampled_;
  std::size_t unsampled_count_ = 0;
  bool told_why_ = false;
  std::string refused_note_;
};

}  // namespace pyrometer
