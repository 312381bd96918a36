#pragma once

#include <functional>
#include <string>

#include "daemon/rpc/connection.h"
#include "daemon/support/result.h"
#include "protocol/json.h"
#include "protocol/messages.h"

namespace pyrometer {

/// What the client has said it can do, as far as it changes what we do.
struct ClientFeatures {
  bool paints_heat = false;              ///< it draws heat itself: no inlay hints, lest all shows twice
  bool refreshes_hints = false;          ///< it knows workspace/inlayHint/refresh
  bool refreshes_lenses = false;         ///< it knows workspace/codeLens/refresh
  bool answers_configuration = false;    ///< it answers workspace/configuration
  bool registers_configuration = false;  ///< it wants to be asked before it tells of changed settings
  bool shows_progress = false;           ///< it knows window/workDoneProgress/create
  bool reads_markdown = true;            ///< in hovers
  bool takes_code_actions = false;       ///< in the shape CodeAction
};

/// The editor at the other end, spoken to in the protocol's types. Safe from any thread.
class Client {
 public:
  explicit Client(rpc::Connection& connection) : connection_(connection) {}

  template <class Notification>
  void notify(const typename Notification::Params& params) {
    connection_.notify(Notification::kMethod, protocol::toAny(params).json());
  }

  /// News that stands for all older news of the same key.
  template <class Notification>
  void notifyLatest(const std::string& key, const typename Notification::Params& params) {
    connection_.notifyLatest(key, Notification::kMethod, protocol::toAny(params).json());
  }

  /// `then` runs on the strand, if the client ever answers.
  template <class Request>
  void ask(const typename Request::Params& params,
           std::function<void(const Result<typename Request::Result>&)> then) {
    connection_.request(Request::kMethod, protocol::toAny(params).json(),
                        [then = std::move(then)](const Result<std::string>& answer) {
                          if (!answer.ok()) return then(answer.error());
                          then(protocol::fromAny<typename Request::Result>(protocol::Any(*answer), "result"));
                        });
  }

  /// For the log that editors keep.
  void log(protocol::MessageType type, const std::string& message) {
    notify<protocol::LogMessageNotification>({.type = type, .message = message});
  }

 private:
  rpc::Connection& connection_;
};

}  // namespace pyrometer
