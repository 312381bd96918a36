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

/// Pairs of (address step, signed line step): a line holds from its address on, the last one to the end of
/// the code.
std::optional<SourcePlace> lnotabPlace(ByteReader table, LineCounter line, std::uint64_t offset, bool whole) {
  std::uint64_t address = 0;
  while (table.remaining() >= 2) {
    address += table.u8();
    if (address > offset) return SourcePlace{line.line(), {}};
    line.step(table.little<std::int8_t>());
  }
  return whole ? std::optional(SourcePlace{line.line(), {}}) : std::nullopt;
}

/// Pairs of (length of a range in bytes, signed line step); a step of -128 marks a range without a line.
std::optional<SourcePlace> rangesPlace(ByteReader table, LineCounter line, std::uint64_t offset) {
  constexpr std::int8_t kNoLine = -128;
  std::uint64_t end = 0;
  while (table.remaining() >= 2) {
    end += table.u8();
    const auto step = table.little<std::int8_t>();
    if (step != kNoLine) line.step(step);
    if (offset < end) return SourcePlace{line.line(), {}};
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

std::uint32_t columnNumber(ByteReader& table) {
  const std::uint64_t value = locationNumber(table);
  if (value > INT32_MAX) table.markBad();
  return static_cast<std::uint32_t>(value);
}

/// The columns behind a long entry's line step: numbers of one more than they mean, 0 being "unknown".
std::optional<Columns> longColumns(ByteReader& table) {
  const std::uint32_t lines = columnNumber(table);
  const std::uint32_t begin = columnNumber(table), end = columnNumber(table);
  if (begin == 0 || end == 0) return std::nullopt;
  return Columns{.begin = begin - 1, .lines = lines, .end = end - 1};
}

/// Entries of their own lengths: kind and number of two-byte code units in the first byte, then what the kind
/// needs.
std::optional<SourcePlace> locationsPlace(ByteReader table, LineCounter line, std::uint64_t offset) {
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
    std::optional<Columns> columns;
    if (kind <= kLastShort) {
      const unsigned packed = table.u8();
      const unsigned begin = kind << 3 | (packed >> 4 & 7);
      columns = Columns{.begin = begin, .lines = 0, .end = begin + (packed & 15)};
    } else if (kind <= kOneLine2) {
      line.step(kind - kOneLine0);
      const unsigned begin = table.u8();
      columns = Columns{.begin = begin, .lines = 0, .end = table.u8()};
    } else if (kind == kNoColumns) {
      line.step(signedLocationNumber(table));
    } else if (kind == kLong) {
      line.step(signedLocationNumber(table));
      columns = longColumns(table);
    }
    if (!table.good()) return std::nullopt;
    if (offset < end) return SourcePlace{line.line(), columns};
  }
  return std::nullopt;
}

}  // namespace

std::optional<SourcePlace> placeAt(const LineTable& table, std::uint64_t offset) {
  const LineCounter line(table.first_line);
  const ByteReader bytes(table.bytes);
  switch (table.format) {
    case stream::LineTableFormat::kPypy:
      return std::nullopt;
    case stream::LineTableFormat::kLnotab:
      return lnotabPlace(bytes, line, offset, table.whole);
    case stream::LineTableFormat::kLineRanges:
      return rangesPlace(bytes, line, offset);
    case stream::LineTableFormat::kLocations:
      return locationsPlace(bytes, line, offset);
  }
  return std::nullopt;
}

}  // namespace pyrometer::samplestream
