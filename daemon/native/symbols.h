#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace pyrometer {

/// What a place in native code is called.
struct NativeSymbol {
  std::string function;    ///< demangled; empty: the file has no name for it
  std::string file;        ///< its source, where the debug information says; else empty
  std::uint32_t line = 0;  ///< of the place itself
  /// Where the function begins, in the file's own counting; of a nameless one as its unwind information says.
  std::optional<std::uint64_t> begin;
};

/// Names for places in native code, by what lies on this machine's disk: the file itself, and its separate
/// debug file where one is installed. Reads on demand and keeps what it has open. Nothing is fetched from
/// anywhere. Not thread-safe.
class Symbols {
 public:
  Symbols();
  ~Symbols();
  Symbols(const Symbols&) = delete;
  Symbols& operator=(const Symbols&) = delete;

  /// `offset` in the file. Nothing is known if the file is gone, or is another one by its build id (in hex;
  /// empty: that cannot be told, and is not asked).
  NativeSymbol find(const std::string& path, const std::string& build_id, std::uint64_t offset);

 private:
  class File;
  std::map<std::string, std::unique_ptr<File>> files_;  ///< by path and build id
};

}  // namespace pyrometer
