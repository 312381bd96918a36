#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <vector>

#include "daemon/support/byte_reader.h"

namespace pyrometer {

/// A stretch of time that the interpreter spent at one thing and wrote down: a collection, a tracing, what
/// the program itself marked. Times are ticks of the log's clock.
struct Phase {
  static constexpr std::uint32_t kNoParent = UINT32_MAX;

  std::uint64_t begin = 0, end = 0;            ///< ticks; `end` is not before `begin`
  std::uint64_t text_begin = 0, text_end = 0;  ///< bytes of the (decompressed) log between its two lines
  std::uint32_t name = 0;                      ///< in PhaseLog::names
  std::uint32_t parent = kNoParent;            ///< the innermost phase that was open; parents come first
  std::uint32_t depth = 1;
  std::uint32_t lines = 0;  ///< of text of its own

  std::uint64_t ticks() const { return end - begin; }
};

/// Phases in the order in which they began, of which a log may have tens of millions: about ten bytes are
/// held for one. They are kept in blocks; a block is packed when the last phase in it has been closed.
/// Walking through all of them unpacks them one by one.
///
/// One writer. Read-only once made; share freely.
class PhaseList {
 public:
  static constexpr std::size_t kBlock = 256;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  /// Unpacks up to a block: for one, not for all.
  Phase operator[](std::size_t i) const;

  class Iterator;
  Iterator begin() const;
  Iterator end() const;

  /// The number of a phase that goes on. Its `parent` must be in the list.
  std::uint32_t open(const Phase& phase);
  /// One that was opened and not yet closed; until the next open().
  Phase& opened(std::uint32_t number) { return blocks_[number / kBlock].rows->at[number % kBlock]; }
  void close(std::uint32_t number);
  void add(const Phase& phase) { close(open(phase)); }

  /// Memory that the phases take.
  std::size_t bytes() const;

 private:
  struct Rows {
    std::array<Phase, kBlock> at;
    std::size_t open = 0;
  };
  struct Block {
    std::unique_ptr<Rows> rows = {};  ///< until it is packed
    std::unique_ptr<std::byte[]> packed = {};
    std::size_t bytes = 0;
  };
  static void pack(Block& block, std::uint32_t first);

  std::vector<Block> blocks_;
  std::size_t size_ = 0;
};

class PhaseList::Iterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = Phase;
  using difference_type = std::ptrdiff_t;
  using pointer = const Phase*;
  using reference = const Phase&;

  /// At the first phase of the block that phase `at` is in, or at the end.
  Iterator(const PhaseList& list, std::size_t at);

  reference operator*() const { return phase_; }
  pointer operator->() const { return &phase_; }
  Iterator& operator++() {
    ++at_;
    load();
    return *this;
  }
  Iterator operator++(int) {
    Iterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Iterator& other) const { return at_ == other.at_; }
  std::size_t number() const { return at_; }

 private:
  void load();
  void unpack();

  const PhaseList* list_;
  std::size_t at_;
  ByteReader packed_{{}};
  Phase phase_;
};

inline PhaseList::Iterator PhaseList::begin() const { return {*this, 0}; }
inline PhaseList::Iterator PhaseList::end() const { return {*this, size_}; }

}  // namespace pyrometer
