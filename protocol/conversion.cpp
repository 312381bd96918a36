#include "protocol/conversion.h"

#include <cassert>
#include <cmath>
#include <nlohmann/json.hpp>

namespace pyrometer::protocol::conversion {
namespace {

/// The largest number up to which every whole number is a double too, and so reaches every client unharmed.
constexpr std::int64_t kLargest = std::int64_t{1} << 53;

constexpr std::size_t kLongestQuote = 40;

/// What stands there, short enough for a message.
std::string described(const Json& json) {
  if (json.is_object()) return "an object";
  if (json.is_array()) return "a list";
  std::string text = json.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
  if (text.size() > kLongestQuote) text = text.substr(0, kLongestQuote) + "...";
  return text;
}

/// A whole number within what JSON's readers agree on; 3.0 is one too.
std::optional<std::int64_t> wholeNumber(const Json& json) {
  if (json.is_number_unsigned()) {
    const auto number = json.get<std::uint64_t>();
    if (number <= static_cast<std::uint64_t>(kLargest)) return static_cast<std::int64_t>(number);
  } else if (json.is_number_integer()) {
    const auto number = json.get<std::int64_t>();
    if (number >= -kLargest && number <= kLargest) return number;
  } else if (json.is_number_float()) {
    const auto number = json.get<double>();
    if (std::trunc(number) == number && std::abs(number) <= static_cast<double>(kLargest)) {
      return static_cast<std::int64_t>(number);
    }
  }
  return std::nullopt;
}

}  // namespace

bool Fault::expected(const std::string& what, const Json& found, const Place* place) {
  error_ = Error{"expected " + what + ", found " + described(found), path(place)};
  return false;
}

bool Fault::missing(const char* field, const Place* place) {
  const Place here{place, field, 0};
  error_ = Error{"is missing", path(&here)};
  return false;
}

std::string Fault::path(const Place* place) const {
  if (!place) return std::string(root_);
  const std::string outer = path(place->outer);
  if (!place->field) return outer + "[" + std::to_string(place->index) + "]";
  return outer.empty() ? place->field : outer + "." + place->field;
}

bool read(const Json& json, const Place* place, Fault& fault, bool& out) {
  if (!json.is_boolean()) return fault.expected("true or false", json, place);
  out = json.get<bool>();
  return true;
}

bool read(const Json& json, const Place* place, Fault& fault, std::int64_t& out) {
  const auto number = wholeNumber(json);
  if (!number) return fault.expected("a whole number", json, place);
  out = *number;
  return true;
}

bool read(const Json& json, const Place* place, Fault& fault, std::uint64_t& out) {
  const auto number = wholeNumber(json);
  if (!number || *number < 0) return fault.expected("a whole number, 0 or more", json, place);
  out = static_cast<std::uint64_t>(*number);
  return true;
}

bool read(const Json& json, const Place* place, Fault& fault, double& out) {
  if (!json.is_number()) return fault.expected("a number", json, place);
  out = json.get<double>();
  return true;
}

bool read(const Json& json, const Place* place, Fault& fault, std::string& out) {
  if (!json.is_string()) return fault.expected("a text", json, place);
  out = json.get_ref<const std::string&>();
  return true;
}

bool read(const Json& json, const Place* place, Fault& fault, std::map<std::string, std::string>& out) {
  if (!json.is_object()) return fault.expected("an object", json, place);
  out.clear();
  for (const auto& [key, value] : json.items()) {
    const Place entry{place, key.c_str(), 0};
    if (!read(value, &entry, fault, out[key])) return false;
  }
  return true;
}

bool read(const Json& json, const Place* /*place*/, Fault& /*fault*/, Any& out) {
  out = Any(json.dump(-1, ' ', false, Json::error_handler_t::replace));
  return true;
}

bool read(const Json& /*json*/, const Place* /*place*/, Fault& /*fault*/, Null& /*out*/) { return true; }

bool readWord(const Json& json, const Place* place, Fault& fault, std::span<const Word> words, bool numbers,
              int& out) {
  std::string all;
  for (const Word& word : words) {
    if (numbers ? json == word.number : json == word.text) {
      out = word.number;
      return true;
    }
    all += all.empty() ? "" : ", ";
    all += numbers ? std::to_string(word.number) : "\"" + std::string(word.text) + "\"";
  }
  return fault.expected("one of " + all, json, place);
}

void write(Json& json, bool value) { json = value; }

void write(Json& json, std::int64_t value) { json = value; }

void write(Json& json, std::uint64_t value) { json = value; }

void write(Json& json, double value) {
  assert(std::isfinite(value));
  json = value;
}

void write(Json& json, const std::string& value) { json = value; }

void write(Json& json, const std::map<std::string, std::string>& value) { json = value; }

void write(Json& json, const Any& value) {
  json = Json::parse(value.json(), nullptr, /*allow_exceptions=*/false);
  assert(!json.is_discarded());
  if (json.is_discarded()) json = nullptr;
}

void write(Json& json, const Null& /*value*/) { json = nullptr; }

void writeWord(Json& json, std::span<const Word> words, bool numbers, int value) {
  for (const Word& word : words) {
    if (word.number != value) continue;
    if (numbers) {
      json = word.number;
    } else {
      json = word.text;
    }
    return;
  }
  assert(false);
}

bool isNull(const Json& json) { return json.is_null(); }

bool isList(const Json& json) { return json.is_array(); }

bool isObject(const Json& json) { return json.is_object(); }

std::size_t sizeOf(const Json& list) { return list.size(); }

const Json& itemOf(const Json& list, std::size_t index) { return list[index]; }

const Json* findIn(const Json& object, const char* field) {
  const auto found = object.find(field);
  return found == object.end() ? nullptr : &*found;
}

void makeList(Json& json, std::size_t size) { json = Json::array_t(size); }

void makeObject(Json& json) { json = Json::object(); }

Json& itemOf(Json& list, std::size_t index) { return list[index]; }

Json& fieldOf(Json& object, const char* field) { return object[field]; }

}  // namespace pyrometer::protocol::conversion
