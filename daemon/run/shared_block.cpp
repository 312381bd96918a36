#include "daemon/run/shared_block.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <string>

namespace pyrometer {

Result<std::shared_ptr<SharedBlock>> SharedBlock::make(std::uint32_t block_number, std::uint32_t segments) {
  const std::size_t size = ring::blockBytes(segments);
  const auto failed = [](const char* what) {
    return Error{std::string("no memory for the samples (") + what + ": " + std::strerror(errno) + ")", {}};
  };
  FileDescriptor fd(memfd_create("pyrometer", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) return failed("memfd_create");
  int allocated = 0;
  do {
    allocated = fallocate(fd.get(), 0, 0, static_cast<off_t>(size));
  } while (allocated != 0 && errno == EINTR);
  if (allocated != 0) return failed("fallocate");
  fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (memory == MAP_FAILED) return failed("mmap");

  // The memfd is all zeros, which is what every atomic and every segment (kFree) starts from.
  auto* block = static_cast<ring::Block*>(memory);
  block->control.magic = ring::kMagic;
  block->control.version = ring::kVersion;
  block->control.segment_count = segments;
  block->control.block_number = block_number;
  return std::shared_ptr<SharedBlock>(new SharedBlock(std::move(fd), block, segments));
}

SharedBlock::~SharedBlock() { munmap(block_, ring::blockBytes(segments_)); }

}  // namespace pyrometer
