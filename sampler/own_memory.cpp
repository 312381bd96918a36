#include "sampler/own_memory.h"

#include <sys/syscall.h>

#include <cerrno>
#include <cstring>

#include "sampler/interpreters/memory.h"
#include "sampler/real_functions.h"

namespace pyrometer::sampler {

namespace {

constexpr std::uint64_t kPageBytes = 4096;
constexpr std::uint64_t kHighestAddress = std::uint64_t{1} << 47;

// struct _stack_chunk of CPython, 3.11 and later: previous, size in bytes, top in words, data.
constexpr std::uint64_t kChunkPrevious = 0, kChunkSize = 8, kChunkTop = 16, kChunkData = 24;
constexpr std::uint64_t kLargestChunk = std::uint64_t{1} << 40;
constexpr int kMostChunks = 100'000;

std::uint64_t word(std::uint64_t address) {
  std::uint64_t value = 0;
  std::memcpy(&value, reinterpret_cast<const void*>(address), sizeof value);
  return value;
}

}  // namespace

bool isReadable(std::uint64_t address, std::uint64_t size) {
  if (address < kPageBytes || address >= kHighestAddress || size > kHighestAddress - address) return false;
  const std::uint64_t last = (address + size - 1) & ~(kPageBytes - 1);
  for (std::uint64_t page = address & ~(kPageBytes - 1); page <= last; page += kPageBytes) {
    constexpr int kImpossible = -1;
    constexpr std::size_t kMaskBytes = 8;
    if (real().syscall(SYS_rt_sigprocmask, kImpossible, page, nullptr, kMaskBytes) != -1 || errno != EINVAL)
      return false;
  }
  return true;
}

bool canCheckMemory() {
  const std::uint64_t here = 0;
  // The last page below the end of the address space is never given to a program.
  return isReadable(reinterpret_cast<std::uint64_t>(&here), sizeof here) &&
         !isReadable(kHighestAddress - kPageBytes, 8);
}

OwnMemory::OwnMemory(const interpreters::Layout& layout, std::uint64_t thread_state, std::uint64_t stack_low,
                     std::uint64_t stack_high) {
  if (stack_low < stack_high) stack_ = {stack_low, stack_high};
  // The thread state is the interpreter's word for this thread.
  const std::uint64_t state_end = thread_state + layout.thread.thread_id + sizeof(std::uint64_t);
  noteReadable(thread_state);
  noteReadable(state_end);
  if (layout.thread.datastack_chunk == interpreters::kAbsent) return;
  current_ = chunkAt(word(thread_state + layout.thread.datastack_chunk));
  // In the newest chunk the top is in the thread state, just behind; while a chunk is pushed it may be of the
  // last one.
  const std::uint64_t top = word(thread_state + layout.thread.datastack_chunk + 8);
  if (current_.address != 0) {
    const std::uint64_t end = current_.address + word(current_.address + kChunkSize);
    current_.range.high = top > current_.range.low && top <= end ? top : end;
  }
  walked_ = current_;
  chunk_ = current_.range;
}

OwnMemory::Chunk OwnMemory::chunkAt(std::uint64_t address) {
  if (address == 0 || address % 8 != 0) return {};
  const std::uint64_t size = word(address + kChunkSize);
  if (size <= kChunkData || size > kLargestChunk) return {};
  const std::uint64_t top = word(address + kChunkTop);
  const std::uint64_t data = address + kChunkData;
  const std::uint64_t end = top <= (size - kChunkData) / 8 ? data + top * 8 : address + size;
  return {{data, end}, address};
}

OwnMemory::Chunk OwnMemory::chunkBelow(const Chunk& chunk) {
  return chunk.address == 0 ? Chunk{} : chunkAt(word(chunk.address + kChunkPrevious));
}

bool OwnMemory::viewElsewhere(std::uint64_t address, std::size_t size) {
  // Mostly the walk has come to the next older chunk, or stands at a generator's frame on the heap.
  const Chunk below = chunkBelow(walked_);
  if (below.range.holds(address, size)) {
    walked_ = below;
    chunk_ = below.range;
    return true;
  }
  if (address >= kPage && pageOf(address) == address / kPage && address % kPage + size <= kPage) return true;
  if (!isReadable(address, size)) return false;
  noteReadable(address);
  return true;
}

bool OwnMemory::inDataStack(std::uint64_t address) {
  if (chunk_.holds(address, 8)) return true;
  Chunk chunk = current_;
  for (int i = 0; i < kMostChunks && chunk.address != 0; ++i) {
    if (chunk.range.holds(address, 8)) {
      walked_ = chunk;
      chunk_ = chunk.range;
      return true;
    }
    chunk = chunkBelow(chunk);
  }
  return false;
}

}  // namespace pyrometer::sampler
