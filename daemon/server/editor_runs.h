#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "daemon/server/client.h"
#include "daemon/server/editor_lifecycle.h"
#include "daemon/server/refresher.h"
#include "daemon/server/server.h"
#include "protocol/messages.h"

namespace pyrometer {

/// Programs, as editors start and stop them: by our own requests or by commands, with work-done progress.
/// Strand only.
class EditorRuns {
 public:
  EditorRuns(Server& server, Client& client, const EditorLifecycle& lifecycle, Refresher& refresher);

  Result<protocol::RunResult> run(const protocol::RunParams& params, std::stop_token);
  Result<protocol::Empty> stop(const protocol::RunIdParams& params, std::stop_token);
  Result<protocol::Empty> input(const protocol::InputParams& params, std::stop_token);
  Result<protocol::Any> executeCommand(const protocol::ExecuteCommandParams& params, std::stop_token);
  void cancelProgress(const protocol::WorkDoneProgressCancelParams& params);

  // What the server tells.
  void changed(HeldId id);
  void ended(HeldId id);

 private:
  using Clock = std::chrono::steady_clock;

  struct Running {
    std::string program;                 ///< URI that a command named; else empty
    std::optional<protocol::Any> token;  ///< of its progress, once it has begun
    bool by_command = false;
    Clock::time_point reported{};
  };

  Result<protocol::RunResult> start(const RunRequest& request, Running running);
  Result<protocol::Any> profileFile(const protocol::ExecuteCommandParams& params, const std::string& uri);
  void clear();
  void stopAllOf(const std::string& uri);
  void beginProgress(HeldId id, const protocol::Any& token);
  /// Asks the client for a progress of our own and begins it once it agrees.
  void createProgress(HeldId id);
  void tellChanged(const HeldProfile& held, const ProfileView& view);

  Server& server_;
  Client& client_;
  const EditorLifecycle& lifecycle_;
  Refresher& refresher_;
  std::map<HeldId, Running> running_;
};

}  // namespace pyrometer
