#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/server/server.h"
#include "protocol/messages.h"

namespace pyrometer {

/// The call hierarchy, as it was measured: callers and callees by the samples that passed through. An item
/// names its function in `data` as "profile:function", so that it stays true while another profile is shown;
/// the place tells for clients that lose `data`. Handlers run on the strand; what they return as work runs on
/// the pool.
class EditorCalls {
 public:
  template <class T>
  using Work = Result<std::function<Result<std::optional<std::vector<T>>>()>>;

  explicit EditorCalls(Server& server) : server_(server) {}

  Result<std::optional<std::vector<protocol::CallHierarchyItem>>> prepare(
      const protocol::TextDocumentPositionParams& params, std::stop_token);
  Work<protocol::CallHierarchyIncomingCall> incoming(const protocol::CallHierarchyCallsParams& params,
                                                     std::stop_token stop);
  Work<protocol::CallHierarchyOutgoingCall> outgoing(const protocol::CallHierarchyCallsParams& params,
                                                     std::stop_token stop);

 private:
  /// A function of a profile that is held.
  struct Asked {
    ProfileView view;
    FunctionId function;
  };
  Result<Asked> find(const protocol::CallHierarchyItem& item) const;

  Server& server_;
};

}  // namespace pyrometer
