#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <stop_token>
#include <string>

#include "daemon/rpc/request_id.h"

namespace pyrometer::rpc {

/// The requests of a client that have no answer yet. Each gets exactly one, whoever is first: the handler,
/// the client that cancels it, or nobody, which is an answer too (see ReplyOnce). Safe from any thread.
class InFlight {
 public:
  /// Sends a response: `result`, or `error` with its code.
  struct Sender {
    std::function<void(const RequestId&, const nlohmann::json& result)> result;
    std::function<void(const RequestId&, ErrorCode, const std::string& message)> error;
  };
  explicit InFlight(Sender sender) : sender_(std::move(sender)) {}

  struct Request {
    RequestId id;
    std::stop_source stop = {};
    bool started = false, answered = false, cancelled = false;  ///< guarded by the table
  };
  using Handle = std::shared_ptr<Request>;

  /// Null if a request of this id is still without an answer.
  Handle add(RequestId id);

  /// The handler begins. False: it was cancelled meanwhile and has its answer.
  bool start(const Handle& request);

  /// From the client: one that waits is answered "cancelled" at once; one that runs is asked to stop. An
  /// unknown id is well: the answer and the cancellation have crossed.
  void cancel(const RequestId& id);

  /// Nobody waits for answers any more: asks all that run to stop.
  void stopAll();

  /// Sends it if the request has no answer yet.
  void answer(const Handle& request, const nlohmann::json& result);
  void fail(const Handle& request, ErrorCode code, const std::string& message);

 private:
  bool claim(const Handle& request);

  const Sender sender_;
  std::mutex mutex_;
  std::map<RequestId, Handle> requests_;
};

}  // namespace pyrometer::rpc
