#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include "daemon/rpc/task_queue.h"
#include "daemon/server/refresher.h"
#include "daemon/server/server.h"
#include "daemon/server/work_progress.h"
#include "protocol/messages.h"

namespace pyrometer {

/// Profiles held, and the tables and pictures made of them. Handlers run on the strand; what they return as
/// work runs on the pool.
class EditorProfiles {
 public:
  /// A question whose answer takes a while.
  template <class T>
  using Work = Result<std::function<Result<T>()>>;

  EditorProfiles(Server& server, Refresher& refresher, WorkProgress& progress, rpc::TaskQueue& strand,
                 rpc::Pool& pool);

  void open(const protocol::OpenParams& params, std::stop_token stop,
            std::function<void(const Result<protocol::Profile>&)> answer);
  Result<protocol::Empty> close(const protocol::ProfileParams& params, std::stop_token);
  Result<protocol::ProfilesResult> profiles(const protocol::Empty&, std::stop_token);
  void select(const protocol::SelectParams& params, std::stop_token stop,
              std::function<void(const Result<protocol::ProfilesResult>&)> answer);

  Work<protocol::FunctionsResult> functions(const protocol::FunctionsParams& params, std::stop_token stop);
  Work<protocol::CallTreeResult> callTree(const protocol::CallTreeParams& params, std::stop_token stop);
  Work<protocol::FlameResult> flame(const protocol::FlameParams& params, std::stop_token stop);
  Work<protocol::TimelineResult> timeline(const protocol::TimelineParams& params, std::stop_token stop);
  void exportTo(const protocol::ExportParams& params, std::stop_token,
                std::function<void(const Result<protocol::ExportResult>&)> answer);

 private:
  Result<ProfileView> view(std::optional<std::uint64_t> id) const;
  struct Reading;
  /// On the pool, with progress if it takes a while. `then` runs on the strand.
  void read(const FilePart& file, const std::optional<protocol::Any>& token, const std::stop_token& stop,
            std::function<void(Result<PreparedFile>)> then);
  void show(const std::shared_ptr<Reading>& reading, const FilePart& file,
            const std::optional<protocol::Any>& token);
  void report(const std::shared_ptr<Reading>& reading, const FilePart& file, std::uint64_t percent);
  Result<protocol::Profile> shown(HeldId id);
  Result<protocol::ProfilesResult> selectHeld(std::optional<HeldId> id);

  Server& server_;
  Refresher& refresher_;
  WorkProgress& progress_;
  rpc::TaskQueue& strand_;
  rpc::Pool& pool_;
};

}  // namespace pyrometer
