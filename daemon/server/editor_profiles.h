#pragma once

#include <functional>
#include <stop_token>

#include "daemon/rpc/task_queue.h"
#include "daemon/server/refresher.h"
#include "daemon/server/server.h"
#include "protocol/messages.h"

namespace pyrometer {

/// Profiles held, and the tables and pictures made of them. Handlers run on the strand; what they return as
/// work runs on the pool.
class EditorProfiles {
 public:
  /// A question whose answer takes a while.
  template <class T>
  using Work = Result<std::function<Result<T>()>>;

  EditorProfiles(Server& server, Refresher& refresher, rpc::TaskQueue& strand, rpc::Pool& pool);

  void open(const protocol::OpenParams& params, std::stop_token stop,
            std::function<void(const Result<protocol::Profile>&)> answer);
  Result<protocol::Empty> close(const protocol::ProfileParams& params, std::stop_token);
  Result<protocol::ProfilesResult> profiles(const protocol::Empty&, std::stop_token);
  Result<protocol::ProfilesResult> select(const protocol::SelectParams& params, std::stop_token);

  Work<protocol::FunctionsResult> functions(const protocol::FunctionsParams& params, std::stop_token stop);
  Work<protocol::CallTreeResult> callTree(const protocol::CallTreeParams& params, std::stop_token stop);
  Work<protocol::FlameResult> flame(const protocol::FlameParams& params, std::stop_token stop);
  Work<protocol::TimelineResult> timeline(const protocol::TimelineParams& params, std::stop_token stop);
  void exportTo(const protocol::ExportParams& params, std::stop_token,
                std::function<void(const Result<protocol::ExportResult>&)> answer);

 private:
  Result<ProfileView> view(std::optional<std::uint64_t> id) const;
  Result<protocol::Profile> holdOpened(Result<PreparedFile> opened, std::stop_token stop);

  Server& server_;
  Refresher& refresher_;
  rpc::TaskQueue& strand_;
  rpc::Pool& pool_;
};

}  // namespace pyrometer
