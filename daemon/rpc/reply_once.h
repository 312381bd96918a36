#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <stop_token>
#include <string>

#include "daemon/rpc/in_flight.h"

namespace pyrometer::rpc {

/// The right and the duty to answer one request. Move it to whoever will know the answer; if it is dropped
/// unused, the client is told "internal error" rather than nothing. May outlive the connection.
class ReplyOnce {
 public:
  ReplyOnce(std::shared_ptr<InFlight> table, InFlight::Handle request);
  ReplyOnce(ReplyOnce&&) noexcept = default;
  ReplyOnce& operator=(ReplyOnce&&) = delete;
  ~ReplyOnce();

  /// Call before the work begins. False: the client has cancelled, and has its answer; leave it.
  bool start() { return table_->start(request_); }
  std::stop_token stopToken() const { return request_->stop.get_token(); }

  /// Each uses it up.
  void answer(const nlohmann::json& result);
  void fail(ErrorCode code, const std::string& message);

 private:
  std::shared_ptr<InFlight> table_;
  InFlight::Handle request_;  ///< null once used or moved from
};

}  // namespace pyrometer::rpc
