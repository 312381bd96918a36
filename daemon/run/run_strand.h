#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/importers/importer.h"
#include "daemon/profile/profile_builder.h"
#include "daemon/run/interpreter.h"
#include "daemon/run/launcher.h"
#include "daemon/run/pacer.h"
#include "daemon/run/recording.h"
#include "daemon/run/recording_folder.h"
#include "daemon/run/sample_log.h"
#include "daemon/run/sampled_processes.h"
#include "daemon/run/session_server.h"
#include "daemon/run/source_keeper.h"

namespace pyrometer {

/// The one strand of a recording: starts the program, and until it has ended takes what processes register,
/// drains what they sampled, keeps it on disk and feeds it to the profile. One thread, apart from the
/// pacer's.
class RunStrand {
 public:
  RunStrand(const RunOptions& options, LaunchPlan plan);
  ~RunStrand();

  Result<RunOutcome> run();

 private:
  struct Loop;
  void describeRun();
  void openFolder();
  Result<void> start();
  Result<std::string> preload() const;
  void watchSignals();
  void watchTime();
  void onChild();
  void onTick();
  void waitForEnd();
  void reap();
  void takeBatch(std::int64_t time);
  void keep(std::string_view batch);
  void lostDisk(const Error& error);
  void finish();
  void noteUnsampled();

  const RunOptions& options_;
  LaunchPlan plan_;
  SampleLog log_;
  ProfileBuilder builder_;
  std::unique_ptr<Reader> reader_;
  std::optional<RecordingFolder> folder_;
  bool disk_lost_ = false;
  bool reader_finished_ = false;
  std::optional<SourceKeeper> sources_;
  std::unique_ptr<RunSignals> signals_;
  std::unique_ptr<Pacer> pacer_;
  std::unique_ptr<SampledProcesses> processes_;
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<SessionServer> server_;  ///< uses the loop: goes first
  pid_t program_ = 0;
  std::int64_t started_ = 0, ended_ = 0;
  bool over_ = false, reaped_ = false;
  bool failed_ = false;  ///< the loop gave up for want of memory or the like
  int wait_status_ = 0;
  std::int64_t program_cpu_ = 0;
  std::uint64_t ticks_ = 0;
};

}  // namespace pyrometer
