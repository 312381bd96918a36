#pragma once

#include <sys/types.h>

#include <cstddef>

namespace pyrometer::sampler::pypy {

/// write() to one of our numbers.
ssize_t writeOurs(int fd, const void* bytes, std::size_t size);

}  // namespace pyrometer::sampler::pypy
