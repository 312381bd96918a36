#pragma once

#include <cstdint>

#include "sampler/interpreters/layouts.h"

/// Reading one's own memory in a signal handler without ever faulting.
namespace pyrometer::sampler {

/// Can all bytes be read? Asks the kernel, 0.1 us a page, no descriptor, no copy: rt_sigprocmask with an
/// impossible first argument reads the new mask before it finds fault, and answers EFAULT or EINVAL.
bool isReadable(std::uint64_t address, std::uint64_t size);

/// True if isReadable() tells the two apart on this kernel.
bool canCheckMemory();

/// Memory (interpreters/memory.h) of the thread that runs. The data stack's chunks and the C stack above the
/// interrupted point are there for certain and read at once; anything else is checked first. Since the thread
/// stands still while its handler reads, what is checked stays, except for what other threads unmap: and
/// nothing that a live frame refers to is that.
class OwnMemory {
 public:
  OwnMemory(const interpreters::Layout& layout, std::uint64_t thread_state, std::uint64_t stack_low,
            std::uint64_t stack_high);

  const std::uint8_t* view(std::uint64_t address, std::size_t size) {
    if (!chunk_.holds(address, size) && !stack_.holds(address, size) && !viewElsewhere(address, size))
      return nullptr;
    return reinterpret_cast<const std::uint8_t*>(address);
  }

  /// Is this address in a chunk of the data stack, below its top?
  bool inDataStack(std::uint64_t address);

 private:
  static constexpr std::uint64_t kPage = 4096;
  static constexpr std::size_t kPagesKept = 8;
  struct Range {
    std::uint64_t low = 0, high = 0;
    bool holds(std::uint64_t address, std::size_t size) const {
      return address >= low && address < high && high - address >= size;
    }
  };
  struct Chunk {
    Range range;
    std::uint64_t address = 0;  ///< 0: none
  };
  static Chunk chunkAt(std::uint64_t address);
  static Chunk chunkBelow(const Chunk& chunk);
  bool viewElsewhere(std::uint64_t address, std::size_t size);
  void noteReadable(std::uint64_t address) { pageOf(address) = address / kPage; }
  std::uint64_t& pageOf(std::uint64_t address) { return readable_pages_[address / kPage % kPagesKept]; }

  Chunk current_;  ///< the newest
  Chunk walked_;   ///< the one that the walk has come to
  Range chunk_;    ///< its range
  Range stack_;
  /// Numbers of pages that were found readable in this signal; the first page of all never is.
  std::uint64_t readable_pages_[kPagesKept] = {};
};

}  // namespace pyrometer::sampler
