#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace pyrometer {

/// What a place in native code is called.
struct NativeName {
  std::string function;                ///< as a programmer knows it; empty: nameless
  std::optional<std::uint64_t> begin;  ///< where the function begins, in its file's own counting
  std::string file;                    ///< its source; empty: not known
  std::uint32_t line = 0;              ///< of the place; 0: not known
};

/// Who knows names that are not in the stream. Asked once for each place.
class NativeNamer {
 public:
  virtual ~NativeNamer() = default;
  /// `offset` in the file.
  virtual NativeName name(const std::string& path, const std::string& build_id, std::uint64_t offset) = 0;
};

}  // namespace pyrometer
