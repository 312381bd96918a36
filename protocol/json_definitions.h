#pragma once

#include "protocol/conversion.h"
#include "protocol/json.h"

/// What json.h declares, for the generated .cpp files, which instantiate it for each type. They include this
/// behind the JSON library and before they say what their types are made of; others include json.h.
namespace pyrometer::protocol {

template <class T>
Result<T> fromJson(const nlohmann::json& json, std::string_view root) {
  conversion::Fault fault(root);
  T value{};
  if (!conversion::read(json, nullptr, fault, value)) return fault.error();
  return value;
}

template <class T>
nlohmann::json toJson(const T& value) {
  nlohmann::json json;
  conversion::write(json, value);
  return json;
}

template <class T>
Result<T> fromAny(const Any& any, std::string_view root) {
  return fromJson<T>(toJson(any), root);
}

template <class T>
Any toAny(const T& value) {
  return Any(toJson(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace pyrometer::protocol
