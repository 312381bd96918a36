#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "daemon/profile/tables.h"
#include "sampler/sample_stream.h"

namespace pyrometer::samplestream {

/// Where in the source an instruction comes from.
struct SourcePlace {
  std::uint32_t line = 0;          ///< from 1; 0: the table has a line below 1
  std::optional<Columns> columns;  ///< where the table has them (CPython 3.11 and later)

  bool operator==(const SourcePlace&) const = default;
};

/// A code object's table from instructions to lines. Three formats, one per age of CPython (PEP 626, PEP 657,
/// Objects/locations.md of CPython).
struct LineTable {
  stream::LineTableFormat format = stream::LineTableFormat::kLocations;
  std::uint32_t first_line = 0;
  std::span<const std::byte> bytes;
  bool whole = true;  ///< else its beginning: the rest may come later
};

/// The place of the instruction at `offset` (bytes from the code's beginning). One without a line (made by
/// the compiler) gets the nearest line before it in the table, else the first line. Empty behind the table's
/// end.
std::optional<SourcePlace> placeAt(const LineTable& table, std::uint64_t offset);

}  // namespace pyrometer::samplestream
