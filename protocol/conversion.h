#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "daemon/support/result.h"
#include "protocol/any.h"

/// How messages are read from JSON and written to it, for the generated .cpp files; others include
/// protocol/json.h. The generated part says of each struct which fields it has (Shape) and of each
/// enumeration its words (Words); what follows from that is here.
namespace pyrometer::protocol::conversion {

using Json = nlohmann::json;

/// What generate.py writes: `static void visit(Fields&, Value&)` calls `fields("name", value.name)` for each
/// field.
template <class T>
struct Shape;

/// What generate.py writes: `kWords`, and `kNumbers`: are the numbers sent rather than the words?
template <class E>
struct Words;

struct Word {
  const char* text;
  int number;
};

/// Where in a message: a chain that lives on the stack and is spelled out for an error only.
struct Place {
  const Place* outer;
  const char* field;  ///< null: the item at `index` of a list
  std::size_t index;
};

/// What is wrong with a message: the first thing found.
class Fault {
 public:
  explicit Fault(std::string_view root) : root_(root) {}

  bool found() const { return error_.has_value(); }
  const Error& error() const { return *error_; }
  /// Always false, for `return fault.expected(...)`.
  bool expected(const std::string& what, const Json& found, const Place* place);
  bool missing(const char* field, const Place* place);

 private:
  std::string path(const Place* place) const;

  std::string_view root_;
  std::optional<Error> error_;
};

bool read(const Json& json, const Place* place, Fault& fault, bool& out);
bool read(const Json& json, const Place* place, Fault& fault, std::int64_t& out);
bool read(const Json& json, const Place* place, Fault& fault, std::uint64_t& out);
bool read(const Json& json, const Place* place, Fault& fault, double& out);
bool read(const Json& json, const Place* place, Fault& fault, std::string& out);
bool read(const Json& json, const Place* place, Fault& fault, std::map<std::string, std::string>& out);
bool read(const Json& json, const Place* place, Fault& fault, Any& out);
bool read(const Json& json, const Place* place, Fault& fault, Null& out);
bool readWord(const Json& json, const Place* place, Fault& fault, std::span<const Word> words, bool numbers,
              int& out);

void write(Json& json, bool value);
void write(Json& json, std::int64_t value);
void write(Json& json, std::uint64_t value);
void write(Json& json, double value);
void write(Json& json, const std::string& value);
void write(Json& json, const std::map<std::string, std::string>& value);
void write(Json& json, const Any& value);
void write(Json& json, const Null& value);
void writeWord(Json& json, std::span<const Word> words, bool numbers, int value);

/// The few things that templates do with a Json, so that they need not know it.
bool isNull(const Json& json);
bool isList(const Json& json);
bool isObject(const Json& json);
std::size_t sizeOf(const Json& list);
const Json& itemOf(const Json& list, std::size_t index);
const Json* findIn(const Json& object, const char* field);  ///< null: not there
void makeList(Json& json, std::size_t size);
void makeObject(Json& json);
Json& itemOf(Json& list, std::size_t index);
Json& fieldOf(Json& object, const char* field);

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

// All of them are named before the first is defined: what they are made of may be any other of them.
template <class T>
bool read(const Json& json, const Place* place, Fault& fault, std::optional<T>& out);
template <class T>
bool read(const Json& json, const Place* place, Fault& fault, std::vector<T>& out);
template <class T>
requires std::is_class_v<T>
bool read(const Json& json, const Place* place, Fault& fault, T& out);
template <class E>
requires std::is_enum_v<E>
bool read(const Json& json, const Place* place, Fault& fault, E& out);
template <class T>
void write(Json& json, const std::optional<T>& value);
template <class T>
void write(Json& json, const std::vector<T>& value);
template <class T>
requires std::is_class_v<T>
void write(Json& json, const T& value);
template <class E>
requires std::is_enum_v<E>
void write(Json& json, const E& value);

template <class T>
bool read(const Json& json, const Place* place, Fault& fault, std::optional<T>& out) {
  if (isNull(json)) {
    out.reset();
    return true;
  }
  return read(json, place, fault, out.emplace());
}

template <class T>
bool read(const Json& json, const Place* place, Fault& fault, std::vector<T>& out) {
  if (!isList(json)) return fault.expected("a list", json, place);
  out.resize(sizeOf(json));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Place item{place, nullptr, i};
    if (!read(itemOf(json, i), &item, fault, out[i])) return false;
  }
  return true;
}

/// Reads the fields of one object; after the first fault it does nothing more.
class FieldReader {
 public:
  FieldReader(const Json& object, const Place* place, Fault& fault)
      : object_(object), place_(place), fault_(fault) {}

  template <class T>
  void operator()(const char* field, T& out) {
    if (fault_.found()) return;
    const Json* json = findIn(object_, field);
    const Place place{place_, field, 0};
    if (json) {
      read(*json, &place, fault_, out);
    } else if constexpr (!IsOptional<T>::value) {
      fault_.missing(field, place_);
    }
  }

 private:
  const Json& object_;
  const Place* place_;
  Fault& fault_;
};

class FieldWriter {
 public:
  explicit FieldWriter(Json& object) : object_(object) {}

  template <class T>
  void operator()(const char* field, const T& value) {
    if constexpr (IsOptional<T>::value) {
      if (value) write(fieldOf(object_, field), *value);
    } else {
      write(fieldOf(object_, field), value);
    }
  }

 private:
  Json& object_;
};

template <class T>
requires std::is_class_v<T>
bool read(const Json& json, const Place* place, Fault& fault, T& out) {
  if (!isObject(json)) return fault.expected("an object", json, place);
  FieldReader fields(json, place, fault);
  Shape<T>::visit(fields, out);
  return !fault.found();
}

template <class E>
requires std::is_enum_v<E>
bool read(const Json& json, const Place* place, Fault& fault, E& out) {
  int number = 0;
  if (!readWord(json, place, fault, Words<E>::kWords, Words<E>::kNumbers, number)) return false;
  out = static_cast<E>(number);
  return true;
}

template <class T>
void write(Json& json, const std::optional<T>& value) {
  if (value) {
    write(json, *value);
  } else {
    write(json, Null{});
  }
}

template <class T>
void write(Json& json, const std::vector<T>& value) {
  makeList(json, value.size());
  for (std::size_t i = 0; i < value.size(); ++i) write(itemOf(json, i), value[i]);
}

template <class T>
requires std::is_class_v<T>
void write(Json& json, const T& value) {
  makeObject(json);
  FieldWriter fields(json);
  Shape<T>::visit(fields, value);
}

template <class E>
requires std::is_enum_v<E>
void write(Json& json, const E& value) {
  writeWord(json, Words<E>::kWords, Words<E>::kNumbers, static_cast<int>(value));
}

}  // namespace pyrometer::protocol::conversion
