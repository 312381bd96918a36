#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/server/documents/text_change.h"

/// Lengths and places within one line, as each encoding of positions counts them. Bytes that are no UTF-8
/// harm nothing: a stray continuation byte counts as part of the character before it.
namespace pyrometer {

/// Length of a text in units of the encoding.
std::uint32_t unitsOf(std::string_view line, PositionEncoding encoding);

/// The byte at which so many units end: the text's size if it has fewer; the begin of the character if they
/// end inside one.
std::size_t byteAt(std::string_view line, std::uint32_t units, PositionEncoding encoding);

}  // namespace pyrometer
