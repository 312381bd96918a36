#pragma once

#include <cstdint>

#include "sampler/interpreters/layouts.h"
#include "sampler/interpreters/memory.h"

/// Whose time a collection of garbage is, where no lock tells: in a free-threaded build the collector stops
/// all threads but its own, so it is the one that is still attached. Over any Memory, without allocation.
namespace pyrometer::interpreters {

/// Is this thread state the only one of its interpreter whose thread is attached? No, where there are more
/// than can be looked at. The list may change meanwhile, but not while the world is stopped.
template <Memory M>
bool isOnlyOneAttached(const Layout& layout, M& memory, std::uint64_t interpreter,
                       std::uint64_t thread_state) {
  constexpr int kMost = 512;
  std::uint64_t at = 0;
  bool listed = false;
  if (!read(memory, interpreter + layout.interpreter.threads_head, at)) return false;
  for (int i = 0; i < kMost && at != 0; ++i) {
    std::int32_t attachment = 0;
    if (at % 8 != 0 || !read(memory, at + layout.thread.attachment, attachment)) return false;
    if (at == thread_state) listed = true;
    if ((attachment == kAttached) != (at == thread_state)) return false;
    if (!read(memory, at + layout.thread.next, at)) return false;
  }
  return listed && at == 0;
}

}  // namespace pyrometer::interpreters
