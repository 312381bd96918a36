#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace pyrometer::fuzz {

/// A recording whose entries are any bytes: an entry's number, its size in two bytes, its bytes, and so on.
/// Fuzzed without the zip file around it, whose sums hardly a changed byte would survive.
void runBundle(std::span<const std::byte> bytes);
/// The recording with these entries: manifest, samples, index of sources, a source.
std::string bundleOf(const std::vector<std::string>& entries);

}  // namespace pyrometer::fuzz
