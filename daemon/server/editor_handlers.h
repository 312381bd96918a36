#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "daemon/rpc/reply_once.h"
#include "daemon/rpc/task_queue.h"
#include "daemon/server/client.h"
#include "daemon/server/editor_lifecycle.h"
#include "daemon/server/server.h"

namespace pyrometer {

/// The daemon, spoken to by editors: which method is whose, and who may speak when. Strand only.
class EditorHandlers {
 public:
  EditorHandlers(Server& server, Client& client, rpc::TaskQueue& strand, rpc::Pool& pool,
                 EditorLifecycle::Hooks hooks);
  ~EditorHandlers();
  EditorHandlers(const EditorHandlers&) = delete;
  EditorHandlers& operator=(const EditorHandlers&) = delete;

  void request(const std::string& method, const nlohmann::json& params, rpc::ReplyOnce reply);
  void notification(const std::string& method, const nlohmann::json& params);

  // What the server tells.
  void changed(HeldId id);
  void ended(HeldId id);

  bool shutDown() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace pyrometer
