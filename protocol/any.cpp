#include "protocol/any.h"

#include <nlohmann/json.hpp>

namespace pyrometer::protocol {
namespace {

nlohmann::json parsed(const std::string& text) {
  return nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
}

}  // namespace

Any Any::ofString(std::string_view text) {
  return Any(nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Any Any::ofNumber(double number) { return Any(nlohmann::json(number).dump()); }

Any Any::ofNumber(std::int64_t number) { return Any(std::to_string(number)); }

std::optional<std::string> Any::asString() const {
  const nlohmann::json value = parsed(json_);
  if (!value.is_string()) return std::nullopt;
  return value.get<std::string>();
}

std::optional<double> Any::asNumber() const {
  const nlohmann::json value = parsed(json_);
  if (!value.is_number()) return std::nullopt;
  return value.get<double>();
}

std::optional<bool> Any::asBool() const {
  if (json_ == "true") return true;
  if (json_ == "false") return false;
  return std::nullopt;
}

}  // namespace pyrometer::protocol
