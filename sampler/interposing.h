#pragma once

#include "sampler/target.h"

/// What the files share that stand in front of the C library's functions. Until the process is registered
/// each such function is the real one and nothing more.
#define PYROMETER_INTERPOSED extern "C" [[gnu::visibility("default")]]

namespace pyrometer::sampler {

/// This process is sampled.
inline bool active() { return g_target.active.load(std::memory_order_acquire); }

/// Signals of ours may come: while active, and in a fork's child that has not registered.
inline bool installed() { return g_target.installed.load(std::memory_order_acquire); }

}  // namespace pyrometer::sampler
