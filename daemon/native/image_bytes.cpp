#include "daemon/native/image_bytes.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace pyrometer {

ImageBytes bytesOfFile(int descriptor) {
  return [descriptor](std::uint64_t offset, std::span<std::byte> to) {
    while (!to.empty()) {
      const ssize_t n = pread(descriptor, to.data(), to.size(), static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      to = to.subspan(static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
    }
    return true;
  };
}

ImageBytes bytesOfMemory(std::span<const std::byte> image) {
  return [image](std::uint64_t offset, std::span<std::byte> to) {
    if (offset > image.size() || to.size() > image.size() - offset) return false;
    if (!to.empty()) std::memcpy(to.data(), image.data() + offset, to.size());
    return true;
  };
}

}  // namespace pyrometer
