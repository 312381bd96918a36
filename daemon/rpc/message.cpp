#include "daemon/rpc/message.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

namespace pyrometer::rpc {
namespace {

using nlohmann::json;

/// Brackets outside of strings, in any text.
bool deeperThan(std::string_view text, int limit) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > limit) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

std::string textOf(const json& message) {
  return message.dump(-1, ' ', false, json::error_handler_t::replace);
}

json idValue(const RequestId& id) {
  return std::visit([](const auto& value) { return json(value); }, id);
}

/// The parser's own words begin with a name in brackets that says nothing to who reads them.
std::string parserWords(const char* what) {
  const std::string_view text = what;
  const std::size_t end = text.find("] ");
  return "not JSON: " + std::string(end == std::string_view::npos ? text : text.substr(end + 2));
}

Message malformed(std::optional<RequestId> id, ErrorCode code, std::string complaint) {
  Message message;
  message.id = std::move(id);
  message.body = std::make_unique<json>();
  message.code = code;
  message.complaint = std::move(complaint);
  return message;
}

std::string failureWords(const json& error) {
  const auto words = error.is_object() ? error.find("message") : error.end();
  return words != error.end() && words->is_string() ? words->get<std::string>() : "no reason given";
}

}  // namespace

std::optional<RequestId> requestId(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  return std::nullopt;
}

Message parseMessage(std::string_view text) {
  if (deeperThan(text, kMaxDepth)) {
    return malformed({}, ErrorCode::kParseError, "JSON nested deeper than 256 levels is not read");
  }
  json parsed;
  try {
    parsed = json::parse(text);
  } catch (const json::exception& error) {
    return malformed({}, ErrorCode::kParseError, parserWords(error.what()));
  }
  if (parsed.is_array()) {
    return malformed({}, ErrorCode::kInvalidRequest,
                     "batches are not taken: send each message on its own, as LSP does");
  }
  if (!parsed.is_object()) return malformed({}, ErrorCode::kInvalidRequest, "a message is a JSON object");

  Message message;
  const bool has_id = parsed.contains("id");
  if (has_id) message.id = requestId(parsed["id"]);
  const auto version = parsed.find("jsonrpc");
  if (version == parsed.end() || *version != "2.0") {
    return malformed(std::move(message.id), ErrorCode::kInvalidRequest, "jsonrpc: must be \"2.0\"");
  }
  if (const auto method = parsed.find("method"); method != parsed.end()) {
    if (!method->is_string()) {
      return malformed(std::move(message.id), ErrorCode::kInvalidRequest, "method: must be a string");
    }
    if (has_id && !message.id) {
      return malformed({}, ErrorCode::kInvalidRequest, "id: must be a string or a whole number");
    }
    message.kind = has_id ? MessageKind::kRequest : MessageKind::kNotification;
    message.method = method->get<std::string>();
    json& params = parsed["params"];
    message.body = std::make_unique<json>(params.is_null() ? json::object() : std::move(params));
    return message;
  }
  if (!message.id && parsed.contains("error")) {
    // The peer could not read something of ours. An answer to that could be answered for ever: it is taken
    // for a notification that nobody knows.
    message.kind = MessageKind::kNotification;
    message.method = "$/error";
    message.body = std::make_unique<json>(json::object());
    return message;
  }
  if (message.id && parsed.contains("error")) {
    message.kind = MessageKind::kFailure;
    message.complaint = failureWords(parsed["error"]);
    message.body = std::make_unique<json>();
    return message;
  }
  if (message.id && parsed.contains("result")) {
    message.kind = MessageKind::kResult;
    message.body = std::make_unique<json>(std::move(parsed["result"]));
    return message;
  }
  return malformed(std::move(message.id), ErrorCode::kInvalidRequest, "method: missing");
}

// Put together by hand: params and results can be large, and need not be copied into a message first.

std::string requestText(std::int64_t id, std::string_view method, std::string_view params) {
  std::string text = R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":)" + textOf(method);
  if (params != "null") text.append(R"(,"params":)").append(params);
  return text + "}";
}

std::string notificationText(std::string_view method, std::string_view params) {
  std::string text = R"({"jsonrpc":"2.0","method":)" + textOf(method);
  if (params != "null") text.append(R"(,"params":)").append(params);
  return text + "}";
}

std::string resultText(const RequestId& id, const json& result) {
  return R"({"jsonrpc":"2.0","id":)" + textOf(idValue(id)) + R"(,"result":)" + textOf(result) + "}";
}

std::string errorText(const std::optional<RequestId>& id, ErrorCode code, const std::string& message) {
  return textOf({{"jsonrpc", "2.0"},
                 {"id", id ? idValue(*id) : json()},
                 {"error", {{"code", static_cast<int>(code)}, {"message", message}}}});
}

}  // namespace pyrometer::rpc
