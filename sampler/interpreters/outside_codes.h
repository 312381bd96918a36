#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "sampler/interpreters/code_describer.h"
#include "sampler/interpreters/frame_walker.h"
#include "sampler/interpreters/layouts.h"
#include "sampler/interpreters/process_memory.h"
#include "sampler/interpreters/ring_cursor.h"
#include "sampler/interpreters/thread_labels.h"

namespace pyrometer::interpreters {

/// The code objects of another process: address to reference, described when first seen. A code object is
/// looked at again after a while, since its address may have come to another one.
class OutsideCodes {
 public:
  OutsideCodes(ProcessMemory& memory, const Layout& layout) : memory_(memory), layout_(layout) {}

  /// Fills `references` for the frames' code objects; describes new ones at the cursor, as far as it has
  /// room: false if something is left to describe. kUnknownCode for what is no code object.
  bool resolve(std::span<const RawFrame> frames, std::int64_t wall, RingCursor& cursor,
               std::vector<std::uint32_t>& references);

  /// The code object that walks leave out (see isTrampoline); 0 until one was met.
  std::uint64_t trampoline() const { return trampoline_; }
  CodeRole roleOf(std::uint64_t address) const {
    const auto found = entries_.find(address);
    return found == entries_.end() ? CodeRole::kOrdinary : found->second.role;
  }

 private:
  struct Entry {
    CodeKey key;
    std::uint64_t qualname = 0;
    std::uint32_t reference = 0;
    std::int64_t looked_at = 0;
    Described done;
    CodeRole role = CodeRole::kOrdinary;
  };

  void lookAt(std::span<const std::uint64_t> addresses, std::int64_t wall);
  void take(std::uint64_t address, const std::uint8_t* header, std::int64_t wall);
  void describe(Entry& entry, RingCursor& cursor);

  ProcessMemory& memory_;
  const Layout& layout_;
  std::unordered_map<std::uint64_t, Entry> entries_;
  std::vector<std::uint64_t> stale_;
  std::uint32_t last_reference_ = 0;
  std::uint64_t code_type_ = 0;  ///< the type of the first that was readable as a code object
  std::uint64_t trampoline_ = 0;
};

}  // namespace pyrometer::interpreters
