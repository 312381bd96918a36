#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "daemon/server/client.h"
#include "daemon/server/refresher.h"
#include "daemon/server/server.h"
#include "daemon/server/work_progress.h"
#include "protocol/messages.h"

namespace pyrometer {

/// Programs, as editors start and stop them: by our own requests or by commands, with work-done progress.
/// Strand only.
class EditorRuns {
 public:
  EditorRuns(Server& server, Client& client, Refresher& refresher, WorkProgress& progress);

  Result<protocol::RunResult> run(const protocol::RunParams& params, std::stop_token);
  Result<protocol::RunResult> attach(const protocol::AttachParams& params, std::stop_token);
  Result<std::function<Result<protocol::DoctorResult>()>> doctor(const protocol::DoctorParams& params,
                                                                 std::stop_token);
  Result<protocol::Empty> stop(const protocol::RunIdParams& params, std::stop_token);
  Result<protocol::Empty> input(const protocol::InputParams& params, std::stop_token);
  Result<protocol::Any> executeCommand(const protocol::ExecuteCommandParams& params, std::stop_token);

  // What the server tells.
  void changed(HeldId id);
  void ended(HeldId id);

 private:
  struct Running {
    std::string program;  ///< URI that a command named; else empty
    bool by_command = false;
    WorkProgress::Id progress = 0;
  };

  Result<protocol::RunResult> begun(const Result<StartedRun>& started, Running running,
                                    const std::optional<protocol::Any>& token);
  Result<protocol::Any> profileFile(const protocol::ExecuteCommandParams& params, const std::string& uri);
  void clear();
  void stopAllOf(const std::string& uri);
  void tellChanged(const HeldProfile& held, const ProfileView& view);

  Server& server_;
  Client& client_;
  Refresher& refresher_;
  WorkProgress& progress_;
  std::map<HeldId, Running> running_;
};

}  // namespace pyrometer
