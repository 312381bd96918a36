#pragma once

#include <signal.h>

#include <cstddef>
#include <cstdint>

#include "sampler/own_stack.h"

/// One sample of PyPy. Its own handler, which `_vmprof` installed for SIGPROF and which never was, walks the
/// stack and writes what it found to a descriptor of ours; the place where the signal came is added here.
namespace pyrometer::sampler::pypy {

/// PyPy's handler; null until `_vmprof` has given it.
using Handler = void (*)(int, siginfo_t*, void*);
void setHandler(Handler handler);
bool hasHandler();

/// Async-signal-safe as far as PyPy's handler is: it unwinds C frames by libunwind.
Taken takeSample(ring::Segment& segment, const Interrupted& at, siginfo_t* info, void* context);

/// In PyPy's handler, as we called it?
bool inHandler();
/// What `_vmprof` writes. A sample's bytes are written inside its handler.
void takeProfile(const void* bytes, std::size_t size);

}  // namespace pyrometer::sampler::pypy
