#pragma once

#include <cstddef>
#include <span>

#include "daemon/importers/importer.h"

namespace pyrometer {

/// Profiles of vmprof (.prof, .vmprof): versions 0 to 7 and the other version 7 of a research fork, CPython
/// and PyPy, 32 and 64 bit and 64-bit Windows. Up to version 6 samples have no times and no weights, and
/// PyPy's never have lines. A file with several profiles gives ImportOptions::part.
const Importer& vmprofImporter();

namespace vmprof {
/// Whether the bytes begin with the five words of a little-endian vmprof file (three of them are looked at).
bool looksLikeVmprof(std::span<const std::byte> head);
}  // namespace vmprof

}  // namespace pyrometer
