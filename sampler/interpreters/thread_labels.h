#pragma once

#include <cstdint>

#include "sampler/interpreters/attributes.h"
#include "sampler/interpreters/layouts.h"
#include "sampler/interpreters/memory.h"

/// What Python calls a thread, and the asyncio task that it runs, read from the local variable `self` of the
/// frames that start them: Thread._bootstrap, which every thread of `threading` begins with, and Handle._run,
/// out of which asyncio runs everything. That is the same in all versions, and the objects live as long as
/// the frames do. Not seen are tasks that an event loop written in C runs, and the beginning of an eager
/// task, which is its creator's time. Over any Memory, without allocation.
namespace pyrometer::interpreters {

/// What a code object is to us.
enum class CodeRole : std::uint8_t { kOrdinary, kThreadStart, kTaskRunner };

namespace detail {

template <Memory M>
bool endsWith(const Layout& layout, M& memory, std::uint64_t address, const char* word) {
  const std::size_t length = std::strlen(word);
  Text text;
  readText(layout, memory, address, text);
  if (text.character_size != 1 || text.length < length) return false;
  const std::uint8_t* bytes = memory.view(text.data + text.length - length, length);
  return bytes != nullptr && std::memcmp(bytes, word, length) == 0;
}

/// "Task-" and digits: a name that asyncio made up.
template <Memory M>
bool isMadeUp(M& memory, const Text& text) {
  constexpr char kBegin[] = "Task-";
  constexpr std::size_t kLength = sizeof kBegin - 1;
  if (text.character_size != 1 || text.length <= kLength || text.length > 32) return false;
  const std::uint8_t* bytes = memory.view(text.data, text.length);
  if (bytes == nullptr || std::memcmp(bytes, kBegin, kLength) != 0) return false;
  for (std::size_t i = kLength; i < text.length; ++i) {
    if (bytes[i] < '0' || bytes[i] > '9') return false;
  }
  return true;
}

}  // namespace detail

/// Told by a code object's names; to be asked once, when it is seen for the first time.
template <Memory M>
CodeRole roleOf(const Layout& layout, M& memory, std::uint64_t name, std::uint64_t filename) {
  if (detail::isWord(layout, memory, name, "_bootstrap"))
    return detail::endsWith(layout, memory, filename, "threading.py") ? CodeRole::kThreadStart
                                                                      : CodeRole::kOrdinary;
  if (detail::isWord(layout, memory, name, "_run") &&
      detail::endsWith(layout, memory, filename, "asyncio/events.py"))
    return CodeRole::kTaskRunner;
  return CodeRole::kOrdinary;
}

/// The first local variable of a frame, tags removed; 0 if it cannot be read.
template <Memory M>
std::uint64_t firstLocal(const Layout& layout, M& memory, std::uint64_t frame) {
  std::uint64_t value = 0;
  return read(memory, frame + layout.frame.locals, value) ? value & ~std::uint64_t{7} : 0;
}

/// The str object with the name of the thread whose Thread._bootstrap frame this is; 0: none.
template <Memory M>
std::uint64_t threadName(const Layout& layout, M& memory, std::uint64_t bootstrap_frame) {
  const std::uint64_t name =
      attributeOf(layout, memory, firstLocal(layout, memory, bootstrap_frame), "_name");
  return isOfType(layout, memory, name, "str") ? name : 0;
}

/// The str object with the name of the task that a Handle._run frame runs: the one that the user gave, else
/// its coroutine's qualified name. 0: it runs no task, but a callback.
template <Memory M>
std::uint64_t taskName(const Layout& layout, M& memory, std::uint64_t run_frame) {
  // Handle has slots, in the order of the alphabet: _args, _callback. The callback is an object of _asyncio
  // that holds the task, or a method bound to it.
  const std::uint32_t header = layout.objects.header;
  const std::uint64_t handle = firstLocal(layout, memory, run_frame);
  std::uint64_t callback = 0, task = 0, name = 0, coroutine = 0;
  if (handle == 0 || !read(memory, handle + header + 8, callback) || callback == 0) return 0;
  const bool bound = isOfType(layout, memory, callback, "builtin_function_or_method");
  if (!bound && !isOfType(layout, memory, callback, "TaskStepMethWrapper") &&
      !isOfType(layout, memory, callback, "_asyncio.TaskStepMethWrapper") &&
      !isOfType(layout, memory, callback, "TaskWakeupMethWrapper")) {
    return 0;
  }
  if (!read(memory, callback + header + (bound ? 8 : 0), task) ||
      !isOfType(layout, memory, task, "_asyncio.Task") ||
      !read(memory, task + layout.objects.task_name, name) ||
      !read(memory, task + layout.objects.task_name - 8, coroutine)) {
    return 0;
  }
  // Until somebody asks for it, a made-up name is only a number.
  detail::Text text;
  if (isOfType(layout, memory, name, "str")) {
    detail::readText(layout, memory, name, text);
    if (!detail::isMadeUp(memory, text)) return name;
  }
  coroutine &= ~std::uint64_t{7};
  std::uint64_t qualified = 0;
  if (isOfType(layout, memory, coroutine, "coroutine") &&
      read(memory, coroutine + layout.objects.coroutine_qualname, qualified) &&
      isOfType(layout, memory, qualified, "str")) {
    return qualified;
  }
  return text.character_size != 0 ? name : 0;
}

/// What tells one text from another with near certainty; 0 for none.
template <Memory M>
std::uint64_t fingerprintOf(const Layout& layout, M& memory, std::uint64_t address) {
  constexpr std::uint64_t kMostBytes = 256;
  detail::Text text;
  if (address != 0) detail::readText(layout, memory, address, text);
  if (text.character_size == 0) return 0;
  const std::uint64_t size =
      text.length * text.character_size < kMostBytes ? text.length * text.character_size : kMostBytes;
  std::uint64_t hash = 0xcbf29ce484222325 ^ text.length;
  if (size != 0) {
    const std::uint8_t* bytes = memory.view(text.data, size);
    if (bytes == nullptr) return 0;
    for (std::uint64_t i = 0; i < size; ++i) hash = (hash ^ bytes[i]) * 0x100000001b3;
  }
  return hash | 1;
}

/// Writes a kThreadName or a kTask record; `address` 0 is an empty text. False, and nothing written, without
/// room.
template <Memory M>
bool writeLabel(const Layout& layout, M& memory, stream::Record kind, std::uint64_t address,
                RingCursor& cursor) {
  const std::uint64_t mark = cursor.position();
  detail::Text text;
  if (address != 0) detail::readText(layout, memory, address, text);
  if (text.length > stream::kMaxNameLength) text.length = stream::kMaxNameLength;
  cursor.put(static_cast<std::uint8_t>(kind));
  detail::putText(memory, text, cursor);
  if (!cursor.overflowed()) return true;
  cursor.rewind(mark);
  return false;
}

}  // namespace pyrometer::interpreters
