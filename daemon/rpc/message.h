#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/rpc/request_id.h"

namespace pyrometer::rpc {

enum class MessageKind : std::uint8_t {
  kRequest,       ///< `id`, `method`, `body`: params, {} where there are none
  kNotification,  ///< `method`, `body`: the same
  kResult,        ///< `id`, `body`
  kFailure,       ///< `id`, `complaint`: the other side could not do what we asked
  kMalformed,     ///< `code`, `complaint`, and `id` where there is one to answer
};

/// One message of JSON-RPC 2.0, taken apart.
struct Message {
  MessageKind kind = MessageKind::kMalformed;
  std::optional<RequestId> id;
  std::string method;
  std::unique_ptr<nlohmann::json> body;  ///< never a null pointer
  ErrorCode code = ErrorCode::kInvalidRequest;
  std::string complaint;
};

/// Never fails: what is no message is kMalformed and says why. Batches are (LSP has none), and JSON nested
/// deeper than kMaxDepth, so that nothing behind this needs to fear for its stack.
Message parseMessage(std::string_view text);
inline constexpr int kMaxDepth = 256;

/// Messages of ours, as text. Params are JSON text, "null" where there are none. What is no UTF-8 in a string
/// is replaced, never an exception.
std::string requestText(std::int64_t id, std::string_view method, std::string_view params);
std::string notificationText(std::string_view method, std::string_view params);
std::string resultText(const RequestId& id, const nlohmann::json& result);
/// Without an id, null: the answer to what could not be read.
std::string errorText(const std::optional<RequestId>& id, ErrorCode code, const std::string& message);

/// An id as it stands in a message ($/cancelRequest); none if it is neither a whole number nor a string.
std::optional<RequestId> requestId(const nlohmann::json& value);

}  // namespace pyrometer::rpc
