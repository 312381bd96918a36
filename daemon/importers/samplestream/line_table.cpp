#include "daemon/importers/samplestream/line_table.h"

#include "daemon/support/byte_reader.h"

namespace pyrometer::samplestream {
namespace {

/// Lines are 32 bits in every interpreter; a table that leaves them is nonsense, and wrapping keeps it
/// harmless.
class LineCounter {
 public:
  explicit LineCounter(std::uint32_t first) : line_(first) {}
  void step(std::int64_t by) { line_ = static_cast<std::uint32_t>(line_ + static_cast<std::uint64_t>(by)); }
  std::uint32_t line() const { return line_ > INT32_MAX ? 0 : line_; }

 private:
  std::uint32_t line_;
};

/// Pairs of (address step, signed line step): a line holds from its address on.
std::optional<std::uint32_t> lnotabLine(ByteReader table, LineCounter line, std::uint64_t offset) {
  std::uint64_t address = 0;
  while (table.remaining() >= 2) {
    address += table.u8();
    if (address > offset) return line.line();
    line.step(table.little<std::int8_t>());
  }
  return std::nullopt;
}

/// Pairs of (length of a range in bytes, signed line step); a step of -128 marks a range without a line.
std::optional<std::uint32_t> rangesLine(ByteReader table, LineCounter line, std::uint64_t offset) {
  constexpr std::int8_t kNoLine = -128;
  std::uint64_t end = 0;
  while (table.remaining() >= 2) {
    end += table.u8();
    const auto step = table.little<std::int8_t>();
    if (step != kNoLine) line.step(step);
    if (offset < end) return line.line();
  }
  return std::nullopt;
}

/// Six bits a byte, low ones first; bit 6 says that more follow.
std::uint64_t locationNumber(ByteReader& table) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 6) {
    const std::uint8_t byte = table.u8();
    value |= static_cast<std::uint64_t>(byte & 0x3f) << shift;
    if ((byte & 0x40) == 0) return value;
  }
  table.markBad();
  return 0;
}

std::int64_t signedLocationNumber(ByteReader& table) {
  const std::uint64_t value = locationNumber(table);
  const auto size = static_cast<std::int64_t>(value >> 1);
  return (value & 1) != 0 ? -size : size;
}

/// Entries of their own lengths: kind and number of two-byte code units in the first byte, then what the kind
/// needs.
std::optional<std::uint32_t> locationsLine(ByteReader table, LineCounter line, std::uint64_t offset) {
  enum Kind : unsigned {
    kLastShort = 9,
    kOneLine0 = 10,
    kOneLine2 = 12,
    kNoColumns = 13,
    kLong = 14,
    kNone = 15
  };
  std::uint64_t end = 0;
  while (!table.atEnd()) {
    const std::uint8_t head = table.u8();
    if ((head & 0x80) == 0) return std::nullopt;  // not the beginning of an entry
    const unsigned kind = head >> 3 & 15;
    end += 2 * ((head & 7u) + 1);
    if (kind <= kLastShort) {
      table.bytes(1);
    } else if (kind <= kOneLine2) {
      line.step(kind - kOneLine0);
      table.bytes(2);
    } else if (kind == kNoColumns) {
      line.step(signedLocationNumber(table));
    } else if (kind == kLong) {
      line.step(signedLocationNumber(table));
      for (int i = 0; i < 3; ++i) locationNumber(table);
    }
    if (!table.good()) return std::nullopt;
    if (offset < end) return line.line();
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint32_t> lineAt(stream::LineTableFormat format, std::span<const std::byte> table,
                                    std::uint32_t first_line, std::uint64_t offset) {
  const LineCounter line(first_line);
  switch (format) {
    case stream::LineTableFormat::kLnotab:
      return lnotabLine(ByteReader(table), line, offset);
    case stream::LineTableFormat::kLineRanges:
      return rangesLine(ByteReader(table), line, offset);
    case stream::LineTableFormat::kLocations:
      return locationsLine(ByteReader(table), line, offset);
  }
  return std::nullopt;
}

}  // namespace pyrometer::samplestream
