#include "daemon/rpc/in_flight.h"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace pyrometer::rpc {

InFlight::Handle InFlight::add(RequestId id) {
  const std::lock_guard lock(mutex_);
  const auto [place, is_new] = requests_.try_emplace(id);
  if (!is_new) return nullptr;
  place->second = std::make_shared<Request>(Request{.id = std::move(id)});
  return place->second;
}

bool InFlight::start(const Handle& request) {
  const std::lock_guard lock(mutex_);
  if (request->answered || request->cancelled) return false;
  return request->started = true;
}

void InFlight::cancel(const RequestId& id) {
  Handle request;
  bool waits = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = requests_.find(id);
    if (found == requests_.end()) return;
    request = found->second;
    waits = !request->started;
    request->cancelled = waits;  // from now on nobody starts it
  }
  // Outside the lock: who watches the token may do anything.
  request->stop.request_stop();
  if (waits) fail(request, ErrorCode::kRequestCancelled, "cancelled");
}

void InFlight::stopAll() {
  std::vector<Handle> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, request] : requests_) all.push_back(request);
  }
  for (const Handle& request : all) request->stop.request_stop();
}

/// The entry goes before the answer is sent: who has the answer may use the id again.
bool InFlight::claim(const Handle& request) {
  const std::lock_guard lock(mutex_);
  if (std::exchange(request->answered, true)) return false;
  requests_.erase(request->id);
  return true;
}

void InFlight::answer(const Handle& request, const nlohmann::json& result) {
  if (claim(request)) sender_.result(request->id, result);
}

void InFlight::fail(const Handle& request, ErrorCode code, const std::string& message) {
  if (claim(request)) sender_.error(request->id, code, message);
}

}  // namespace pyrometer::rpc
