#pragma once

#include <memory>
#include <string_view>

#include "daemon/run/record_control.h"
#include "daemon/run/running_program.h"
#include "daemon/support/file_descriptor.h"

namespace pyrometer {

/// A program that runs already, and is recorded from beside it until it says stop (RecordControl), ends, or
/// is replaced by exec; or until we are told to end (SIGTERM, SIGINT, SIGHUP, which must be blocked). It is
/// no child of ours, so how it ended is not known.
class RecordedProgram : public RunningProgram {
 public:
  /// `report`: where the program waits for a line, "ready FOLDER" (the session's).
  RecordedProgram(pid_t program, FileDescriptor report, std::shared_ptr<ChosenThreads> chosen);
  ~RecordedProgram() override;

  Result<pid_t> start(const Spawn& spawn) override;
  void watch(boost::asio::io_context& io, std::function<void()> ended) override;
  void unwatch() override;
  bool attend() override;

  /// Answers the program's wish to stop.
  void answer(std::string_view text);
  /// A line for the program that is waiting for its start.
  void report(std::string_view line);

 private:
  struct Watch;
  void waitForEnd();

  pid_t program_;
  FileDescriptor report_;
  std::shared_ptr<ChosenThreads> chosen_;
  FileDescriptor process_, signals_;
  std::string image_;
  std::unique_ptr<RecordControl> control_;
  bool over_ = false;
  std::unique_ptr<Watch> watch_;
};

}  // namespace pyrometer
