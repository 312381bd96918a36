#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace pyrometer::fuzz {

/// A document and the changes an editor sends, out of any bytes: the first says the encoding, then come
/// changes. After each one the lines of a run are looked for.
void runDocumentEdits(std::span<const std::byte> bytes);
std::vector<std::string> documentEdits();

}  // namespace pyrometer::fuzz
