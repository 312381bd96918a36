#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "daemon/support/file_descriptor.h"
#include "daemon/support/result.h"
#include "sampler/shared_ring.h"

namespace pyrometer {

/// One block of ring segments, made by us and handed to a sampled process. Every page is allocated before it
/// is given away, so that neither side can meet SIGBUS when memory runs out. Sealed against shrinking for the
/// same reason.
class SharedBlock {
 public:
  /// Fails where memory, address space (`ulimit -v`) or file size (`ulimit -f`; SIGXFSZ must be blocked) are
  /// short.
  static Result<std::shared_ptr<SharedBlock>> make(std::uint32_t block_number,
                                                   std::uint32_t segments = ring::kSegmentsPerBlock);
  ~SharedBlock();
  SharedBlock(const SharedBlock&) = delete;
  SharedBlock& operator=(const SharedBlock&) = delete;

  ring::Control& control() { return block_->control; }
  /// As many as it was made with, whatever the target wrote there since.
  std::span<ring::Segment> segments() { return {block_->segments, segments_}; }
  int descriptor() const { return fd_.get(); }
  /// The target has it mapped; we need only our own mapping.
  void closeDescriptor() { fd_.close(); }

 private:
  SharedBlock(FileDescriptor fd, ring::Block* block, std::uint32_t segments)
      : fd_(std::move(fd)), block_(block), segments_(segments) {}
  FileDescriptor fd_;
  ring::Block* block_;
  std::uint32_t segments_;
};

}  // namespace pyrometer
