#include "sampler/pypy/names.h"

#include <sched.h>
#include <sys/mman.h>

#include <cstring>

#include "sampler/own_memory.h"
#include "sampler/target.h"

namespace pyrometer::sampler::pypy {

namespace {

/// Code objects by number, in chunks that are made when one of theirs comes.
constexpr std::size_t kPerChunk = 4096, kChunks = 4096;
struct Chunk {
  std::atomic<Name*> names[kPerChunk];
};
constinit std::atomic<Chunk*> g_chunks[kChunks]{};
constinit std::atomic<std::uint32_t> g_session{1};

/// Memory for names, given out from the front and never back. One at a time.
constinit std::atomic<bool> g_adding{false};
constexpr std::size_t kTextBytes = 256 * 1024;
constinit char* g_text = nullptr;
constinit std::size_t g_text_left = 0;

/// `_vmprof`'s buffers lie one behind the other: two sizes, then bytes.
constexpr std::uint64_t kBufferBytes = 8192, kBuffers = 20;
struct BufferHead {
  std::uint32_t size, offset;
};
constinit std::atomic<std::uint64_t> g_buffers{0};  ///< the first one that was seen; 0: none

constexpr std::uint8_t kNameMark = 2;
constexpr std::size_t kHead = 1 + 8 + 8;
constexpr std::uint64_t kLongestName = 1023;

/// One record at the front of `bytes`: 0 if there is none.
std::size_t readName(const std::uint8_t* bytes, std::size_t size, std::uint64_t& id, const char*& text,
                     std::uint64_t& length) {
  if (size < kHead || bytes[0] != kNameMark) return 0;
  std::memcpy(&id, bytes + 1, sizeof id);
  std::memcpy(&length, bytes + 9, sizeof length);
  if (length > kLongestName || length > size - kHead) return 0;
  text = reinterpret_cast<const char*>(bytes) + kHead;
  return kHead + length;
}

void* newMemory(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

std::atomic<Name*>* placeOf(std::uint64_t id, bool make) {
  const std::uint64_t number = id / 4;
  if (id % 4 != 0 || number / kPerChunk >= kChunks) return nullptr;
  std::atomic<Chunk*>& chunk = g_chunks[number / kPerChunk];
  Chunk* known = chunk.load(std::memory_order_acquire);
  if (known == nullptr && make) {
    known = static_cast<Chunk*>(newMemory(sizeof(Chunk)));
    chunk.store(known, std::memory_order_release);
  }
  return known == nullptr ? nullptr : &known->names[number % kPerChunk];
}

/// With g_adding held.
Name* addName(std::uint64_t id, const char* text, std::uint64_t length) {
  std::atomic<Name*>* place = placeOf(id, true);
  if (place == nullptr) return nullptr;
  if (Name* known = place->load(std::memory_order_relaxed)) return known;
  const std::size_t bytes = (sizeof(Name) + length + 7) & ~std::size_t{7};
  if (bytes > g_text_left) {
    char* more = static_cast<char*>(newMemory(kTextBytes));
    if (more == nullptr) return nullptr;
    g_text = more;
    g_text_left = kTextBytes;
  }
  auto* name = reinterpret_cast<Name*>(g_text);
  g_text += bytes;
  g_text_left -= bytes;
  name->length = static_cast<std::uint32_t>(length);
  std::memcpy(name->text(), text, length);
  place->store(name, std::memory_order_release);
  return name;
}

/// Of bytes that are written from one of `_vmprof`'s buffers.
void noteBuffer(std::uint64_t address, std::size_t size) {
  constexpr std::uint64_t kPage = 4096;
  if (size < kHead || address % kPage != sizeof(BufferHead)) return;
  const std::uint64_t buffer = address - sizeof(BufferHead);
  BufferHead head{};
  std::memcpy(&head, reinterpret_cast<const void*>(buffer), sizeof head);
  if (head.size != size || head.offset != 0) return;
  const std::uint64_t known = g_buffers.load(std::memory_order_relaxed);
  if (known == 0 || buffer < known) g_buffers.store(buffer, std::memory_order_relaxed);
}

/// Looks into the buffers that were not written yet. What is there of a code object that runs was written
/// before it ran.
Name* findInBuffers(std::uint64_t wanted) {
  const std::uint64_t first = g_buffers.load(std::memory_order_relaxed);
  if (first == 0 || g_adding.exchange(true, std::memory_order_acquire)) return nullptr;
  Name* found = nullptr;
  for (std::uint64_t i = 0; i < kBuffers && found == nullptr; ++i) {
    const std::uint64_t buffer = first + i * kBufferBytes;
    if (!isReadable(buffer, kBufferBytes)) break;
    BufferHead head{};
    std::memcpy(&head, reinterpret_cast<const void*>(buffer), sizeof head);
    if (head.offset != 0 || head.size > kBufferBytes - sizeof head) continue;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(buffer + sizeof head);
    std::uint64_t id = 0, length = 0;
    const char* text = nullptr;
    for (std::size_t at = 0, step = 0;
         (step = readName(bytes + at, head.size - at, id, text, length)) != 0 && found == nullptr;
         at += step) {
      if (id == wanted) found = addName(id, text, length);
    }
  }
  g_adding.store(false, std::memory_order_release);
  return found;
}

}  // namespace

void addNames(const void* bytes, std::size_t size) {
  noteBuffer(reinterpret_cast<std::uint64_t>(bytes), size);
  const auto* at = static_cast<const std::uint8_t*>(bytes);
  std::uint64_t id = 0, length = 0;
  const char* text = nullptr;
  if (readName(at, size, id, text, length) == 0) return;
  // Held by a handler of this thread it would never come free: but then this is a handler, too.
  while (g_adding.exchange(true, std::memory_order_acquire)) {
    if (t_thread.busy) return;
    sched_yield();
  }
  while (const std::size_t step = readName(at, size, id, text, length)) {
    addName(id, text, length);
    at += step;
    size -= step;
  }
  g_adding.store(false, std::memory_order_release);
}

Name* findName(std::uint64_t id) {
  std::atomic<Name*>* place = placeOf(id, false);
  Name* name = place == nullptr ? nullptr : place->load(std::memory_order_acquire);
  return name != nullptr || id == 0 ? name : findInBuffers(id);
}

std::uint32_t nameSession() { return g_session.load(std::memory_order_relaxed); }

void forgetDescribed() { g_session.fetch_add(1, std::memory_order_relaxed); }

void namesAfterFork() {
  g_text_left = 0;
  g_adding.store(false, std::memory_order_release);
}

}  // namespace pyrometer::sampler::pypy
