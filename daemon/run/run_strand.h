#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/importers/importer.h"
#include "daemon/profile/profile_builder.h"
#include "daemon/run/interpreter.h"
#include "daemon/run/native_names.h"
#include "daemon/run/pacer.h"
#include "daemon/run/recording.h"
#include "daemon/run/recording_folder.h"
#include "daemon/run/running_program.h"
#include "daemon/run/sample_log.h"
#include "daemon/run/sampled_processes.h"
#include "daemon/run/session_server.h"
#include "daemon/run/source_keeper.h"

namespace pyrometer {

/// The one strand of a recording: starts the program, and until it has ended takes what processes register,
/// drains what they sampled, keeps it on disk and feeds it to the profile. One thread, apart from the
/// pacer's. `program` says how a program is started and watched.
class RunStrand {
 public:
  /// Called after each batch, on the strand; may take snapshots.
  using OnBatch = std::function<void(ProfileBuilder&)>;

  RunStrand(const RunOptions& options, LaunchPlan plan, RunningProgram& program, OnBatch on_batch = {});
  ~RunStrand();

  /// The program's pid. An Error: it was not started. Throws what libraries throw; then it was not started
  /// either.
  Result<pid_t> start();
  /// The profile with nothing in it yet; from start() on.
  const std::shared_ptr<const Profile>& beginning() const { return beginning_; }
  /// Its folder, from start() on; empty if there is none.
  std::string recording() const { return folder_ ? folder_->path() : std::string(); }
  /// To the program's end, whatever fails meanwhile.
  RunOutcome finish();

 private:
  struct Loop;
  void prepare();
  void describeRun();
  void openFolder();
  Result<pid_t> startProgram();
  Result<std::string> preload() const;
  void watchTime();
  void onTick();
  void waitForEnd();
  void reap();
  void takeBatch(std::int64_t time);
  void keep(std::string_view batch);
  void lostDisk(const Error& error);
  void hearTheLast();
  void takeTheLast();
  void noteUnsampled();

  const RunOptions& options_;
  LaunchPlan plan_;
  RunningProgram& running_;
  OnBatch on_batch_;
  SampleLog log_;
  ProfileBuilder builder_;
  std::shared_ptr<const Profile> beginning_;  ///< what is left if memory for anything else is lacking
  std::unique_ptr<NativeNames> names_;        ///< null: native code is not sampled
  std::unique_ptr<Reader> reader_;
  std::optional<RecordingFolder> folder_;
  bool disk_lost_ = false;
  bool reader_finished_ = false;
  std::optional<SourceKeeper> sources_;
  std::unique_ptr<Pacer> pacer_;
  std::unique_ptr<SampledProcesses> processes_;
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<SessionServer> server_;  ///< uses the loop: goes first
  pid_t program_ = 0;
  std::int64_t started_ = 0, ended_ = 0;
  bool over_ = false, reaped_ = false;
  /// False: memory ran out while it was added to. Nothing more is; the recording on disk goes on.
  bool profile_whole_ = true;
  bool failed_ = false;  ///< the loop gave up for want of memory or the like
  int wait_status_ = 0;
  std::int64_t program_cpu_ = 0, cpu_before_ = -1;
  std::uint64_t ticks_ = 0;
};

}  // namespace pyrometer
