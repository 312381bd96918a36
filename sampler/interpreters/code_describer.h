#pragma once

#include <algorithm>
#include <cstdint>

#include "sampler/interpreters/layouts.h"
#include "sampler/interpreters/memory.h"
#include "sampler/interpreters/ring_cursor.h"
#include "sampler/sample_stream.h"

/// Reads code objects: what tells one from another, and what a kCode record says of it. Over any Memory,
/// without allocation.
namespace pyrometer::interpreters {

/// What tells a code object from another that gets the same address later.
struct CodeKey {
  std::uint64_t address = 0;
  std::uint64_t name = 0, filename = 0, linetable = 0;
  std::int32_t first_line = 0;
  /// All of these may come again, when a program makes and drops code objects in a loop. This one tells them
  /// apart: their number (3.12 and later), or a hash of what they hold (contentOf).
  std::uint64_t content = 0;

  friend bool operator==(const CodeKey&, const CodeKey&) = default;
};

/// `header` are layout.code.size bytes at `address`.
inline CodeKey keyOf(const Layout& layout, std::uint64_t address, const std::uint8_t* header) {
  return {.address = address,
          .name = load<std::uint64_t>(header, layout.code.name),
          .filename = load<std::uint64_t>(header, layout.code.filename),
          .linetable = load<std::uint64_t>(header, layout.code.linetable),
          .first_line = load<std::int32_t>(header, layout.code.first_line),
          .content = layout.code.version == kAbsent ? 0 : load<std::uint32_t>(header, layout.code.version)};
}

/// For interpreters that do not number their code objects: a hash of the name and of the line table's size
/// and ends.
template <Memory M>
std::uint64_t contentOf(const Layout& layout, M& memory, const CodeKey& key) {
  constexpr std::uint64_t kWord = 8;
  const std::uint64_t name_hash = layout.text.length + kWord;  // of a str: kept since it was interned
  // Sums of products do not wait for one another, and this is done for every frame of every sample.
  std::uint64_t content = 0;
  if (const std::uint8_t* name = memory.view(key.name, name_hash + kWord))
    content = load<std::uint64_t>(name, name_hash) * 0x9e3779b97f4a7c15;
  // The smallest bytes object is longer than its header and a word.
  const std::uint8_t* table = memory.view(key.linetable, layout.bytes.data + kWord);
  if (table == nullptr) return content;
  const auto size = load<std::uint64_t>(table, layout.bytes.length);
  content += size * 0xc2b2ae3d27d4eb4f;
  std::uint64_t begin = load<std::uint64_t>(table, layout.bytes.data);
  if (size < kWord) begin &= (std::uint64_t{1} << 8 * size) - 1;
  content += (begin ^ begin >> 32) * 0x165667b19e3779f9;
  if (size < kWord) return content;
  if (const std::uint8_t* end = memory.view(key.linetable + layout.bytes.data + size - kWord, kWord)) {
    const auto last = load<std::uint64_t>(end, 0);
    content += (last ^ last >> 32) * 0xff51afd7ed558ccd;
  }
  return content;
}

namespace detail {

/// Copies text or table in pieces, so that no large buffer is needed.
template <Memory M>
bool copyBytes(M& memory, std::uint64_t address, std::uint64_t size, RingCursor& cursor) {
  constexpr std::uint64_t kPiece = 256;
  while (size != 0 && !cursor.overflowed()) {
    const std::uint64_t piece = std::min(size, kPiece);
    const std::uint8_t* bytes = memory.view(address, piece);
    if (bytes == nullptr) return false;
    cursor.putBytes(bytes, piece);
    address += piece;
    size -= piece;
  }
  return true;
}

/// A str object as it lies in memory; character size 0: none that could be read.
struct Text {
  std::uint64_t data = 0;
  std::uint64_t length = 0;
  std::uint8_t character_size = 0;
};

template <Memory M>
void readText(const Layout& layout, M& memory, std::uint64_t address, Text& text) {
  const Layout::Text& at = layout.text;
  if (address % 8 != 0 || address == 0) return;
  const std::uint8_t* head = memory.view(address, at.state + 4);
  if (head == nullptr) return;
  const auto length = load<std::int64_t>(head, at.length);
  const auto state = load<std::uint32_t>(head, at.state);
  const std::uint32_t kind = (state >> at.kind_shift) & 7;
  const bool compact = ((state >> at.compact_bit) & 1) != 0;
  const bool ascii = ((state >> at.ascii_bit) & 1) != 0;
  if (length < 0 || length > (std::int64_t{1} << 32) || !compact) return;
  if (kind != 1 && kind != 2 && kind != 4) return;
  text.data = address + (ascii ? at.ascii : at.compact);
  text.length = static_cast<std::uint64_t>(length);
  text.character_size = static_cast<std::uint8_t>(kind);
}

template <Memory M>
void putText(M& memory, const Text& text, RingCursor& cursor) {
  const std::uint64_t mark = cursor.position();
  cursor.put(text.character_size);
  cursor.putVarint(text.length);
  if (!copyBytes(memory, text.data, text.length * text.character_size, cursor)) {
    cursor.rewind(mark);
    cursor.put(0);
    cursor.putVarint(0);
  }
}

}  // namespace detail

/// Is there a str object at this address?
template <Memory M>
bool isText(const Layout& layout, M& memory, std::uint64_t address) {
  detail::Text text;
  detail::readText(layout, memory, address, text);
  return text.character_size != 0;
}

/// How much of a code object is written.
struct Described {
  bool names = false;       ///< the kCode record is there
  std::uint64_t table = 0;  ///< bytes of the line table written so far
  bool whole = false;       ///< and these are all
};

/// Writes a kCode record with as much of the line table as fits between the cursor and its limit. Writes
/// nothing if not even the names fit. `qualname` is 0 where there is none (before 3.11): the name stands for
/// it.
template <Memory M>
Described describeCode(const Layout& layout, M& memory, const CodeKey& key, std::uint64_t qualname,
                       std::uint32_t reference, RingCursor& cursor) {
  const std::uint64_t mark = cursor.position();
  Described done;
  cursor.put(static_cast<std::uint8_t>(stream::Record::kCode));
  cursor.putVarint(reference);
  cursor.putVarint(key.address);
  cursor.putVarint(static_cast<std::uint64_t>(std::max(key.first_line, 0)));
  const std::uint64_t strings[] = {key.name, qualname != 0 ? qualname : key.name, key.filename};
  detail::Text texts[3];
  std::uint8_t flags = 0;
  for (int i = 0; i < 3; ++i) {
    detail::readText(layout, memory, strings[i], texts[i]);
    if (texts[i].length <= stream::kMaxNameLength) continue;
    flags |= stream::kNameCut;
    texts[i].length = stream::kMaxNameLength;
  }
  cursor.put(flags);
  for (const detail::Text& text : texts) detail::putText(memory, text, cursor);
  std::uint64_t size = 0;
  const std::uint8_t* table = memory.view(key.linetable, layout.bytes.data);
  if (table != nullptr) {
    const auto length = load<std::int64_t>(table, layout.bytes.length);
    if (length > 0 && length < (std::int64_t{1} << 32)) size = static_cast<std::uint64_t>(length);
  }
  constexpr std::uint64_t kRoomForCounts = 20;
  if (cursor.overflowed() || cursor.room() < kRoomForCounts) {
    cursor.rewind(mark);
    return done;
  }
  const std::uint64_t part = std::min(size, cursor.room() - kRoomForCounts);
  cursor.putVarint(size);
  const std::uint64_t before = cursor.position();
  cursor.putVarint(part);
  if (!detail::copyBytes(memory, key.linetable + layout.bytes.data, part, cursor)) {
    cursor.rewind(before);
    cursor.putVarint(0);
    return {.names = true, .table = size, .whole = true};
  }
  return {.names = true, .table = part, .whole = part == size};
}

/// Writes a further part of a line table, from `done.table` on.
template <Memory M>
Described continueTable(const Layout& layout, M& memory, const CodeKey& key, std::uint32_t reference,
                        Described done, RingCursor& cursor) {
  constexpr std::uint64_t kRoomForCounts = 32;
  const std::uint8_t* table = memory.view(key.linetable, layout.bytes.data);
  if (table == nullptr) return {.names = true, .table = done.table, .whole = true};
  const auto size = static_cast<std::uint64_t>(load<std::int64_t>(table, layout.bytes.length));
  if (size <= done.table || size > (std::uint64_t{1} << 32))
    return {.names = true, .table = done.table, .whole = true};
  if (cursor.room() < kRoomForCounts) return done;
  const std::uint64_t mark = cursor.position();
  const std::uint64_t part = std::min(size - done.table, cursor.room() - kRoomForCounts);
  cursor.put(static_cast<std::uint8_t>(stream::Record::kLineTable));
  cursor.putVarint(reference);
  cursor.putVarint(done.table);
  cursor.putVarint(part);
  if (!detail::copyBytes(memory, key.linetable + layout.bytes.data + done.table, part, cursor)) {
    cursor.rewind(mark);
    return {.names = true, .table = done.table, .whole = true};
  }
  return {.names = true, .table = done.table + part, .whole = done.table + part == size};
}

}  // namespace pyrometer::interpreters
