#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "sampler/interpreters/code_describer.h"

namespace pyrometer::interpreters {

/// The code objects seen so far in this process, for the signal handlers of all its threads: fixed size,
/// lock-free, no waiting. A slot belongs to an address and holds the last code object seen there: when the
/// address is used again by another one (told by its CodeKey), it gets a new reference. All zeros is the
/// empty table, so it may lie in .bss.
class CodeTable {
 public:
  static constexpr std::size_t kSlots = 64 * 1024;
  static constexpr std::size_t kMostProbes = 256;
  static constexpr std::uint32_t kMostReferences = (1u << 24) - 1;

  class Slot {
   public:
    /// The reference of the code object that is there now; `key.address` must be the slot's. 0 if all are
    /// given out.
    std::uint32_t reference(const CodeKey& key, CodeTable& table);
    /// True if the code object last seen here had the same names and table: they can be read, then.
    bool holdsPointersOf(const CodeKey& key) const;

    /// True if the code object with this reference is described to the end.
    bool isDescribed(std::uint32_t reference) const {
      return progress_.load(std::memory_order_relaxed) == pack(reference, kWhole);
    }
    /// Claims the description for this thread and tells how far it got; false if another thread is at it.
    bool claim(std::uint32_t reference, Described& done);
    void putBack(std::uint32_t reference, const Described& done);

   private:
    friend class CodeTable;
    static constexpr std::uint64_t kBusy = 0xffffffff, kWhole = 0xfffffffe, kLongestTable = 0xfffffff0;
    static constexpr std::uint64_t pack(std::uint32_t reference, std::uint64_t low) {
      return (std::uint64_t{reference} << 32) | low;
    }

    std::atomic<std::uint64_t> address_;
    /// 20 bits of a hash of the key's pointers and line, 20 of its content, 24 of the reference.
    std::atomic<std::uint64_t> identity_;
    std::atomic<std::uint64_t> progress_;  ///< reference, then 0, bytes of table written + 1, kBusy or kWhole
  };

  /// The slot of an address seen before, else null.
  Slot* find(std::uint64_t address) { return probe(address, false); }
  /// The same, made if it is not there; null if the table is full around it.
  Slot* findOrAdd(std::uint64_t address) { return probe(address, true); }
  /// Forgets everything, so that all is described anew. Nobody may be using the table.
  void clear();

 private:
  Slot* probe(std::uint64_t address, bool add);

  std::atomic<std::uint32_t> references_;
  Slot slots_[kSlots];
};

}  // namespace pyrometer::interpreters
