#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

/// The names of PyPy's code objects, as `_vmprof` tells them: "py:function:first line:file". It numbers code
/// objects by small multiples of four and writes the names of new ones in buffers of 8 KiB, so a buffer that
/// is not full yet is looked into where it lies.
namespace pyrometer::sampler::pypy {

struct Name {
  std::atomic<std::uint32_t> described;  ///< the session in which the daemon was told of it; 0: none
  std::uint32_t length;

  /// It follows.
  char* text() { return reinterpret_cast<char*>(this + 1); }
  const char* text() const { return reinterpret_cast<const char*>(this + 1); }
};

/// Takes the names out of bytes that `_vmprof` wrote; anything else in them is left. Where memory is short
/// names are missing.
void addNames(const void* bytes, std::size_t size);

/// The name of a code object; null if it is not known. May be called in a handler.
Name* findName(std::uint64_t id);

/// The session in which names are described; a fork's child begins another one.
std::uint32_t nameSession();
void forgetDescribed();
/// In a fork's child, where no other thread is left that may have been adding names.
void namesAfterFork();

}  // namespace pyrometer::sampler::pypy
