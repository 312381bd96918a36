#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "daemon/support/result.h"
#include "protocol/any.h"

namespace pyrometer::protocol {

/// A struct of protocol/messages.h, out of JSON. Also for every `Params` and `Result` of a request or
/// notification, so for `std::optional<Hover>` too. Fields that the struct does not have are ignored; in an
/// optional field null is as good as nothing. What does not fit is an Error: `where` is the field's path,
/// "params.filter.threads[2]" (beginning with `root`), `message` says what was expected and what stands
/// there.
///
/// A message without params is read from an empty object. Throws nothing; any thread.
template <class T>
Result<T> fromJson(const nlohmann::json& json, std::string_view root = "params");

/// The other way. Text is taken as it is: dump() it with error_handler_t::replace where it may be no UTF-8.
template <class T>
nlohmann::json toJson(const T& value);

/// A part that the protocol leaves open, once it is known what it should be.
template <class T>
Result<T> fromAny(const Any& any, std::string_view root);

template <class T>
Any toAny(const T& value);

}  // namespace pyrometer::protocol
