#pragma once

#include <cstddef>
#include <span>

#include "daemon/importers/importer.h"

namespace pyrometer {

/// Profiles of vmprof (.prof, .vmprof): versions 2 to 6, CPython and PyPy, 32 and 64 bit and 64-bit Windows.
/// They have no times and no weights of samples, and PyPy's no lines. A file with several profiles gives
/// ImportOptions::part.
const Importer& vmprofImporter();

namespace vmprof {
/// Whether the bytes begin with the five words of a little-endian vmprof file (three of them are looked at).
bool looksLikeVmprof(std::span<const std::byte> head);
}  // namespace vmprof

}  // namespace pyrometer
