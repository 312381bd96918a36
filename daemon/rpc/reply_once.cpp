#include "daemon/rpc/reply_once.h"

#include <utility>

namespace pyrometer::rpc {

ReplyOnce::ReplyOnce(std::shared_ptr<InFlight> table, InFlight::Handle request)
    : table_(std::move(table)), request_(std::move(request)) {}

ReplyOnce::~ReplyOnce() {
  if (request_) table_->fail(request_, ErrorCode::kInternalError, "internal error: nobody has answered");
}

void ReplyOnce::answer(const nlohmann::json& result) {
  if (const InFlight::Handle request = std::exchange(request_, nullptr)) table_->answer(request, result);
}

void ReplyOnce::fail(ErrorCode code, const std::string& message) {
  if (const InFlight::Handle request = std::exchange(request_, nullptr)) {
    table_->fail(request, code, message);
  }
}

}  // namespace pyrometer::rpc
