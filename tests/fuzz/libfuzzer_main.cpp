// One program for each target: PYROMETER_FUZZ_TARGET is its name.

#include <cstdint>

#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const pyrometer::fuzz::Target& target : pyrometer::fuzz::targets()) {
    if (target.name == PYROMETER_FUZZ_TARGET) target.run(std::as_bytes(std::span(data, size)));
  }
  return 0;
}
