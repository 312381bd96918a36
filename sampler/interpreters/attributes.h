#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sampler/interpreters/code_describer.h"
#include "sampler/interpreters/layouts.h"
#include "sampler/interpreters/memory.h"

/// Attributes of instances of Python classes, found where the interpreter keeps them: in the instance's
/// dictionary, or in an array of values beside the object whose order the class knows (3.11 and later). Over
/// any Memory, without allocation; what does not look right is no attribute. The thread that owns the object
/// may change it meanwhile: the answer must be checked to be of the type that is expected.
namespace pyrometer::interpreters {

namespace detail {

/// A dictionary's keys: where its entries lie, and how they look.
struct DictKeys {
  std::uint64_t entries = 0;
  std::uint64_t count = 0;
  std::uint32_t stride = 0, key = 0, value = 0;
};

/// More attributes than this are not looked through.
inline constexpr std::uint64_t kMostKeys = 256;

template <Memory M>
bool readKeys(const Layout& layout, M& memory, std::uint64_t address, DictKeys& keys) {
  constexpr std::uint32_t kHead = 40;
  if (address % 8 != 0) return false;
  const std::uint8_t* head = memory.view(address, kHead);
  if (head == nullptr) return false;
  if (layout.minor <= 10) {
    // refcount, size of the index, a function, usable, entries; then the index in bytes, or wider numbers.
    const auto size = load<std::uint64_t>(head, 8);
    keys.count = load<std::uint64_t>(head, 32);
    const std::uint64_t width = size <= 0xff ? 1 : size <= 0xffff ? 2 : 4;
    keys.entries = address + 40 + size * width;
    if (size > (std::uint64_t{1} << 32)) return false;
    keys.stride = 24, keys.key = 8, keys.value = 16;
  } else {
    // refcount, log2 of the size of the index in entries and in bytes, kind, version, usable, entries.
    const auto bytes = load<std::uint8_t>(head, 9);
    const auto kind = load<std::uint8_t>(head, 10);
    constexpr std::uint8_t kGeneral = 0, kSplit = 2, kWidestIndex = 34;
    if (kind > kSplit || bytes > kWidestIndex) return false;
    keys.count = load<std::uint64_t>(head, 24);
    keys.entries = address + 32 + (std::uint64_t{1} << bytes);
    // With keys that are all text, their hashes are kept in them and not here.
    keys.stride = kind == kGeneral ? 24 : 16;
    keys.key = kind == kGeneral ? 8 : 0;
    keys.value = keys.key + 8;
  }
  return keys.count <= kMostKeys;
}

/// Is the str object at `address` this ASCII word?
template <Memory M>
bool isWord(const Layout& layout, M& memory, std::uint64_t address, const char* word) {
  const std::size_t length = std::strlen(word);
  Text text;
  readText(layout, memory, address, text);
  if (text.character_size != 1 || text.length != length) return false;
  const std::uint8_t* bytes = memory.view(text.data, length);
  return bytes != nullptr && std::memcmp(bytes, word, length) == 0;
}

/// The place of the key in `keys`; `value` is set to what stands beside it. Negative: not there.
template <Memory M>
std::int64_t findKey(const Layout& layout, M& memory, std::uint64_t address, const char* word,
                     std::uint64_t& value) {
  DictKeys keys;
  if (!readKeys(layout, memory, address, keys)) return -1;
  for (std::uint64_t i = 0; i < keys.count; ++i) {
    const std::uint8_t* entry = memory.view(keys.entries + i * keys.stride, keys.stride);
    if (entry == nullptr) return -1;
    const auto key = load<std::uint64_t>(entry, keys.key);
    value = load<std::uint64_t>(entry, keys.value);
    if (key != 0 && isWord(layout, memory, key, word)) return static_cast<std::int64_t>(i);
  }
  return -1;
}

/// In an array of values: from 3.13 on it begins with a word of its own.
template <Memory M>
std::uint64_t valueAt(const Layout& layout, M& memory, std::uint64_t values, std::int64_t index) {
  std::uint64_t value = 0;
  if (index < 0) return 0;
  const std::uint64_t first = values + (layout.minor >= 13 ? 8 : 0);
  return read(memory, first + 8 * static_cast<std::uint64_t>(index), value) ? value : 0;
}

template <Memory M>
std::uint64_t fromDict(const Layout& layout, M& memory, std::uint64_t dict, const char* word) {
  // used and version or padding, keys, values.
  std::uint64_t keys = 0, values = 0, value = 0;
  const std::uint64_t body = dict + layout.objects.header;
  if (dict == 0 || dict % 8 != 0 || !read(memory, body + 16, keys) || !read(memory, body + 24, values))
    return 0;
  const std::int64_t index = findKey(layout, memory, keys, word, value);
  if (index < 0) return 0;
  return values == 0 ? value : valueAt(layout, memory, values, index);
}

}  // namespace detail

/// Is the object's type called this ("str", "_asyncio.Task")?
template <Memory M>
bool isOfType(const Layout& layout, M& memory, std::uint64_t object, const char* name) {
  std::uint64_t type = 0, text = 0;
  if (object == 0 || object % 8 != 0 || !read(memory, object + layout.type, type) || type % 8 != 0 ||
      !read(memory, type + layout.objects.type_name, text)) {
    return false;
  }
  const std::size_t size = std::strlen(name) + 1;
  const std::uint8_t* bytes = memory.view(text, size);
  return bytes != nullptr && std::memcmp(bytes, name, size) == 0;
}

/// The value of an attribute that the instance itself has; 0 if there is none or it cannot be found.
template <Memory M>
std::uint64_t attributeOf(const Layout& layout, M& memory, std::uint64_t object, const char* word) {
  std::uint64_t type = 0, flags = 0, place = 0, value = 0;
  if (object == 0 || object % 8 != 0 || !read(memory, object + layout.type, type)) return 0;
  // Within a type, counted from its name: size of an instance, flags, where its dictionary is.
  const std::uint64_t fields = type + layout.objects.type_name;
  std::int64_t offset = 0;
  std::uint64_t size = 0, keys = 0;
  if (!read(memory, fields + 8, size) || !read(memory, fields + 144, flags) ||
      !read(memory, fields + 264, offset))
    return 0;
  constexpr std::uint64_t kInlineValues = 1 << 2, kManagedDict = 1 << 4;
  const bool managed = layout.minor == 11 ? offset < 0 : layout.minor >= 12 && (flags & kManagedDict) != 0;
  if (!managed) {
    if (offset <= 0 || !read(memory, object + static_cast<std::uint64_t>(offset), place)) return 0;
    return detail::fromDict(layout, memory, place, word);
  }
  const auto shared = [&](std::uint64_t values) {
    if (!read(memory, type + layout.objects.type_keys, keys)) return std::uint64_t{0};
    return detail::valueAt(layout, memory, values, detail::findKey(layout, memory, keys, word, value));
  };
  if (layout.minor == 11) {
    if (!read(memory, object - 32, place)) return 0;
    if (place != 0) return shared(place);
  } else if (layout.minor == 12) {
    if (!read(memory, object - 24, place)) return 0;
    if ((place & 1) != 0) return shared(place + 1);
  } else if ((flags & kInlineValues) != 0 && size < 4096) {
    std::uint8_t valid = 0;
    if (!read(memory, object + size + 3, valid)) return 0;
    if (valid != 0) return shared(object + size);
  }
  if (!read(memory, object - (layout.free_threaded ? 8 : 24), place)) return 0;
  return detail::fromDict(layout, memory, place, word);
}

}  // namespace pyrometer::interpreters
