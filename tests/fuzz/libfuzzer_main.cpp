// One program for each target: PYROMETER_FUZZ_TARGET is its name.

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/targets.h"

namespace {

const pyrometer::fuzz::Target& target() {
  for (const pyrometer::fuzz::Target& one : pyrometer::fuzz::targets()) {
    if (one.name == PYROMETER_FUZZ_TARGET) return one;
  }
  std::abort();
}

}  // namespace

// libFuzzer names its entry points.
// NOLINTBEGIN(readability-identifier-naming)

/// An empty corpus folder among the arguments gets the target's seeds: magic bytes and sums of a zip file are
/// not found by chance.
extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  for (int i = 1; i < *count; ++i) {
    const std::filesystem::path folder = (*arguments)[i];
    if (!std::filesystem::is_directory(folder) || !std::filesystem::is_empty(folder)) continue;
    int number = 0;
    for (const std::string& seed : target().seeds())
      std::ofstream(folder / ("seed" + std::to_string(number++)), std::ios::binary) << seed;
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  target().run(std::as_bytes(std::span(data, size)));
  return 0;
}

// NOLINTEND(readability-identifier-naming)
