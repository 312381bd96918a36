#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace pyrometer::rpc {

/// What a request is called: a whole number or a string, and 1 is not "1".
using RequestId = std::variant<std::int64_t, std::string>;

/// Codes of JSON-RPC 2.0 and of LSP 3.17.
enum class ErrorCode : int {
  kParseError = -32700,
  kInvalidRequest = -32600,
  kMethodNotFound = -32601,
  kInvalidParams = -32602,
  kInternalError = -32603,
  kServerNotInitialized = -32002,
  kRequestFailed = -32803,
  kRequestCancelled = -32800,
};

}  // namespace pyrometer::rpc
