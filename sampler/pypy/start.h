#pragma once

#include <signal.h>

#include <cstddef>

/// How sampling begins in PyPy: a sitecustomize.py of ours switches on `_vmprof` and says so.
namespace pyrometer::sampler::pypy {

/// In the constructor: makes PyPy find our sitecustomize.py.
void prepare();
/// This is PyPy, in a session of ours.
bool isPrepared();

/// What sitecustomize.py says; see there. The answer is that of write(): how many bytes.
long takeCommand(const char* text, std::size_t size);

/// This thread is switching on `_vmprof`, and what it asks the system for is kept from it.
bool isStarting();
/// The SIGPROF handler that `_vmprof` installs meanwhile.
void keepHandler(const struct sigaction& action);

}  // namespace pyrometer::sampler::pypy
