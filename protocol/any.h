#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pyrometer::protocol {

/// A value of a shape that the protocol leaves open, such as a client's progress token: its JSON text, so
/// that who handles messages needs no JSON library. It is made of a value that was read, or of a text or
/// number of ours.
class Any {
 public:
  /// The value null.
  Any() = default;
  /// `json` is JSON text; to give it anything else is our own mistake, and asserts when it is written.
  explicit Any(std::string json) : json_(std::move(json)) {}
  static Any ofString(std::string_view text);
  static Any ofNumber(double number);
  static Any ofNumber(std::int64_t number);

  /// The JSON text, compact: equal values that were read have equal texts (members in the order of their
  /// names).
  const std::string& json() const { return json_; }
  bool isNull() const { return json_ == "null"; }
  /// The value if it is a text, a number or a truth, else nothing.
  std::optional<std::string> asString() const;
  std::optional<double> asNumber() const;
  std::optional<bool> asBool() const;

  bool operator==(const Any&) const = default;

 private:
  std::string json_ = "null";
};

/// The value null, where a method has no parameters or nothing to answer. Read from anything: who has nothing
/// to say may say it as null, {} or not at all.
struct Null {};

}  // namespace pyrometer::protocol
