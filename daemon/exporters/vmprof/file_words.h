#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Names and numbers as in the vmprof file format; what we write is always 64 bit, little endian.
namespace pyrometer::vmprof {

inline constexpr std::size_t kMaxCells = 65536;  // readers insist

enum class WrittenFlag : std::uint8_t { kMemory = 1, kLines = 2, kNative = 4, kPairs = 8, kRealTime = 16 };
enum class Mark : std::uint8_t {
  kSample = 1,
  kName = 2,
  kTrailer = 3,
  kHeader = 5,
  kStartTime = 6,
  kMeta = 7,
  kSymbol = 8
};
/// Kinds of the cells of a PyPy stack.
enum class CellKind : std::uint8_t { kCode = 1, kJitted = 3, kAssembler = 6, kNative = 7 };

inline void appendWord(std::string& out, std::uint64_t value) {
  char bytes[8];
  for (std::size_t i = 0; i < sizeof bytes; ++i) bytes[i] = static_cast<char>(value >> (8 * i));
  out.append(bytes, sizeof bytes);
}

inline void appendMark(std::string& out, Mark mark) { out += static_cast<char>(mark); }

inline void appendString(std::string& out, std::string_view text) {
  appendWord(out, text.size());
  out += text;
}

inline void appendPair(std::string& out, CellKind kind, std::uint64_t value) {
  appendWord(out, static_cast<std::uint64_t>(kind));
  appendWord(out, value);
}

}  // namespace pyrometer::vmprof
