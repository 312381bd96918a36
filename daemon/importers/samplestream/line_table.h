#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "sampler/sample_stream.h"

namespace pyrometer::samplestream {

/// The line of a code object that the instruction at `offset` (bytes from the code's beginning) belongs to,
/// from 1. Three formats, one per age of CPython (PEP 626, PEP 657, Objects/locations.md of CPython).
///
/// An instruction without a line (made by the compiler) gets the nearest line before it in the table, else
/// the first line. Empty when the table as far as it is given ends before the offset: it may be a prefix
/// whose rest comes later. A line below 1 comes out as 0, "unknown".
std::optional<std::uint32_t> lineAt(stream::LineTableFormat format, std::span<const std::byte> table,
                                    std::uint32_t first_line, std::uint64_t offset);

}  // namespace pyrometer::samplestream
