#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "daemon/rpc/request_id.h"
#include "daemon/server/client.h"
#include "daemon/server/server.h"
#include "daemon/server/work_progress.h"
#include "daemon/support/result.h"
#include "protocol/messages.h"

namespace pyrometer {

class Refresher;

/// How a conversation begins and ends (LSP 3.17, *Lifecycle Messages*), and what the client wants to have
/// set. Strand only.
class EditorLifecycle {
 public:
  struct Hooks {
    std::function<void(std::int64_t)> watch_process;  ///< the client's: when it dies, we end
    std::function<void(bool orderly)> end;            ///< on `exit`
  };
  EditorLifecycle(Server& server, Client& client, Refresher& refresher, WorkProgress& progress, Hooks hooks);

  /// Why a request may not be answered now; nothing if it may.
  struct Refusal {
    rpc::ErrorCode code;
    std::string message;
  };
  std::optional<Refusal> refuse(const std::string& method) const;
  /// Notifications outside of the conversation are dropped.
  bool heeds(const std::string& notification) const;

  const ClientFeatures& features() const { return features_; }
  bool shutDown() const { return state_ == State::kShutDown; }

  Result<protocol::InitializeResult> initialize(const protocol::InitializeParams& params, std::stop_token);
  void initialized(const protocol::InitializedParams&);
  Result<protocol::Null> shutdown(const protocol::Null&, std::stop_token);
  void exit(const protocol::Null&);
  void didChangeConfiguration(const protocol::DidChangeConfigurationParams& params);
  void didChangeWorkspaceFolders(const protocol::DidChangeWorkspaceFoldersParams& params);
  void setTrace(const protocol::SetTraceParams&) {}

 private:
  enum class State : std::uint8_t { kNew, kInitialized, kShutDown };

  std::string chooseEncoding(const protocol::ClientCapabilities& capabilities);
  void pullSettings();
  void tellRecovery(const std::optional<std::string>& name);
  /// False: something in them makes no sense; the log says what.
  bool applySettings(const protocol::Settings& settings);

  Server& server_;
  Client& client_;
  Refresher& refresher_;
  WorkProgress& progress_;
  const Hooks hooks_;
  State state_ = State::kNew;
  ClientFeatures features_;
  bool was_told_settings_ = false;
  WorkProgress::Id recovery_ = 0;  ///< its progress, while there is one
};

}  // namespace pyrometer
