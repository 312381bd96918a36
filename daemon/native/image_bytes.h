#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "daemon/support/little_endian.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// The bytes of an ELF file or image, wherever they are: reads a part by its place in the file, and answers
/// whether all of it was there. Not to be trusted.
using ImageBytes = std::function<bool(std::uint64_t offset, std::span<std::byte> to)>;

ImageBytes bytesOfFile(int descriptor);
/// `image` must outlive what comes back.
ImageBytes bytesOfMemory(std::span<const std::byte> image);

}  // namespace pyrometer
