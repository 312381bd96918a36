#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "daemon/exporters/vmprof/shape.h"

/// Records that both writers (of a whole profile, and of one that still grows) put together.
namespace pyrometer::vmprof {

/// Read back by our own importer; other readers keep keys that they do not know.
inline constexpr char kWeightMeta[] = "pyrometer.weight_ns";

struct Head {
  Shape shape;
  std::string interpreter;  ///< at most 255 bytes
  std::uint64_t period_us = 0;
  std::int64_t start_unix_ns = 0;  ///< 0: not known
  std::map<std::string, std::string> meta;
};
/// The five words, the header, the start, the meta records.
void appendHead(std::string& out, const Head& head);
/// The name of a function, or the symbol of a native one.
void appendName(std::string& out, const Profile& profile, FunctionId id, std::uint64_t cell);
void appendTrailer(std::string& out, std::int64_t end_unix_ns);

}  // namespace pyrometer::vmprof
